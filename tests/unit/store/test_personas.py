"""Personas, presets and prompts: kept, chosen for a conversation, and erased for good."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.core.errors import AppError
from app.core.messages import Role
from app.store.errors import GoneError
from app.store.history import History
from app.store.personas import Manner, Persona, Preset, SavedPrompt

LAWYER = Persona(
    id="", name="Lawyer", icon="⚖", system_prompt="Cite.", parameters={"temperature": 0.1}
)


@pytest.fixture
def history(tmp_path: Path) -> Any:
    history = History(tmp_path / "history.db")
    history.open()
    yield history
    history.close()


def test_what_is_kept_is_read_again_in_the_order_of_the_names(history: History) -> None:
    lawyer = history.personas.save(LAWYER)
    cook = history.personas.save(Persona(id="", name="cook"))
    assert history.personas.all() == [cook, lawyer]
    assert lawyer.parameters == {"temperature": 0.1}
    assert replace(lawyer, id="") == LAWYER
    exact = history.personas.save(Preset(id="", name="Exact", parameters={"temperature": 0}))
    letter = history.personas.save(SavedPrompt(id="", name="letter", text="Write to {{whom}}."))
    assert history.personas.presets() == [exact]
    assert history.personas.prompts() == [letter]


def test_a_changed_one_keeps_its_place(history: History) -> None:
    lawyer = history.personas.save(LAWYER)
    changed = history.personas.save(replace(lawyer, name=" The   lawyer ", system_prompt=""))
    assert changed.id == lawyer.id
    assert history.personas.all() == [changed]
    assert changed.name == "The lawyer"
    with pytest.raises(GoneError):
        history.personas.save(replace(lawyer, id="gone"))


@pytest.mark.parametrize(
    "wrong",
    [
        Persona(id="", name="  "),
        Persona(id="", name="x" * 81),
        Persona(id="", name="LAWYER"),
        Persona(id="", name="hot", parameters={"temperature": 9}),
        Persona(id="", name="odd", parameters={"warmth": 1}),
        Persona(id="", name="text", parameters={"top_k": "5"}),
        Persona(id="", name="yes", parameters={"max_tokens": True}),
        SavedPrompt(id="", name="empty", text=" \n"),
        SavedPrompt(id="", name="long", text="x" * 100_001),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_sentence(
    history: History, wrong: Persona | SavedPrompt
) -> None:
    kept = history.personas.save(LAWYER)
    with pytest.raises(AppError) as refused:
        history.personas.save(wrong)
    assert refused.value.what.endswith(".")
    assert history.personas.all() == [kept]
    assert history.personas.prompts() == []


def test_a_conversation_has_the_manner_that_was_chosen(history: History) -> None:
    lawyer = history.personas.save(LAWYER)
    talk = history.create_conversation()
    assert history.personas.of(talk.id) == Manner()
    history.personas.choose(talk.id, lawyer.id)
    manner = history.personas.choose(talk.id, lawyer.id, {"top_k": 3, "temperature": 0.5})
    assert manner.persona == lawyer
    assert manner.wanted() == {"temperature": 0.5, "top_k": 3}
    # Another persona leaves the conversation's own parameters alone.
    assert history.personas.choose(talk.id, None).wanted() == {"temperature": 0.5, "top_k": 3}
    with pytest.raises(GoneError):
        history.personas.choose(talk.id, "gone")
    with pytest.raises(GoneError):
        history.personas.choose("gone", lawyer.id)


def test_a_fork_has_the_manner_of_what_it_was_made_from(history: History) -> None:
    lawyer = history.personas.save(LAWYER)
    talk = history.create_conversation()
    history.personas.choose(talk.id, lawyer.id, {"seed": 1})
    asked = history.add_message(talk.id, None, Role.USER, "Why?")
    fork = history.branches.fork(asked.id)
    assert history.personas.of(fork.id) == history.personas.of(talk.id)


def test_without_its_persona_a_conversation_has_none(history: History) -> None:
    lawyer = history.personas.save(LAWYER)
    talk = history.create_conversation()
    history.personas.choose(talk.id, lawyer.id, {"seed": 1})
    history.personas.delete(lawyer)
    assert history.personas.of(talk.id).persona is None
    assert history.personas.of(talk.id).parameters == {"seed": 1}


def test_what_was_deleted_is_in_no_file_any_more(history: History, tmp_path: Path) -> None:
    secret = "zanzibar-clause"
    kept = history.personas.save(replace(LAWYER, system_prompt=f"{secret} " * 50))
    prompt = history.personas.save(SavedPrompt(id="", name="p", text=f"{secret} " * 50))
    history.copies.make_due()
    assert any(secret.encode() in file.read_bytes() for file in tmp_path.iterdir())
    history.personas.delete(kept)
    history.personas.delete(prompt)
    assert [f.name for f in tmp_path.iterdir() if secret.encode() in f.read_bytes()] == []


def test_a_damaged_row_has_no_parameters(history: History, tmp_path: Path) -> None:
    from app.store.sqlite import sqlite3

    history.personas.save(LAWYER)
    history.close()
    with sqlite3.connect(tmp_path / "history.db") as db:
        db.execute("UPDATE persona SET parameters = '[1'")
    db.close()
    history.open()
    assert history.personas.all()[0].parameters == {}


def test_recovering_saves_them(history: History, tmp_path: Path) -> None:
    lawyer = history.personas.save(LAWYER)
    talk = history.create_conversation()
    history.personas.choose(talk.id, lawyer.id)
    history.recover()
    history.open()
    assert history.personas.of(talk.id).persona == lawyer


def test_what_is_chosen_before_a_conversation_begins_is_its_own(history: History) -> None:
    lawyer = history.personas.save(LAWYER)
    assert history.personas.of(None) == Manner()
    history.personas.choose(None, lawyer.id, {"seed": 1})
    assert history.personas.of(None).persona == lawyer
    begun = history.begin_conversation()
    assert history.personas.of(begun.id) == Manner(persona=lawyer, parameters={"seed": 1})
    assert history.personas.of(None) == Manner()
    history.personas.choose(None, lawyer.id)
    history.personas.delete(lawyer)
    assert history.personas.of(history.begin_conversation().id) == Manner()
