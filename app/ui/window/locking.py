"""Covers the window while it is locked, and takes away whatever else shows words of a chat."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication, QDialog, QToolTip

from app.ui.encryption.lock_screen import LockScreen
from app.ui.window.main_window import MainWindow
from app.ui.window.parts import Parts


def connect_lock(window: MainWindow, parts: Parts) -> None:
    """Have the window show the lock, and ask through it."""
    lock, screen = parts.lock, LockScreen(window.look)
    screen.setParent(window)
    screen.hide()

    def show() -> None:
        if not lock.is_locked:
            window.uncover()
        elif not window.is_covered:
            _close_others(window)
            window.cover(screen)
            screen.ask(passphrase=lock.has_passphrase)
        elif lock.problem is not None:
            screen.refuse(lock.problem)

    def on_key(name: str) -> None:
        if name == "lock":
            lock.lock()

    screen.unlock_wanted.connect(lock.unlock)
    window.key_pressed.connect(on_key)
    lock.changed.connect(show)
    show()


def _close_others(window: MainWindow) -> None:
    """Menus, dialogs and tooltips stand in windows of their own."""
    QToolTip.hideText()
    while (popup := QApplication.activePopupWidget()) is not None:
        if not popup.close():
            break
    for other in QApplication.topLevelWidgets():
        if other is not window and isinstance(other, QDialog) and other.isVisible():
            other.reject()
