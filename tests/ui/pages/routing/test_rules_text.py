"""The text of the rules, beside the list of the same file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

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


def test_one_click_shows_the_same_file_as_text(open_page: OpenPage) -> None:
    page = open_page(EXAMPLE)
    assert not page.text.isVisible()
    press(page.segments.buttons["text"])
    assert page.text.isVisible()
    assert not page.list.isVisible()
    assert page.text.editor.toPlainText() == EXAMPLE
    QTest.keyClick(page.segments.buttons["text"], Qt.Key.Key_Left)
    assert page.side == "rules"
    assert page.list.isVisible()


def test_what_is_written_as_text_is_shown_in_the_list_and_saved_there(
    open_page: OpenPage, file: Path, aio: Async
) -> None:
    page = open_page(THREE)
    press(page.segments.buttons["text"])
    page.text.editor.setPlainText(THREE.replace("First.", "Typed."))
    press(page.segments.buttons["rules"])
    assert "Typed." in words_in(page.list.rows[0])
    assert "not in force yet" in page.draft.sentence
    press(page.list.rows[1].delete)
    aio.until(lambda: reasons(file) == ["Typed.", "Last."])
    aio.until(lambda: page.draft.sentence == "")
    assert page.text.editor.toPlainText() == file.read_text("utf-8")


def test_a_text_with_mistakes_is_no_list(open_page: OpenPage, file: Path, aio: Async) -> None:
    page = open_page(THREE)
    press(page.segments.buttons["text"])
    page.text.editor.setPlainText("{")
    press(page.segments.buttons["rules"])
    assert page.side == "text"
    assert page.segments.value == "text"
    assert "Correct the marked lines" in page.draft.sentence
    assert QApplication.focusWidget() is page.text.editor
    press(page.text.revert)
    press(page.segments.buttons["rules"])
    assert page.side == "rules"
    assert page.draft.sentence == ""
    assert file.read_text("utf-8") == THREE


def test_a_file_with_mistakes_opens_as_text_at_the_first_of_them(open_page: OpenPage) -> None:
    page = open_page('{\n "defaultProvidr": "onnx"\n}')
    assert page.side == "text"
    (mark,) = page.text.editor.extraSelections()
    assert mark.cursor.blockNumber() == 1
    assert page.text.editor.textCursor().blockNumber() == 1
    assert 'Did you mean "defaultProvider"?' in words_in(page.text)
    assert "so it is not used" in page.draft.sentence
    assert not page.text.save.isEnabled()


def test_a_mistake_marks_its_line_while_one_types(open_page: OpenPage, aio: Async) -> None:
    page = open_page(THREE)
    press(page.segments.buttons["text"])
    page.text.editor.setPlainText('{\n "defaultProvidr": "onnx"\n}')
    aio.until(lambda: page.text.editor.extraSelections() != [])
    assert not page.text.save.isEnabled()
    page.text.editor.setPlainText("{}")
    aio.until(lambda: page.text.editor.extraSelections() == [])
    assert page.text.save.isEnabled()


def test_a_text_is_saved_and_an_empty_one_takes_the_file_away(
    open_page: OpenPage, file: Path, aio: Async
) -> None:
    page = open_page("")
    press(page.segments.buttons["text"])
    page.text.editor.setPlainText(EXAMPLE)
    page.text.check()
    press(page.text.save)
    aio.until(file.exists)
    aio.until(lambda: page.strip.sentence == "The rules are in force.")
    assert file.read_text("utf-8") == EXAMPLE
    page.text.editor.clear()
    page.text.check()
    press(page.text.save)
    aio.until(lambda: not file.exists())
    aio.until(lambda: page.strip.sentence == "No rules now.")


def test_what_is_being_written_is_not_thrown_away(
    desk: Desk, open_page: OpenPage, aio: Async
) -> None:
    page = open_page("")
    press(page.segments.buttons["text"])
    page.text.editor.setPlainText("{ half")
    desk.window.show_chat()
    desk.page("rules")
    aio.run(page._routing._worker.call(lambda: None))
    assert page.text.editor.toPlainText() == "{ half"
    press(page.text.revert)
    assert page.text.editor.toPlainText() == ""


def test_characters_that_the_field_changes_are_no_change(
    open_page: OpenPage, file: Path, aio: Async
) -> None:
    text = THREE.replace("First.", "First\u00a0one.")
    page = open_page(text)
    assert not page.text.is_changed
    press(page.list.rows[1].delete)
    aio.until(lambda: reasons(file) == ["First\u00a0one.", "Last."])
    aio.until(lambda: not page._is_saving)


def test_a_file_of_another_place_is_taken_in_as_text(
    desk: Desk, open_page: OpenPage, aio: Async, tmp_path: Path
) -> None:
    page = open_page("")
    other: Path = tmp_path / "other.json"
    other.write_text(EXAMPLE, "utf-8")
    page._routing.read_text(other, page.text.write)
    aio.until(lambda: len(page.list.rows) == 1)
    assert "not in force yet" in page.draft.sentence
    page._routing.write_text(tmp_path / "copy.json", page.text.text)
    aio.until(lambda: "copy.json" in page.strip.sentence)
    assert (tmp_path / "copy.json").read_text("utf-8") == EXAMPLE


def stops(desk: Desk) -> list[Any]:
    desk.side.new.setFocus()
    seen: list[Any] = []
    while (widget := QApplication.focusWidget()) is not None and widget not in seen:
        seen.append(widget)
        QTest.keyClick(widget, Qt.Key.Key_Tab)
    return seen


def test_tab_goes_where_the_eye_goes(desk: Desk, open_page: OpenPage, aio: Async) -> None:
    page = open_page(THREE)
    press(page.list.rows[1].edit)
    aio.until(lambda: not page._ordering.isActive())
    form = page.list.form
    assert form is not None
    found = [widget for widget in stops(desk) if page.isAncestorOf(widget)]
    row = page.list.rows[0]
    assert row.up not in found
    expected = [row.down, row.edit, row.delete, form.when.rows["privacy"].field]
    start = found.index(row.down)
    assert found[start : start + 4] == expected
    assert found.index(form.save) < found.index(page.list.rows[2].edit)
    assert found.index(page.rest.default) < found.index(page.trial.prompt)
    choose(form.provider, "anthropic")
    aio.until(lambda: not page._ordering.isActive())
    QTest.qWait(0)
    form.provider.setFocus()
    QTest.keyClick(form.provider, Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is form.model
    nameless = [widget for widget in found if not widget.accessibleName()]
    assert nameless == []
