"""Personas passed on in a file: an exact round trip, no doubles, and bad files refused."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from app.core.errors import AppError
from app.exchange import personas
from app.exchange.personas import Collection
from app.store.history import History
from app.store.personas import Persona, Preset, SavedPrompt

ALL = Collection(
    personas=(
        Persona(id="", name="Koch", icon="🍲", system_prompt="Sei kurz.\n", model="m"),
        Persona(id="", name="Lawyer", parameters={"temperature": 0.1, "stop": ["END"]}),
    ),
    presets=(Preset(id="", name="Exact", parameters={"top_k": 1}),),
    prompts=(SavedPrompt(id="", name="رسالة", text="اكتب إلى {{whom}}"),),
)


def opened(folder: Path) -> History:
    folder.mkdir(exist_ok=True)
    history = History(folder / "history.db")
    history.open()
    return history


def without_ids(collection: Collection) -> Collection:
    return Collection(
        personas=tuple(replace(one, id="") for one in collection.personas),
        presets=tuple(replace(one, id="") for one in collection.presets),
        prompts=tuple(replace(one, id="") for one in collection.prompts),
    )


def test_a_round_trip_is_exact_and_twice_makes_no_doubles(tmp_path: Path) -> None:
    first, second = opened(tmp_path / "a"), opened(tmp_path / "b")
    assert personas.take_in(first, ALL).new == 4
    file = tmp_path / "out.json"
    file.write_text(personas.to_text(personas.everything(first)), encoding="utf-8")
    taken = personas.take_in(second, personas.read(file))
    assert (taken.new, taken.known, taken.left_out) == (4, 0, ())
    assert without_ids(personas.everything(second)) == ALL
    again = personas.take_in(second, personas.read(file))
    assert (again.new, again.known) == (0, 4)
    first.close()
    second.close()


def test_another_one_of_the_same_name_gets_a_number(tmp_path: Path) -> None:
    history = opened(tmp_path)
    personas.take_in(history, ALL)
    other = Collection(personas=(Persona(id="", name="LAWYER", system_prompt="Other."),))
    assert personas.take_in(history, other).new == 1
    names = [one.name for one in history.personas.all()]
    assert names == ["Koch", "Lawyer", "LAWYER (2)"]
    history.close()


def test_what_cannot_be_kept_is_left_out_with_the_reason(tmp_path: Path) -> None:
    file = tmp_path / "in.json"
    document = {
        "format": "tacit-personas",
        "version": 1,
        "personas": [
            {"name": "hot", "parameters": {"temperature": 99}},
            {"name": "good", "later_field": 1},
            {"name": 5},
            "no",
        ],
        "presets": None,
    }
    file.write_text(json.dumps(document))
    history = opened(tmp_path / "a")
    taken = personas.take_in(history, personas.read(file))
    assert taken.new == 1
    assert len(taken.left_out) == 1
    assert taken.left_out[0].startswith("hot: temperature is 99")
    assert [one.name for one in history.personas.all()] == ["good"]
    history.close()


@pytest.mark.parametrize(
    "content",
    ["", "[1", "[]", "{}", '{"format": "tacit-personas", "version": 2}', "[" * 100_000],
)
def test_other_files_are_refused_with_a_sentence(tmp_path: Path, content: str) -> None:
    file = tmp_path / "in.json"
    file.write_text(content)
    with pytest.raises(AppError) as refused:
        personas.read(file)
    assert refused.value.what.endswith(".")
    with pytest.raises(AppError):
        personas.read(tmp_path / "missing.json")
