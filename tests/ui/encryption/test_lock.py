"""The lock: nothing of the chats is to be seen or reached, and what runs goes on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QLineEdit, QMenu, QWidget

from app.core.messages import Role
from app.paths import Paths
from app.settings.passphrase import LockPassphrase
from app.store.history import History
from app.ui.encryption import lock_controller
from app.ui.encryption.lock_screen import LockScreen
from app.ui.pages.settings.lock_card import LockCard
from tests.ui.conftest import Async, Desk, install_model

WORD = "Zwiebelfisch"
PASSPHRASE = "correct horse"


@pytest.fixture
def filled(paths: Paths) -> str:
    install_model(paths)
    history = History(paths.history_file)
    history.open()
    conversation = history.create_conversation(f"{WORD} title")
    history.add_message(conversation.id, None, Role.USER, f"{WORD} text")
    history.close()
    return conversation.id


def opened(make_desk: Callable[..., Desk], aio: Async, conversation_id: str) -> Desk:
    desk = make_desk()
    aio.until(lambda: desk.assembly.is_history_open and len(desk.titles()) > 1)
    desk.parts.chat.open(conversation_id)
    aio.until(lambda: desk.said() == [f"{WORD} text"])
    return desk


@pytest.fixture
def desk(make_desk: Callable[..., Desk], aio: Async, filled: str) -> Desk:
    return opened(make_desk, aio, filled)


def screen(desk: Desk) -> Any:
    return desk.window.findChild(LockScreen)


def lock(desk: Desk) -> None:
    QTest.keySequence(desk.window, "Ctrl+Shift+L")
    assert desk.window.is_covered


def seen(window: QWidget) -> str:
    """Every word that a person sees in the window, its title included."""
    parts = [part.text() for part in window.findChildren(QLabel) if part.isVisible()]
    parts += [part.text() for part in window.findChildren(QLineEdit) if part.isVisible()]
    return " ".join([window.windowTitle(), *parts])


def test_a_locked_window_shows_nothing_of_the_chats(desk: Desk, aio: Async) -> None:
    assert WORD in desk.window.windowTitle()
    lock(desk)
    assert WORD not in seen(desk.window)
    assert "locked" in desk.window.windowTitle()
    assert not desk.window.shell.isVisible()
    assert not desk.side.isVisible()
    desk.window.show_title(f"{WORD} made meanwhile")
    assert WORD not in desk.window.windowTitle()
    desk.window.resize(700, 500)
    assert screen(desk).size() == desk.window.size()
    QTest.keyClick(desk.window, Qt.Key.Key_Return)
    QTest.keyClick(screen(desk), Qt.Key.Key_Return)
    aio.until(lambda: not desk.window.is_covered)
    assert desk.window.shell.isVisible()
    assert f"{WORD} made meanwhile" in desk.window.windowTitle()


def test_no_key_reaches_what_is_hidden(desk: Desk) -> None:
    lock(desk)
    QTest.keyClicks(desk.window, "typed")
    for keys in ("Ctrl+N", "Ctrl+3", "Ctrl+K", "Ctrl+B"):
        QTest.keySequence(desk.window, keys)
    QTest.keyClick(desk.window, Qt.Key.Key_Escape)
    assert desk.composer.toPlainText() == ""
    assert desk.window.page == "chat"
    assert desk.said() == [f"{WORD} text"]
    assert desk.window.is_covered


def test_dialogs_and_menus_go_away(desk: Desk) -> None:
    dialog = QDialog(desk.window)
    QLabel(f"{WORD} asked about", dialog)
    dialog.open()
    menu = QMenu(desk.window)
    menu.addAction(WORD)
    menu.popup(desk.window.pos())
    desk.parts.lock.lock()
    assert not dialog.isVisible()
    assert QApplication.activePopupWidget() is None
    dialog.deleteLater()
    menu.deleteLater()


def test_idle_minutes_lock_it_and_a_key_puts_that_off(
    desk: Desk, aio: Async, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lock_controller, "_MINUTE_MS", 400)
    aio.run(desk.parts.settings.set(lock_controller.MINUTES, 1))
    aio.until(desk.parts.lock._idle.isActive)
    for _ in range(4):
        QTest.qWait(200)
        QTest.keyClick(desk.composer, Qt.Key.Key_Left)
    assert not desk.window.is_covered
    aio.until(lambda: desk.window.is_covered)
    desk.parts.lock.unlock()
    aio.until(lambda: not desk.window.is_covered)
    aio.run(desk.parts.settings.set(lock_controller.MINUTES, 0))
    aio.until(lambda: not desk.parts.lock._idle.isActive())


def test_a_passphrase_is_asked_for_also_at_the_start(
    make_desk: Callable[..., Desk], aio: Async, filled: str, paths: Paths
) -> None:
    LockPassphrase(paths.lock_file).set(PASSPHRASE)
    desk = make_desk()
    assert desk.window.is_covered
    aio.until(lambda: desk.assembly.is_history_open)
    assert desk.window.is_covered
    assert WORD not in seen(desk.window)
    QTest.keyClicks(screen(desk).field, "wrong")
    QTest.keyClick(screen(desk).field, Qt.Key.Key_Return)
    aio.until(screen(desk).refused.isVisible)
    assert desk.window.is_covered
    screen(desk).field.setText(PASSPHRASE)
    screen(desk).button.click()
    aio.until(lambda: not desk.window.is_covered)
    lock(desk)
    assert screen(desk).field.text() == ""
    assert not screen(desk).refused.isVisible()


def test_the_card_sets_and_removes_the_passphrase(desk: Desk, aio: Async, paths: Paths) -> None:
    card: Any = desk.page("protection").findChild(LockCard)
    card.change.click()
    QTest.keyClicks(card.first, PASSPHRASE)
    QTest.keyClicks(card.second, "other")
    card.keep.click()
    assert "not the same" in card.trouble.text()
    card.second.setText(PASSPHRASE)
    card.keep.click()
    aio.until(lambda: desk.parts.lock.has_passphrase)
    assert card.entry.isHidden()
    assert not card.first.text()
    assert LockPassphrase(paths.lock_file).fits(PASSPHRASE)
    card.remove.click()
    aio.until(lambda: not desk.parts.lock.has_passphrase)
    assert not paths.lock_file.exists()


def test_a_running_answer_goes_on_and_is_kept(desk: Desk, aio: Async) -> None:
    desk.composer.setPlainText("Go on?")
    QTest.keyClick(desk.composer, Qt.Key.Key_Return)
    lock(desk)
    aio.until(lambda: not desk.parts.chat.is_busy and len(desk.said()) == 3)
    path = aio.run(
        desk.services.history.run(lambda store: store.path(store.conversations(1)[0].id))
    )
    assert [message.state for message in path][-1] == "complete"
    assert path[-1].text
    assert desk.window.is_covered
