"""Temporary chats: a window of their own, over the same model, of which no byte is kept."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.ui.window.main_window import MainWindow
from tests.ui.conftest import Async, Desk

WORDS = "zugzwang"


def opened(desk: Desk) -> MainWindow:
    QTest.keyClick(
        desk.window,
        Qt.Key.Key_N,
        Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier,
    )
    return desk.assembly.temporary.windows[-1]


def ask(window: MainWindow, aio: Async) -> None:
    edit = window.chat.composer.edit
    QTest.keyClicks(edit, f"What is {WORDS}?")
    aio.until(lambda: window.chat.is_bound and window.chat.composer.button.isEnabled())
    QTest.keyClick(edit, Qt.Key.Key_Return)
    aio.until(lambda: len(window.chat.transcript.board.rows) == 2)
    aio.until(lambda: not window.chat.composer.is_busy)


def holders(root: Path) -> list[str]:
    return [
        str(file)
        for file in root.rglob("*")
        if file.is_file() and WORDS.encode() in file.read_bytes()
    ]


def test_nothing_of_it_reaches_the_disk_or_the_other_window(
    desk: Desk, aio: Async, private_home: Path
) -> None:
    window = opened(desk)
    assert "private session" in window.windowTitle()
    assert window.side.private.isVisible()
    assert window.side.temporary.isHidden()
    ask(window, aio)
    QTest.keyClicks(window.chat.composer.edit, f"a draft about {WORDS}")
    QTest.qWait(600)  # drafts are saved a little later
    assert holders(private_home) == []
    assert desk.titles() == []
    window.close()
    aio.until(lambda: desk.assembly.temporary.windows == [])
    assert holders(private_home) == []
    # The model goes on answering in the other window.
    desk.parts.chat.send("one")
    aio.until(lambda: len(desk.said()) == 2 and not desk.parts.chat.is_busy)


def test_two_of_them_know_nothing_of_each_other(desk: Desk, aio: Async) -> None:
    one = opened(desk)
    desk.side.temporary.click()
    other = desk.assembly.temporary.windows[-1]
    assert one is not other
    ask(one, aio)
    assert other.side.model.is_empty
    assert not one.side.model.is_empty


def test_they_close_with_the_window_they_came_from(desk: Desk, aio: Async) -> None:
    window = opened(desk)
    ask(window, aio)
    aio.run(desk.assembly.temporary.close())
    assert desk.assembly.temporary.windows == []
