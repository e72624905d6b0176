"""Conversations are kept in order by folders, tags, pins, marks and sorting."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app.core.errors import AppError, ErrorCode
from app.store.errors import GoneError
from app.store.filters import Sort
from app.store.history import History
from app.store.values import Mark


def refused(action: Callable[[], object]) -> None:
    with pytest.raises(AppError) as caught:
        action()
    assert caught.value.code is ErrorCode.USAGE


def test_folders_are_made_renamed_and_removed(history: History) -> None:
    outer = history.folders.create("  Clients\n of ours ")
    inner = history.folders.create("Case 7", outer.id)
    assert (outer.name, inner.parent_id) == ("Clients of ours", outer.id)
    conversation = history.create_conversation("talk")
    other = history.create_conversation("other")
    history.folders.put([conversation.id, other.id], inner.id)
    history.delete_conversation(other.id)
    assert [(f.name, f.conversations) for f in history.folders.all()] == [
        ("Case 7", 1), ("Clients of ours", 0),
    ]  # fmt: skip
    assert history.folders.rename(inner.id, "Case 8").name == "Case 8"
    assert history.folders.set_system_prompt(inner.id, "Be exact.").system_prompt == "Be exact."
    assert history.folders.set_system_prompt(inner.id, "").system_prompt is None
    assert history.conversation(conversation.id).folder_id == inner.id
    history.folders.delete(outer.id)
    assert history.folders.all() == []
    assert history.conversation(conversation.id).folder_id is None


def test_what_is_no_folder_is_refused(history: History) -> None:
    outer = history.folders.create("outer")
    inner = history.folders.create("inner", outer.id)
    refused(lambda: history.folders.create("third", inner.id))
    refused(lambda: history.folders.create(" \n"))
    refused(lambda: history.folders.create("x" * 201))
    for action in (
        lambda: history.folders.create("x", "nothing"),
        lambda: history.folders.rename("nothing", "x"),
        lambda: history.folders.delete("nothing"),
        lambda: history.folders.put([history.create_conversation().id], "nothing"),
        lambda: history.folders.put(["nothing"], outer.id),
    ):
        with pytest.raises(GoneError):
            action()


def test_words_are_kept_by_folder_and_hold_inside_of_it(history: History) -> None:
    outer = history.folders.create("outer")
    inner = history.folders.create("inner", outer.id)
    talk = history.create_conversation("talk")
    assert history.folders.words_for(talk) == ()
    history.folders.put([talk.id], inner.id)
    history.folders.set_words(outer.id, ["Falcon", " Falcon", "", "two\n words"])
    assert history.folders.get(outer.id).words == ("Falcon", "two words")
    assert history.folders.set_words(inner.id, ["Eagle", "Falcon"]).words == ("Eagle", "Falcon")
    talk = history.conversation(talk.id)
    assert history.folders.words_for(talk) == ("Eagle", "Falcon", "two words")
    assert history.folders.words_in(outer.id) == ("Falcon", "two words")
    refused(lambda: history.folders.set_words(inner.id, ["x" * 201]))
    refused(lambda: history.folders.set_words(inner.id, map(str, range(2001))))
    assert history.folders.set_words(inner.id, []).words == ()
    with pytest.raises(GoneError):
        history.folders.set_words("nothing", ["x"])


def test_the_nearest_folder_with_instructions_gives_them(history: History) -> None:
    outer = history.folders.create("outer")
    inner = history.folders.create("inner", outer.id)
    talk = history.create_conversation("talk")
    history.folders.put([talk.id], inner.id)
    talk = history.conversation(talk.id)
    assert history.folders.instructing(talk) is None
    history.folders.set_system_prompt(outer.id, "Outer.")
    assert history.folders.instructing(talk) == history.folders.get(outer.id)
    history.folders.set_system_prompt(inner.id, "Inner.")
    assert history.folders.prompt_for(talk) == "Inner."
    assert history.folders.instructing(history.create_conversation()) is None


def test_tags_pins_and_marks(history: History) -> None:
    one, two = (history.create_conversation(title) for title in ("one", "two"))
    tagged = history.labels.set_tags(one.id, ["Tax ", "urgent", "Tax", " "])
    assert tagged.tags == ("Tax", "urgent")
    history.labels.set_tags(two.id, ["Tax"])
    assert history.labels.tags() == {"Tax": 2, "urgent": 1}
    history.delete_conversation(two.id)
    assert history.labels.tags() == {"Tax": 1, "urgent": 1}
    assert history.labels.set_tags(one.id, []).tags == ()
    assert history.labels.pin(one.id).pinned
    assert not history.labels.pin(one.id, pinned=False).pinned
    assert history.labels.mark(one.id, Mark.CONFIDENTIAL).mark is Mark.CONFIDENTIAL
    assert history.conversations()[0].mark is Mark.CONFIDENTIAL


def test_a_mark_that_nobody_knows_counts_as_confidential(history: History) -> None:
    one = history.create_conversation()
    with history._db.write() as db:
        db.execute("UPDATE conversation SET mark = 'top secret'")
    assert history.conversation(one.id).mark is Mark.CONFIDENTIAL


def test_the_list_is_sorted_as_wished(history: History) -> None:
    ids = {title: history.create_conversation(title).id for title in ("beta", "Alpha", "gamma")}
    history.add_message(ids["beta"], None, "user", "used last")  # type: ignore[arg-type]

    def titles(sort: Sort) -> list[str]:
        return [c.title for c in history.conversations(sort=sort)]

    assert titles(Sort.ACTIVITY) == ["beta", "gamma", "Alpha"]
    assert titles(Sort.CREATED) == ["gamma", "Alpha", "beta"]
    assert titles(Sort.TITLE) == ["Alpha", "beta", "gamma"]


def test_clocks_that_go_backwards_change_no_order(history: History) -> None:
    times = iter([1000.0, 500.0, 100.0, 90.0, 80.0])
    history._clock = lambda: next(times)
    first = history.create_conversation("first").id
    second = history.create_conversation("second").id
    message = history.add_message(first, None, "user", "a")  # type: ignore[arg-type]
    history.add_message(first, message.id, "user", "b")  # type: ignore[arg-type]
    assert [c.id for c in history.conversations()] == [first, second]
    assert [m.text for m in history.path(first)] == ["a", "b"]
