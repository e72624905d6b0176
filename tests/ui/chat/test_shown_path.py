"""The path in front: what is added, and what that takes away."""

from __future__ import annotations

from dataclasses import replace

from app.core.messages import Role
from app.store.values import StoredMessage
from app.ui.chat.shown_path import ShownPath


def message(message_id: str, parent: str | None, role: Role = Role.USER) -> StoredMessage:
    return StoredMessage(id=message_id, conversation_id="c", parent_id=parent, role=role, text="")


def path() -> ShownPath:
    made = ShownPath()
    made.set([message("1", None), message("2", "1", Role.ASSISTANT), message("3", "2")])
    return made


def test_at_the_end_nothing_goes() -> None:
    shown = path()
    assert shown.add(message("4", "3")) == []
    assert shown.ids == ["1", "2", "3", "4"]


def test_a_new_branch_takes_what_followed_its_parent() -> None:
    shown = path()
    assert shown.add(message("2b", "1")) == ["2", "3"]
    assert shown.ids == ["1", "2b"]


def test_a_new_beginning_takes_all() -> None:
    shown = path()
    assert shown.add(message("1b", None)) == ["1", "2", "3"]


def test_the_last_answer() -> None:
    shown = path()
    assert shown.last_answer is not None
    shown.put(replace(message("2", "1", Role.ASSISTANT), text="new"))
    assert shown.last_answer is not None
    assert shown.last_answer.text == "new"
    shown.set([])
    assert shown.last_answer is None
