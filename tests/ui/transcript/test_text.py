"""The words of a message: read, selected, copied; nothing opened, nothing loaded."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication, QHelpEvent, QImage, QTextDocument
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from app.ui.appearance import Appearance
from app.ui.transcript.text import MessageText
from tests.ui.transcript.talk import answer, settle, show, watch, widget_of

LINKS = "[words](https://example.org/a?b=1) and more\n\nSecond paragraph"


def place_of(text: MessageText, words: str) -> QPoint:
    """A point in the middle of `words`."""
    cursor = text.document().find(words)
    left = text.cursorRect(cursor).center()
    cursor.setPosition(cursor.selectionStart() + 1)
    return (text.cursorRect(cursor).center() + left) / 2 - QPoint(2, 0)


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[QUrl]:
    """What anything tried to open."""
    urls: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", urls.append)
    return urls


def test_a_click_on_a_link_only_says_so(qtbot: QtBot, look: Appearance, opened: list[QUrl]) -> None:
    view = show(qtbot, look, [answer("1", LINKS)])
    clicked = watch(view.link_clicked)
    text = widget_of(view, "1").body.text
    before = text.toPlainText()
    QTest.mouseClick(text.viewport(), Qt.MouseButton.LeftButton, pos=place_of(text, "words"))
    assert clicked == [("https://example.org/a?b=1",)]
    assert opened == []
    assert text.toPlainText() == before
    assert not text.openLinks()
    assert not text.openExternalLinks()


def test_a_link_is_reached_and_chosen_by_keyboard(qtbot: QtBot, look: Appearance) -> None:
    view = show(qtbot, look, [answer("1", LINKS)])
    clicked = watch(view.link_clicked)
    text = widget_of(view, "1").body.text
    text.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(text, Qt.Key.Key_Tab)
    assert text.hasFocus()
    QTest.keyClick(text, Qt.Key.Key_Return)
    assert clicked == [("https://example.org/a?b=1",)]


def test_where_a_link_leads_is_shown(qtbot: QtBot, look: Appearance) -> None:
    view = show(qtbot, look, [answer("1", LINKS)])
    hovered = watch(view.link_hovered)
    text = widget_of(view, "1").body.text
    place = place_of(text, "words")
    text.highlighted.emit(QUrl("https://example.org/a?b=1"))
    assert hovered == [("https://example.org/a?b=1",)]
    event = QHelpEvent(QEvent.Type.ToolTip, place, text.viewport().mapToGlobal(place))
    QApplication.sendEvent(text.viewport(), event)
    assert "https://example.org/a?b=1" in QToolTip.text()


def test_nothing_is_loaded(qtbot: QtBot, look: Appearance) -> None:
    view = show(qtbot, look, [answer("1", "x")])
    image = int(QTextDocument.ResourceType.ImageResource.value)
    for address in ("https://example.org/a.png", "file:///etc/hosts", "//host/share/a"):
        found = widget_of(view, "1").body.text.loadResource(image, QUrl(address))
        assert isinstance(found, QImage)
        assert found.isNull()


def test_a_selection_goes_across_everything(qtbot: QtBot, look: Appearance) -> None:
    source = "Words\n\n```py\nx = 1\n```\n\n| a | b |\n|---|---|\n| c | d |\n\n- item\n"
    view = show(qtbot, look, [answer("1", source)])
    text = widget_of(view, "1").body.text
    text.setFocus()
    QTest.keyClick(text, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(text, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    data = QGuiApplication.clipboard().mimeData()
    assert data.text() == "Words\n\nx = 1\n\na\tb\nc\td\n\n- item"
    assert not data.hasHtml()


def test_keys_with_shift_select(qtbot: QtBot, look: Appearance) -> None:
    view = show(qtbot, look, [answer("1", "First line\n\nSecond line")])
    text = widget_of(view, "1").body.text
    text.setFocus(Qt.FocusReason.TabFocusReason)
    for _ in range(5):
        QTest.keyClick(text, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert text.selection() == "First"
    QTest.keyClick(text, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert text.selection().startswith("First line\n\nSec")


def test_the_mouse_selects(qtbot: QtBot, look: Appearance) -> None:
    view = show(qtbot, look, [answer("1", "Some words here\n\nSecond")])
    text = widget_of(view, "1").body.text
    start, end = QPoint(1, 8), place_of(text, "Second")
    QTest.mousePress(text.viewport(), Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(text.viewport(), end)
    QTest.mouseRelease(text.viewport(), Qt.MouseButton.LeftButton, pos=end)
    if not text.selection():
        # Without a real pointer the platform sends no move; the widget does the rest.
        text.extend_selection(text.viewport().mapToGlobal(end))
    assert text.selection().startswith("Some words here\n\n")


def test_only_one_message_has_a_selection(qtbot: QtBot, look: Appearance) -> None:
    view = show(qtbot, look, [answer("1", "one"), answer("2", "two")])
    first, second = (widget_of(view, number).body.text for number in ("1", "2"))
    first.selectAll()
    assert first.selection() == "one"
    second.selectAll()
    assert (first.selection(), second.selection()) == ("", "two")


def test_a_selected_message_is_kept(qtbot: QtBot, look: Appearance) -> None:
    view = show(qtbot, look, [answer(str(n), "Words. " * 100) for n in range(60)])
    widget_of(view, "59").body.text.selectAll()
    view.verticalScrollBar().setValue(0)
    settle(qtbot, view)
    assert widget_of(view, "59").holds_selection()


def test_nothing_can_be_written_or_dropped(qtbot: QtBot, look: Appearance) -> None:
    view = show(qtbot, look, [answer("1", "words")])
    text = widget_of(view, "1").body.text
    assert text.isReadOnly()
    assert not text.acceptDrops()
    QTest.keyClicks(text, "typed")
    assert text.toPlainText() == "words"
