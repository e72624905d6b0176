"""What the controllers that change the history have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QObject, Signal

from app.core.errors import AppError
from app.core.tasks import Tasks
from app.store.history import History
from app.store.worker import HistoryWorker
from app.ui.chat.chat_controller import ChatController

T = TypeVar("T")


class StoreController(QObject):
    """Holds no widget.

    Signals:
        failed(object AppError): the store could not do it.
    """

    failed = Signal(object)

    def __init__(self, chat: ChatController, history: HistoryWorker, tasks: Tasks) -> None:
        super().__init__()
        self._chat = chat
        self._history = history
        self._tasks = tasks

    async def _try(self, job: Callable[[History], T]) -> T | None:
        """What `job` returns; None where it failed, which was told."""
        try:
            return await self._history.run(job)
        except AppError as error:
            self.failed.emit(error)
            return None
