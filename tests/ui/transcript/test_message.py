"""One message: what can be done with it, how it ended, its editor, its Tab order."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QEnterEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from app.store.values import MessageState, StoredMessage
from app.ui.appearance import Appearance
from app.ui.transcript.view import TranscriptView
from tests.ui.transcript.talk import (
    answer,
    failed,
    question,
    row_of,
    settle,
    show,
    watch,
    widget_of,
)

SOURCE = (
    "Some **bold** words.\n\n```python\nx = 1\n\n    y = 2\n```\n\nEnd [link](https://example.org)."
)


def hover(widget: QWidget) -> None:
    place = QPointF(5, 5)
    QApplication.sendEvent(widget, QEnterEvent(place, place, widget.mapToGlobal(place)))


def leave(widget: QWidget) -> None:
    QApplication.sendEvent(widget, QEvent(QEvent.Type.Leave))


def button(view: TranscriptView, number: str, name: str) -> QToolButton:
    widget = widget_of(view, number)
    hover(widget)
    found = [b for b in widget.footer.buttons if b.accessibleName() == name]
    assert found, f"no button {name!r}"
    return found[0]


def labels(widget: QWidget) -> list[str]:
    return [label.text() for label in widget.findChildren(QLabel) if label.isVisible()]


def test_actions_come_with_the_pointer_and_move_nothing(qtbot: QtBot, look: Appearance) -> None:
    view = show(qtbot, look, [question("1", "What?"), answer("2", SOURCE)])
    widget = widget_of(view, "2")
    leave(widget)
    height, place = view.board.height_of(row_of(view, "2")), widget.body.text.geometry()
    assert not any(b.isVisible() for b in widget.footer.findChildren(QToolButton))
    hover(widget)
    assert [b.accessibleName() for b in widget.footer.buttons if b.isVisible()] == [
        "Copy message",
        "Answer again",
        "Delete message",
        "More actions",
    ]
    settle(qtbot, view)
    assert (view.board.height_of(row_of(view, "2")), widget.body.text.geometry()) == (height, place)
    leave(widget)
    assert not any(b.isVisible() for b in widget.footer.findChildren(QToolButton))


def test_actions_come_with_the_keyboard(qtbot: QtBot, look: Appearance) -> None:
    view = show(qtbot, look, [question("1", "What?"), answer("2", "Yes.")])
    widget = widget_of(view, "1")
    leave(widget)
    widget.body.text.setFocus(Qt.FocusReason.TabFocusReason)
    assert [b.accessibleName() for b in widget.footer.buttons if b.isVisible()] == [
        "Copy message",
        "Edit message",
        "Delete message",
        "More actions",
    ]
    assert widget._ring_shown


def test_every_button_has_a_name_and_a_tooltip(qtbot: QtBot, look: Appearance) -> None:
    versions = replace(answer("2", SOURCE), siblings=("0", "2", "9"), reasoning="hm")
    view = show(qtbot, look, [question("1", "What?"), versions, failed("3", "It failed.")])
    for number in ("1", "2", "3"):
        hover(widget_of(view, number))
    buttons = view.viewport().findChildren(QToolButton)
    assert len(buttons) >= 12
    assert all(b.accessibleName() and b.toolTip() for b in buttons)
    assert view.jump.toolTip()


def test_copy_gives_the_source(qtbot: QtBot, look: Appearance) -> None:
    view = show(qtbot, look, [answer("1", SOURCE)])
    QTest.mouseClick(button(view, "1", "Copy message"), Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == SOURCE
    assert button(view, "1", "Copied")


def test_copy_of_code_gives_its_source(qtbot: QtBot, look: Appearance) -> None:
    view = show(qtbot, look, [answer("1", SOURCE)])
    _, copy = widget_of(view, "1").body.code_buttons.visible
    assert copy.accessibleName() == "Copy python code"
    QTest.mouseClick(copy, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == "x = 1\n\n    y = 2"
    assert copy.accessibleName() == "Copied"


def test_only_code_in_sight_has_buttons(qtbot: QtBot, look: Appearance) -> None:
    view = show(qtbot, look, [answer("1", "```py\nx = 1\n```\n\nwords\n\n" * 300)])
    assert 0 < len(view.viewport().findChildren(QToolButton)) < 40
    view.verticalScrollBar().setValue(0)
    settle(qtbot, view)
    shown = widget_of(view, "1").body.code_buttons.visible
    assert 0 < len(shown) < 20
    assert all(b.isVisible() for b in shown)


def test_the_button_of_long_code_stays_in_sight(qtbot: QtBot, look: Appearance) -> None:
    view = show(qtbot, look, [answer("1", "```py\n" + "x = 1\n" * 300 + "```\n")])
    view.verticalScrollBar().setValue(2000)
    settle(qtbot, view)
    _, copy = widget_of(view, "1").body.code_buttons.visible
    top = copy.mapTo(view.viewport(), QPoint(0, 0)).y()
    assert 0 <= top < 60


def test_what_is_wanted_is_said(qtbot: QtBot, look: Appearance) -> None:
    view = show(qtbot, look, [question("1", "What?"), answer("2", "That.")])
    again, gone = watch(view.regenerate_requested), watch(view.delete_requested)
    QTest.mouseClick(button(view, "2", "Answer again"), Qt.MouseButton.LeftButton)
    QTest.mouseClick(button(view, "1", "Delete message"), Qt.MouseButton.LeftButton)
    assert (again, gone) == ([("2",)], [("1",)])


def test_other_versions_can_be_shown(qtbot: QtBot, look: Appearance) -> None:
    view = show(qtbot, look, [replace(answer("2", "x"), siblings=("1", "2", "3"))])
    wanted = watch(view.version_requested)
    QTest.mouseClick(button(view, "2", "Next version"), Qt.MouseButton.LeftButton)
    QTest.mouseClick(button(view, "2", "Previous version"), Qt.MouseButton.LeftButton)
    assert wanted == [("3",), ("1",)]
    assert "2 / 3" in labels(widget_of(view, "2"))


def test_a_question_is_edited_in_its_place(qtbot: QtBot, look: Appearance) -> None:
    view = show(qtbot, look, [question("1", "What?"), answer("2", "That.")])
    wanted = watch(view.edit_requested)
    QTest.mouseClick(button(view, "1", "Edit message"), Qt.MouseButton.LeftButton)
    editor = widget_of(view, "1").editor
    assert editor is not None
    assert editor.field.hasFocus()
    assert editor.field.toPlainText() == "What?"
    editor.field.setPlainText("What else?\nMore.")
    QTest.mouseClick(editor.save, Qt.MouseButton.LeftButton)
    assert wanted == [("1", "What else?\nMore.")]
    assert widget_of(view, "1").editor is None


def test_escape_keeps_the_question(qtbot: QtBot, look: Appearance) -> None:
    view = show(qtbot, look, [question("1", "What?")])
    wanted = watch(view.edit_requested)
    widget = widget_of(view, "1")
    widget.start_editing()
    field = widget.editor.field if widget.editor is not None else None
    assert field is not None
    field.setPlainText("Other")
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert widget.editor is None
    assert wanted == []
    assert widget.body.text.isVisible()
    assert widget.body.text.hasFocus()


def test_control_and_enter_save_and_nothing_does_not(qtbot: QtBot, look: Appearance) -> None:
    view = show(qtbot, look, [question("1", "What?")])
    wanted = watch(view.edit_requested)
    widget = widget_of(view, "1")
    widget.start_editing()
    assert widget.editor is not None
    widget.editor.field.setPlainText("  ")
    assert not widget.editor.save.isEnabled()
    control = Qt.KeyboardModifier.ControlModifier
    QTest.keyClick(widget.editor.field, Qt.Key.Key_Return, control)
    assert wanted == []
    widget.editor.field.setPlainText("Other")
    QTest.keyClick(widget.editor.field, Qt.Key.Key_Return, control)
    assert wanted == [("1", "Other")]


def test_a_message_being_edited_is_kept(qtbot: QtBot, look: Appearance) -> None:
    messages: list[StoredMessage] = [question("1", "What?")]
    messages += [answer(f"a{n}", "Words. " * 100) for n in range(60)]
    view = show(qtbot, look, messages)
    view.verticalScrollBar().setValue(0)
    settle(qtbot, view)
    widget_of(view, "1").start_editing()
    view.jump_to_latest()
    settle(qtbot, view)
    assert widget_of(view, "1").editor is not None


def test_a_failure_says_what_and_offers_to_try_again(qtbot: QtBot, look: Appearance) -> None:
    view = show(qtbot, look, [failed("1", "The model is too large. Choose a smaller one.")])
    widget = widget_of(view, "1")
    assert "The model is too large. Choose a smaller one." in labels(widget)
    again = watch(view.regenerate_requested)
    assert widget._ending is not None
    assert widget._ending.retry is not None
    QTest.mouseClick(widget._ending.retry, Qt.MouseButton.LeftButton)
    assert again == [("1",)]


@pytest.mark.parametrize(
    ("state", "word"),
    [
        (MessageState.STOPPED, "Stopped"),
        (MessageState.INTERRUPTED, "Interrupted"),
        (MessageState.CUT, "Cut"),
    ],
)
def test_other_endings_are_a_small_word(
    qtbot: QtBot, look: Appearance, state: MessageState, word: str
) -> None:
    view = show(qtbot, look, [replace(answer("1", "Half an"), state=state)])
    assert any(text.startswith(word) for text in labels(widget_of(view, "1")))


def test_who_answered_how_fast_and_where(qtbot: QtBot, look: Appearance) -> None:
    view = show(qtbot, look, [answer("1", "x"), question("2", "y")])
    meta = widget_of(view, "1").footer._meta
    assert meta.text() == "Small - 42 tokens/s - local"
    assert "300 tokens written" in meta.toolTip()
    assert "First word after 0.4 s" in meta.toolTip()
    assert "Device: cpu" in meta.toolTip()
    assert not widget_of(view, "2").footer._meta.isVisible()


def test_names_are_no_markup(qtbot: QtBot, look: Appearance) -> None:
    odd = replace(answer("1", "x"), device="<img src='file:///etc/hosts'>")
    view = show(qtbot, look, [odd])
    assert "<img" not in widget_of(view, "1").footer._meta.toolTip()


def test_messages_are_read_aloud_with_their_speaker(qtbot: QtBot, look: Appearance) -> None:
    view = show(qtbot, look, [question("1", "x"), answer("2", "y")])
    assert widget_of(view, "1").body.text.accessibleName() == "You"
    assert widget_of(view, "2").body.text.accessibleName() == "Answer from Small"
