"""The rules in plain words: read, moved, deleted and brought back, by keys as well."""

from __future__ import annotations

import json
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.paths import Paths
from app.ui.pages.routing.rules_page import RulesPage
from tests.ui.conftest import Async, Desk
from tests.ui.pages.routing.conftest import (
    EXAMPLE,
    THREE,
    OpenPage,
    choose,
    press,
    reasons,
    words_in,
)

ALT = Qt.KeyboardModifier.AltModifier


def settle(page: RulesPage, aio: Async) -> None:
    aio.until(lambda: not page._is_saving)


def test_without_a_file_there_is_one_thing_to_do(open_page: OpenPage, file: Path) -> None:
    page = open_page("")
    assert "There are no rules" in words_in(page.list)
    assert page.rest.default.currentText() == "This computer"
    assert page.list.example.isVisible()
    assert not page.warning.isVisible()
    assert not file.exists()


def test_the_example_is_shown_but_not_in_force_before_it_is_saved(
    open_page: OpenPage, file: Path, aio: Async
) -> None:
    page = open_page("")
    press(page.list.example)
    assert "What is highly private" in words_in(page.list)
    assert "not in force yet" in page.draft.sentence
    assert not file.exists()
    press(page.draft.button)
    aio.until(file.exists)
    settle(page, aio)
    assert page.draft.sentence == ""
    press(page.strip.button)
    aio.until(lambda: not file.exists())
    settle(page, aio)
    assert "There are no rules" in words_in(page.list)


def test_the_file_of_others_is_told_in_words(open_page: OpenPage) -> None:
    page = open_page(EXAMPLE)
    (row,) = page.list.rows
    assert row.when.text() == "When privacy is high and it is to stay local"
    assert row.who.text() == "This computer answers with Xenova/Phi-3-mini-4k-instruct"
    assert "not on this computer" in row.missing.text()
    assert "Privacy-sensitive tasks" in words_in(row)
    assert "Privacy-sensitive tasks" in row.accessibleName()
    assert "Anthropic, OpenRouter" in page.warning.text()
    assert page.rest.default.currentText() == "Anthropic (switched off)"
    chain = [choice.currentText() for choice in page.rest.chain if choice.isVisible()]
    assert chain == [
        "Anthropic (switched off)",
        "This computer",
        "OpenRouter (switched off)",
        "Nobody else",
    ]
    assert "for: This computer." in page.more.text()


def test_moving_keeps_the_lines_and_the_keyboard(
    open_page: OpenPage, file: Path, aio: Async
) -> None:
    page = open_page(THREE)
    page.list.rows[0].down.setFocus()
    QTest.keyClick(page.list.rows[0].down, Qt.Key.Key_Space)
    aio.until(lambda: reasons(file) == ["Second.", "First.", "Last."])
    settle(page, aio)
    first = (
        '{ "condition": { "privacy": "high" },\n        "action": { "provider": "onnx" },   "rea'
    )
    assert first in file.read_text("utf-8")
    assert QApplication.focusWidget() is page.list.rows[1].down
    QTest.keyClick(page.list.rows[1].down, Qt.Key.Key_Up, ALT)
    aio.until(lambda: reasons(file) == ["First.", "Second.", "Last."])
    settle(page, aio)
    assert not page.list.rows[0].up.isEnabled()
    assert QApplication.focusWidget() is page.list.rows[0].edit


def test_a_rule_does_not_go_where_it_would_never_hold(open_page: OpenPage, file: Path) -> None:
    page = open_page(THREE)
    press(page.list.rows[1].down)
    assert "Rule 3 would never apply: rule 2 comes first" in page.strip.sentence
    assert file.read_text("utf-8") == THREE


def test_what_is_deleted_comes_back_as_it_was(open_page: OpenPage, file: Path, aio: Async) -> None:
    page = open_page(THREE)
    page.list.rows[1].edit.setFocus()
    QTest.keyClick(page.list.rows[1].edit, Qt.Key.Key_Delete)
    aio.until(lambda: reasons(file) == ["First.", "Last."])
    settle(page, aio)
    assert page.strip.sentence == "Rule 2 is deleted."
    assert QApplication.focusWidget() is page.list.rows[1].delete
    press(page.strip.button)
    aio.until(lambda: file.read_text("utf-8") == THREE)
    settle(page, aio)
    assert len(page.list.rows) == 3


def test_the_last_rule_gone_the_keyboard_is_where_one_can_add(
    open_page: OpenPage, file: Path, aio: Async
) -> None:
    page = open_page(EXAMPLE)
    press(page.list.rows[0].delete)
    aio.until(lambda: reasons(file) == [])
    settle(page, aio)
    assert QApplication.focusWidget() is page.list.add
    kept = json.loads(file.read_text("utf-8"))
    assert kept["providers"] == json.loads(EXAMPLE)["providers"]


def test_the_default_and_the_chain_change_nothing_else(
    open_page: OpenPage, file: Path, aio: Async
) -> None:
    page = open_page(EXAMPLE)
    choose(page.rest.default, "onnx")
    text = EXAMPLE.replace('"defaultProvider": "anthropic"', '"defaultProvider": "onnx"')
    aio.until(lambda: file.read_text("utf-8") == text)
    settle(page, aio)
    choose(page.rest.chain[0], "")
    text = text.replace('["anthropic", "onnx", "openrouter"]', '["onnx", "openrouter"]')
    aio.until(lambda: file.read_text("utf-8") == text)
    settle(page, aio)
    choose(page.rest.chain[2], "huggingface")
    text = text.replace('["onnx", "openrouter"]', '["onnx", "openrouter", "huggingface"]')
    aio.until(lambda: file.read_text("utf-8") == text)
    settle(page, aio)
    assert page.rest.chain[3].findData("onnx") < 0


def test_a_file_that_changed_meanwhile_is_not_written_over(
    open_page: OpenPage, file: Path, aio: Async
) -> None:
    page = open_page(THREE)
    file.write_text(EXAMPLE, "utf-8")
    press(page.list.rows[0].delete)
    aio.until(lambda: "changed by another program" in page.strip.sentence)
    aio.until(lambda: len(page.list.rows) == 1)
    assert file.read_text("utf-8") == EXAMPLE
    assert page.text.saved == EXAMPLE


def test_a_file_that_cannot_be_read_is_told_and_not_written_over(
    desk: Desk, paths: Paths, aio: Async
) -> None:
    file = paths.root / "router.config.json"
    file.write_bytes(b"\xff\xfe")
    page = desk.page("rules")
    aio.until(lambda: "no text in UTF-8" in page.strip.sentence)
    choose(page.rest.default, "anthropic")
    settle(page, aio)
    aio.until(lambda: "no text in UTF-8" in page.strip.sentence)
    assert file.read_bytes() == b"\xff\xfe"
