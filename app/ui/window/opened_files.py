"""Files that the person opened with Tacit: what is in each is said, and imported if they agree."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject

from app.exchange.looking import Contents
from app.ui.history import report_words
from app.ui.side.dialogs import SureQuestion
from app.ui.window.history_connections import HISTORY
from app.ui.window.main_window import MainWindow
from app.ui.window.parts import Parts


class OpenedFiles(QObject):
    """One question at a time, none before the history is open or while the window is locked."""

    def __init__(self, window: MainWindow, parts: Parts, is_ready: Callable[[], bool]) -> None:
        super().__init__(window)
        self._window = window
        self._parts = parts
        self._is_ready = is_ready
        self._waiting: list[Path] = []
        self._question: SureQuestion | None = None
        parts.storage.looked.connect(self._ask)
        parts.storage.ended.connect(self.go_on)
        parts.lock.changed.connect(self.go_on)

    def open(self, file: Path) -> None:
        """Ask about `file` as soon as nothing else is asked."""
        if file not in self._waiting:
            self._waiting.append(file)
        self.go_on()

    def go_on(self) -> None:
        """Look into the next one, where there is one and nothing stands against it."""
        storage, lock = self._parts.storage, self._parts.lock
        may_ask = self._is_ready() and not lock.is_locked and not storage.is_busy
        if may_ask and self._waiting and self._question is None:
            storage.look(self._waiting.pop(0))

    def _ask(self, contents: Contents, file: Path) -> None:
        if self._parts.lock.is_locked:
            self._waiting.insert(0, file)
        elif contents.was_cancelled:
            return
        elif not contents.conversations:
            words = self.tr("There is no chat in {0} that Tacit can read.")
            self._window.strip.say(words.format(file.name), "notice")
        else:
            self._put(contents, file)

    def _put(self, contents: Contents, file: Path) -> None:
        question = self._question = SureQuestion(
            self._window.look,
            self._window,
            self.tr("Import {0}?").format(report_words.chats(contents.conversations)),
            words=report_words.contents_words(contents, file, kept=self._parts.storage.has_file),
            action=self.tr("Import"),
            confirmed=lambda: self._import(file),
        )
        question.finished.connect(self._forget)
        question.open()

    def _import(self, file: Path) -> None:
        # What comes of it is said there.
        self._window.show_page(HISTORY)
        self._parts.storage.import_(file)

    def _forget(self) -> None:
        self._question = None
        self.go_on()
