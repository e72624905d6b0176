"""Says that an answer is complete while the window is behind others, and keeps a tray icon.

A note may be read by anyone who passes the screen, or stay in the desktop's list: it never has
a word of the conversation in it.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication, QMenu, QSystemTrayIcon

from app.ui.theme import icon
from app.ui.window.main_window import MainWindow
from app.ui.window.parts import Parts

NOTIFY, TRAY = "window.notify", "window.tray_icon"
# Seconds: what comes sooner nobody went away for.
_LONG_S = 10.0
_SHOWN_MS = 10_000


class Notifier(QObject):
    """One per window. `clock` gives seconds that only go on."""

    def __init__(
        self,
        window: MainWindow,
        parts: Parts,
        *,
        clock: Callable[[], float] = time.monotonic,
        make_tray: Callable[[QObject], QSystemTrayIcon] = QSystemTrayIcon,
        has_tray: Callable[[], bool] = QSystemTrayIcon.isSystemTrayAvailable,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._settings = parts.settings
        self._clock = clock
        self._make_tray = make_tray
        self._has_tray = has_tray
        self._tray: QSystemTrayIcon | None = None
        self._since: dict[str, float] = {}
        self._hide = QTimer(self)
        self._hide.setSingleShot(True)
        self._hide.timeout.connect(self._show_or_hide)
        parts.chat.streaming_changed.connect(self._on_streaming)
        parts.chat.turn_ended.connect(self._on_ended)
        parts.settings.changed.connect(self._on_setting)
        window.look.changed.connect(self._dress)
        self._show_or_hide()

    def close(self) -> None:
        """Take the icon away."""
        self._hide.stop()
        if self._tray is not None:
            self._tray.hide()

    def _on_streaming(self, conversations: frozenset[str]) -> None:
        now = self._clock()
        for conversation_id in conversations:
            self._since.setdefault(conversation_id, now)

    def _on_ended(self, conversation_id: str, by_itself: bool) -> None:
        since = self._since.pop(conversation_id, self._clock())
        is_seen = self._window.isActiveWindow()
        if is_seen or self._clock() - since < _LONG_S or not self._settings.is_on(NOTIFY):
            return
        complete, ended = self.tr("The answer is complete."), self.tr("The answer has ended.")
        # Where the desktop has no place for notes, the window's entry in its list asks for a look.
        QApplication.alert(self._window)
        if (tray := self._needed_tray()) is not None:
            tray.show()
            tray.showMessage("Tacit", complete if by_itself else ended, tray.icon(), _SHOWN_MS)
            self._hide.start(_SHOWN_MS)

    def _on_setting(self, key: str, _value: object) -> None:
        if key == TRAY:
            self._show_or_hide()

    def _show_or_hide(self) -> None:
        if self._settings.is_on(TRAY):
            if (tray := self._needed_tray()) is not None:
                tray.show()
        elif self._tray is not None:
            self._tray.hide()

    def _needed_tray(self) -> QSystemTrayIcon | None:
        """The icon, made when it is first needed; None where the desktop has no tray."""
        if self._tray is None and self._has_tray():
            self._tray = self._make_tray(self)
            self._tray.setToolTip("Tacit")
            self._tray.activated.connect(lambda _reason: self._window.to_front())
            self._tray.messageClicked.connect(self._window.to_front)
            menu = QMenu(self._window)
            menu.addAction(self.tr("Show Tacit")).triggered.connect(self._window.to_front)
            menu.addAction(self.tr("Quit")).triggered.connect(self._window.close)
            self._tray.setContextMenu(menu)
            self._dress()
        return self._tray

    def _dress(self) -> None:
        if self._tray is not None:
            self._tray.setIcon(icon("lock-keyhole", self._window.look.theme.accent))
