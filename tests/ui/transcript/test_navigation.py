"""The keyboard in the conversation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app.ui.appearance import Appearance
from app.ui.transcript.text import MessageText
from app.ui.transcript.view import TranscriptView
from tests.ui.transcript.talk import (
    WAIT_MS,
    answer,
    conversation,
    failed,
    question,
    row_of,
    settle,
    widget_of,
)


class Window(QWidget):
    """A view between two fields."""

    def __init__(self, look: Appearance) -> None:
        super().__init__()
        self.before, self.after = QLineEdit(), QLineEdit()
        self.view = TranscriptView(look.theme)
        column = QVBoxLayout(self)
        for part in (self.before, self.view, self.after):
            column.addWidget(part)
        self.resize(800, 700)


@pytest.fixture
def window(qtbot: QtBot, look: Appearance) -> Iterator[Window]:
    made = Window(look)
    qtbot.addWidget(made)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow, timeout=WAIT_MS)
    yield made
    for menu in made.findChildren(QMenu):
        menu.close()


def focused() -> QWidget:
    widget = QApplication.focusWidget()
    assert widget is not None
    return widget


def press(
    qtbot: QtBot,
    key: Qt.Key,
    modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
) -> None:
    QTest.keyClick(focused(), key, modifiers)


def names(qtbot: QtBot, key: Qt.Key, until: QWidget) -> list[str]:
    """The names of what `key` visits before `until`."""
    found: list[str] = []
    for _ in range(30):
        press(qtbot, key)
        if focused() is until:
            return found
        found.append(focused().accessibleName())
    raise AssertionError(f"never came to the end: {found}")


def test_tab_goes_through_one_message_and_on(qtbot: QtBot, window: Window) -> None:
    source = replace(answer("2", "```py\nx\n```\n"), reasoning="hm")
    window.view.set_messages([question("1", "What?"), source])
    settle(qtbot, window.view)
    window.before.setFocus()
    assert names(qtbot, Qt.Key.Key_Tab, window.after) == [
        "Answer from m",
        "Save code to a file",
        "Copy py code",
        "Copy message",
        "Answer again",
        "Delete message",
        "More actions",
    ]
    assert names(qtbot, Qt.Key.Key_Backtab, window.before) == [
        "More actions",
        "Delete message",
        "Answer again",
        "Copy message",
        "Copy py code",
        "Save code to a file",
        "Answer from m",
        "Thoughts before the answer, folded",
    ]


def test_the_way_out_of_a_failure_is_reached(qtbot: QtBot, window: Window) -> None:
    window.view.set_messages([failed("1", "It failed. Try it again.")])
    settle(qtbot, window.view)
    widget = widget_of(window.view, "1")
    assert widget._ending is not None
    assert widget._ending.retry in widget.stops()
    widget.body.text.setFocus(Qt.FocusReason.TabFocusReason)
    press(qtbot, Qt.Key.Key_Tab)
    assert focused() is widget._ending.retry


def test_alt_and_arrows_go_from_message_to_message(qtbot: QtBot, window: Window) -> None:
    view = window.view
    view.set_messages(conversation(100))
    settle(qtbot, view)
    window.before.setFocus()
    press(qtbot, Qt.Key.Key_Tab)
    alt = Qt.KeyboardModifier.AltModifier
    for number in range(99, 80, -1):
        press(qtbot, Qt.Key.Key_Up, alt)
        assert focused() is widget_of(view, f"q{number}").body.text
        press(qtbot, Qt.Key.Key_Up, alt)
        settle(qtbot, view)
        row = row_of(view, f"a{number - 1}")
        assert focused() is widget_of(view, row.message.id).body.text
        assert 0 <= view.board.top_of(row) < view.viewport().height()
        assert row.widget is not None
        assert row.widget._ring_shown
    press(qtbot, Qt.Key.Key_Down, alt)
    assert focused() is widget_of(view, "q81").body.text


def test_at_the_ends_it_stays(qtbot: QtBot, window: Window) -> None:
    window.view.set_messages(conversation(1))
    settle(qtbot, window.view)
    widget_of(window.view, "q0").body.text.setFocus()
    press(qtbot, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert focused() is widget_of(window.view, "q0").body.text


def test_keys_scroll(qtbot: QtBot, window: Window) -> None:
    view = window.view
    view.set_messages(conversation(100))
    settle(qtbot, view)
    bar = view.verticalScrollBar()
    window.before.setFocus()
    press(qtbot, Qt.Key.Key_Tab)
    assert isinstance(focused(), MessageText)
    end = bar.value()
    press(qtbot, Qt.Key.Key_Up)
    assert bar.value() == end - 60
    press(qtbot, Qt.Key.Key_Down)
    assert bar.value() == bar.maximum()
    press(qtbot, Qt.Key.Key_PageUp)
    settle(qtbot, view)
    assert bar.value() < end - 200
    press(qtbot, Qt.Key.Key_Home)
    settle(qtbot, view)
    assert bar.value() == 0
    press(qtbot, Qt.Key.Key_PageDown)
    assert bar.value() > 200
    press(qtbot, Qt.Key.Key_End)
    settle(qtbot, view)
    assert view.board.is_at_bottom


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_enter_opens_the_actions(qtbot: QtBot, window: Window, key: Qt.Key) -> None:
    window.view.set_messages([question("1", "What?"), answer("2", "```py\nx\n```\n")])
    settle(qtbot, window.view)
    widget_of(window.view, "1").body.text.setFocus()
    press(qtbot, key)
    menus = [menu for menu in window.view.findChildren(QMenu) if menu.isVisible()]
    assert len(menus) == 1
    words = [action.text() for action in menus[0].actions() if not action.isSeparator()]
    assert words == [
        "Copy",
        "Select all",
        "Copy message",
        "Edit message",
        "Fork from here",
        "Details...",
        "Delete message",
        "Delete from here on",
    ]
    menus[0].close()


def test_enter_presses_the_button_it_is_on(qtbot: QtBot, window: Window) -> None:
    window.view.set_messages([answer("1", "Some **words**")])
    settle(qtbot, window.view)
    widget_of(window.view, "1").body.text.setFocus()
    press(qtbot, Qt.Key.Key_Tab)
    assert focused().accessibleName() == "Copy message"
    press(qtbot, Qt.Key.Key_Return)
    assert QApplication.clipboard().text() == "Some **words**"
    assert not any(menu.isVisible() for menu in window.view.findChildren(QMenu))


def test_an_empty_conversation_traps_nobody(qtbot: QtBot, window: Window) -> None:
    window.before.setFocus()
    for _ in range(3):
        press(qtbot, Qt.Key.Key_Tab)
        if focused() is window.after:
            break
    assert focused() is window.after


def test_the_button_that_leads_back_is_reached(qtbot: QtBot, window: Window) -> None:
    view = window.view
    view.set_messages(conversation(50))
    settle(qtbot, view)
    view.verticalScrollBar().setValue(0)
    settle(qtbot, view)
    widget_of(view, "q0").body.text.setFocus()
    found: list[QWidget] = []
    while focused() is not window.after and len(found) < 20:
        press(qtbot, Qt.Key.Key_Tab)
        found.append(focused())
    assert view.jump in found
