"""Follows a link from anywhere in the window: asks first, then the courier opens it."""

from __future__ import annotations

from PySide6.QtCore import QObject

from app.core.errors import AppError
from app.ui.widgets.strip import Strip
from app.ui.window import links
from app.ui.window.main_window import MainWindow
from app.ui.window.parts import Parts


class LinkOpener(QObject):
    """One for each place; what cannot be opened is said in its `strip`."""

    def __init__(self, window: MainWindow, parts: Parts, strip: Strip) -> None:
        super().__init__(window)
        self._window = window
        self._parts = parts
        self._strip = strip

    def ask(self, address: str) -> None:
        """Show where `address` really leads, and have the person decide."""
        target = links.read(address)
        if target.problem:
            self._strip.say(
                target.problem,
                "notice",
                action=self.tr("Copy the address"),
                run=lambda: links.copy(target.address),
            )
            return
        question = links.ask(
            self._window.look, target, self._window, can_open=self._parts.privacy.has_courier
        )
        question.open_wanted.connect(self._open_link)

    def _open_link(self, address: str) -> None:
        self._parts.tasks.start("open a link", self._open(address))

    async def _open(self, address: str) -> None:
        try:
            await self._parts.privacy.open_link(address)
        except AppError as error:
            self._strip.fail(
                error, action=self.tr("Copy the address"), run=lambda: links.copy(address)
            )
