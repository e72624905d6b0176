"""A situation is tried: who would answer, and why."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.store.values import Mark
from tests.ui.conftest import Async, Desk
from tests.ui.pages.routing.conftest import EXAMPLE, OpenPage, choose

FOR_ALL = """\
{ "defaultProvider": "anthropic", "routing": { "rules": [
  { "condition": { "promptTokensAbove": 4000 },
    "action": { "provider": "openrouter" }, "reason": "Long." },
  { "condition": { "attachments": true }, "action": { "provider": "onnx" }, "reason": "Files." },
  { "condition": { "prefer": "speed" }, "action": { "provider": "onnx" }, "reason": "Fast." },
  { "condition": { "folder": "Clients" }, "action": { "provider": "onnx" }, "reason": "Theirs." }
] } }
"""


def tried(page: Any, aio: Async, name: str, value: Any) -> str:
    page.trial.steps.setText("")
    choose(page.trial.choices[name], value)
    aio.until(lambda: page.trial.steps.text() != "")
    return f"{page.trial.answer.text()}\n{page.trial.steps.text()}"


def test_a_question_is_explained_and_its_rule_marked(open_page: OpenPage, aio: Async) -> None:
    page = open_page(EXAMPLE)
    assert not page.list.rows[0].deciding.isVisible()
    tried(page, aio, "privacy", "high")
    choose(page.trial.choices["place"], True)
    QTest.keyClicks(page.trial.prompt, "What is this rash?")
    QTest.keyClick(page.trial.prompt, Qt.Key.Key_Return)
    aio.until(page.list.rows[0].deciding.isVisible)
    assert page.trial.answer.text() == "This computer answers. Nothing leaves it."
    assert "1. Rule 1 (line 16) applies: onnx. Privacy-sensitive" in page.trial.steps.text()
    assert "which is not in the library" in page.trial.notices.text()


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("cloud", "", "Cloud providers are switched off"),
        ("cloud", "off", "Cloud providers are switched off"),
        ("cloud", "on", "Anthropic answers, which is not on this computer."),
        ("marked", "chat", "This chat is marked confidential"),
        ("marked", "folder", "The folder of this chat is marked"),
        ("marked", "file", "A file that belongs to this question"),
        ("place", True, "stay on this computer"),
        ("privacy", "high", "highly private"),
        ("length", 5000, "Rule 1 (line 2) applies: openrouter"),
        ("files", 1, "Rule 2 (line 4) applies"),
        ("prefer", "speed", "Rule 3 (line 5) applies"),
    ],
)
def test_every_choice_counts(
    open_page: OpenPage, aio: Async, name: str, value: Any, words: str
) -> None:
    assert words in tried(open_page(FOR_ALL), aio, name, value)


def test_a_mark_wins_over_a_cloud_that_is_on(open_page: OpenPage, aio: Async) -> None:
    page = open_page(FOR_ALL)
    tried(page, aio, "cloud", "on")
    assert "This computer answers" in tried(page, aio, "marked", "chat")


def test_folders_can_be_chosen_where_there_are_some(
    desk: Desk, open_page: OpenPage, aio: Async
) -> None:
    def make(history: Any) -> None:
        history.folders.set_mark(history.folders.create("Clients").id, Mark.NONE)

    aio.run(desk.services.history.run(make))
    page = open_page(FOR_ALL)
    aio.until(page.trial.choices["folder"].isVisible)
    assert "Rule 4 (line 6) applies" in tried(page, aio, "folder", "Clients")


def test_what_is_typed_is_tried_by_itself_while_somebody_looks(
    desk: Desk, open_page: OpenPage, aio: Async
) -> None:
    page = open_page(FOR_ALL)
    page.trial.steps.setText("")
    QTest.keyClicks(page.trial.prompt, "Why?")
    aio.until(lambda: page.trial.steps.text() != "")
    QTest.keyClicks(page.trial.prompt, "?")
    assert page.trial._timer.isActive()
    desk.window.show_chat()
    assert not page.trial._timer.isActive()


def test_supposing_switches_nothing_on(desk: Desk, open_page: OpenPage, aio: Async) -> None:
    tried(open_page(FOR_ALL), aio, "cloud", "on")
    assert not desk.services.cloud.is_on
