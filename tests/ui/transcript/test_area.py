"""The menu of a message and the drag of a selection beyond the edge."""

from __future__ import annotations

from PySide6.QtCore import QPoint
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from app.ui.appearance import Appearance
from app.ui.transcript.entries import entries as message_entries
from app.ui.transcript.menu import Entry
from app.ui.transcript.view import TranscriptView
from tests.ui.transcript.talk import (
    answer,
    conversation,
    question,
    row_of,
    settle,
    show,
    watch,
    widget_of,
)


def entries(view: TranscriptView, number: str, words: str) -> dict[str, Entry]:
    """The menu of a message where `words` stand."""
    widget = widget_of(view, number)
    text = widget.body.text
    cursor = text.document().find(words)
    cursor.setPosition(cursor.selectionStart() + 1)
    place = text.viewport().mapToGlobal(text.cursorRect(cursor).center())
    found = message_entries(view, row_of(view, number), widget, place)
    return {entry.words: entry for entry in found if entry.words}


def run(entry: Entry) -> None:
    assert entry.run is not None
    entry.run()


def test_a_link_can_be_copied_and_asked_for(qtbot: QtBot, look: Appearance) -> None:
    view = show(qtbot, look, [answer("1", "See [words](https://example.org/a).")])
    menu = entries(view, "1", "words")
    run(menu["Copy link address"])
    assert QGuiApplication.clipboard().text() == "https://example.org/a"
    clicked = watch(view.link_clicked)
    run(menu["Open link..."])
    assert clicked == [("https://example.org/a",)]
    assert "Open link..." not in entries(view, "1", "See")


def test_code_can_be_copied_where_it_is(qtbot: QtBot, look: Appearance) -> None:
    view = show(qtbot, look, [answer("1", "Text\n\n```py\nx = 1\ny = 2\n```\n")])
    run(entries(view, "1", "y = 2")["Copy code"])
    assert QGuiApplication.clipboard().text() == "x = 1\ny = 2"
    assert "Copy code" not in entries(view, "1", "Text")


def test_a_selection_can_be_copied(qtbot: QtBot, look: Appearance) -> None:
    view = show(qtbot, look, [answer("1", "Some **words**")])
    assert not entries(view, "1", "Some")["Copy"].is_possible
    run(entries(view, "1", "Some")["Select all"])
    run(entries(view, "1", "Some")["Copy"])
    assert QGuiApplication.clipboard().text() == "Some words"
    run(entries(view, "1", "Some")["Copy as Markdown"])
    assert QGuiApplication.clipboard().text() == "Some **words**"


def test_questions_and_answers_have_their_own_entries(qtbot: QtBot, look: Appearance) -> None:
    view = show(qtbot, look, [question("1", "What?"), answer("2", "That.")])
    again, gone = watch(view.regenerate_requested), watch(view.delete_requested)
    run(entries(view, "2", "That")["Answer again"])
    run(entries(view, "2", "That")["Delete message"])
    assert (again, gone) == ([("2",)], [("2",)])
    run(entries(view, "1", "What")["Edit message"])
    assert widget_of(view, "1").editor is not None


def test_how_far_a_pointer_is_outside(qtbot: QtBot, look: Appearance) -> None:
    view = show(qtbot, look, conversation(20))
    corner = view.viewport().mapToGlobal(QPoint(0, 0))
    assert view._overshoot(corner + QPoint(10, -25)) == -25
    assert view._overshoot(corner + QPoint(10, 100)) == 0
    assert view._overshoot(corner + QPoint(10, view.viewport().height() + 30)) == 30


def test_a_bar_with_nothing_to_scroll_has_no_handle(qtbot: QtBot, look: Appearance) -> None:
    view = show(qtbot, look, [question("1", "What?")])
    assert "transparent" in view.verticalScrollBar().styleSheet()
    view.set_messages(conversation(50))
    settle(qtbot, view)
    assert view.verticalScrollBar().styleSheet() == ""
