"""The history for asyncio: one thread of its own, one method."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from app.core.handoff import Worker
from app.store import errors
from app.store.history import History

T = TypeVar("T")


class HistoryWorker:
    """Runs everything that touches `history` on one thread, in the order of the calls."""

    def __init__(self, history: History) -> None:
        self._history = history
        self._worker = Worker("history")
        self._is_closed = False

    async def run(self, job: Callable[[History], T]) -> T:
        """The result of `job(history)`; raises what it raises.

        A caller that is cancelled stops waiting; the job is still done. Raises `AppError`
        after `close`.
        """
        if self._is_closed:
            raise errors.not_open()
        return await self._worker.call(lambda: job(self._history))

    async def close(self) -> None:
        """Finish what was asked for, close the history and end the thread."""
        if self._is_closed:
            return
        self._is_closed = True
        try:
            await self._worker.call(self._history.close)
        finally:
            self._worker.close()
