"""Blocks of code saved to a file, and tables copied: by button and by menu."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QPointF
from PySide6.QtGui import QEnterEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QFileDialog, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from app.core.errors import AppError
from app.ui.appearance import Appearance
from app.ui.chat.save_text import save_text
from app.ui.transcript.entries import entries
from app.ui.transcript.view import TranscriptView
from tests.ui.transcript.talk import answer, row_of, show, watch, widget_of

TABLE = '| Name | Sum |\n|---|--:|\n| A, "b" | **1** |\n| <c> | 2 |\n'


def hover(widget: QWidget) -> None:
    place = QPointF(5, 5)
    QApplication.sendEvent(widget, QEnterEvent(place, place, widget.mapToGlobal(place)))


def leave(widget: QWidget) -> None:
    QApplication.sendEvent(widget, QEvent(QEvent.Type.Leave))


def button(buttons: list[QToolButton], name: str) -> QToolButton:
    (found,) = [one for one in buttons if one.accessibleName() == name]
    return found


def clipboard() -> str:
    return QGuiApplication.clipboard().text()


def test_a_table_is_copied_with_its_button(qtbot: QtBot, look: Appearance) -> None:
    view = show(qtbot, look, [answer("1", TABLE)])
    widget = widget_of(view, "1")
    leave(widget)
    assert widget.body.table_buttons.visible == []
    hover(widget)
    shown = widget.body.table_buttons.visible
    assert all(one.isVisible() for one in shown)
    button(shown, "Copy table").click()
    assert clipboard() == 'Name\tSum\nA, "b"\t1\n<c>\t2'
    html = QGuiApplication.clipboard().mimeData().html()
    assert "<td>&lt;c&gt;</td>" in html
    button(widget.body.table_buttons.visible, "Copy table as CSV").click()
    assert clipboard().replace("\r\n", "\n") == 'Name,Sum\n"A, ""b""",1\n<c>,2\n'
    leave(widget)
    assert widget.body.table_buttons.visible == []


def test_a_table_in_pieces_is_copied_whole(qtbot: QtBot, look: Appearance) -> None:
    rows = "".join(f"| row {n} | {'word ' * 8} |\n" for n in range(90))
    view = show(qtbot, look, [answer("1", f"| a | b |\n|---|---|\n{rows}")])
    document = widget_of(view, "1").body.text.message_document
    assert document is not None
    assert len(document.lines) > 1
    assert len(document.table_rows(len(document.lines) - 1)) == 91


def test_the_menu_copies_the_table_under_it(qtbot: QtBot, look: Appearance) -> None:
    view = show(qtbot, look, [answer("1", f"Before\n\n{TABLE}")])

    def menu(words: str) -> set[str]:
        widget = widget_of(view, "1")
        text = widget.body.text
        cursor = text.document().find(words)
        cursor.setPosition(cursor.selectionStart() + 1)
        place = text.viewport().mapToGlobal(text.cursorRect(cursor).center())
        return {entry.words for entry in entries(view, row_of(view, "1"), widget, place)}

    assert "Copy table as CSV" in menu("Sum")
    assert "Copy table as CSV" not in menu("Before")


def save(view: TranscriptView, language: str) -> list[tuple[object, ...]]:
    wanted = watch(view.save_requested)
    button(widget_of(view, "1").body.code_buttons.visible, "Save code to a file").click()
    return wanted


def test_code_is_to_be_saved_under_a_fitting_name(qtbot: QtBot, look: Appearance) -> None:
    view = show(qtbot, look, [answer("1", "```python\nx = 1\n```\n")])
    assert save(view, "python") == [("code.py", "x = 1")]
    view = show(qtbot, look, [answer("1", "```nobody-knows\nx\n```\n")])
    assert save(view, "") == [("code.txt", "x")]


def test_code_is_written_where_the_person_says(qtbot: QtBot, tmp_path: Path) -> None:
    holder = QWidget()
    qtbot.addWidget(holder)
    problems: list[AppError] = []
    dialog = save_text(holder, "code.py", "x = 1\r\ny", problems.append)
    assert isinstance(dialog, QFileDialog)
    dialog.fileSelected.emit(str(tmp_path / "code.py"))
    assert (tmp_path / "code.py").read_bytes() == b"x = 1\r\ny\n"
    dialog.fileSelected.emit(str(tmp_path / "no" / "code.py"))
    assert "code.py could not be written" in problems[0].sentence
    dialog.close()
