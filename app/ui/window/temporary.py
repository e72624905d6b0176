"""Temporary chats: windows of their own over the same models, of which nothing is ever kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from app.bootstrap import Services
from app.core.tasks import Tasks
from app.temporary import temporary
from app.ui.status.privacy import PrivacyState
from app.ui.window.main_window import MainWindow


class Behind(Protocol):
    """What stands behind a window."""

    def begin(self) -> None:
        """Start it."""

    async def close(self, geometry: str) -> None:
        """Stop and end all of it."""


Assemble = Callable[[MainWindow, Services], Behind]


class TemporaryWindows:
    """Opens them beside `window`, and closes them with it.

    A conversation that shares a window with kept ones could get among them by a single wrong
    turn, so these share nothing but the models: their history is in memory, their settings
    are a copy, and closing the window is the end of both. `assemble` puts the services behind
    a window.
    """

    def __init__(
        self, window: MainWindow, services: Services, tasks: Tasks, assemble: Assemble
    ) -> None:
        self._window = window
        self._services = services
        self._tasks = tasks
        self._assemble = assemble
        self._open: dict[MainWindow, Behind] = {}

    @property
    def windows(self) -> list[MainWindow]:
        """Those that are open, the oldest first."""
        return list(self._open)

    def open(self, privacy: PrivacyState) -> None:
        """One more, with an empty history; `privacy` is what holds now."""
        made = MainWindow(self._window.look, privacy)
        made.setWindowIcon(self._window.windowIcon())
        made.say_private()
        made.resize(self._window.size())
        behind = self._assemble(made, temporary(self._services))
        self._open[made] = behind
        made.close_wanted.connect(lambda: self._tasks.start("close", self._close(made)))
        made.show()
        made.to_front()
        behind.begin()

    async def close(self) -> None:
        """Forget all of them."""
        for window in self.windows:
            await self._close(window)

    async def _close(self, window: MainWindow) -> None:
        behind = self._open.pop(window, None)
        if behind is None:
            return
        window.hide()
        await behind.close("")
        window.close_for_good()
        window.deleteLater()
