"""The history for asyncio: one thread of its own, one method."""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from app.core.errors import AppError
from app.core.handoff import CancelToken, Worker
from app.store import errors
from app.store.history import History

T = TypeVar("T")

log = logging.getLogger(__name__)

# Little enough that whoever asks for something meanwhile does not notice.
_TEXTS_AT_ONCE = 200
# Not while the program starts.
_COPY_AFTER_S = 20.0
_COPY_EVERY_S = 3600.0


class HistoryWorker:
    """Runs everything that touches `history` on one thread, in the order of the calls."""

    def __init__(self, history: History) -> None:
        self._history = history
        self._worker = Worker("history")
        self._copier = Worker("history copies")
        self._closing = CancelToken()
        self._copied_at: float | None = None
        self._is_closed = False

    async def open(self) -> None:
        """Open the history, and from then on look after it while there is time.

        That is: make findable what is not yet, and a copy a day. Raises what `History.open`
        raises.
        """
        await self.run(lambda history: history.open())
        self._index()
        self._copy(after_s=_COPY_AFTER_S)

    async def run(self, job: Callable[[History], T]) -> T:
        """The result of `job(history)`; raises what it raises.

        A caller that is cancelled stops waiting; the job is still done. Raises `AppError`
        after `close`.
        """
        if self._is_closed:
            raise errors.not_open()
        if self._copied_at is not None and time.monotonic() - self._copied_at > _COPY_EVERY_S:
            self._copy(after_s=0.0)
        return await self._worker.call(lambda: job(self._history))

    def run_blocking(self, job: Callable[[History], T]) -> T:
        """The same for a thread that is neither the loop's nor the history's."""
        done: Future[T] = Future()

        def work() -> None:
            try:
                done.set_result(job(self._history))
            except BaseException as error:  # noqa: BLE001  (handed to the waiting caller)
                done.set_exception(error)

        if self._is_closed:
            raise errors.not_open()
        try:
            self._worker.submit(work)
        except RuntimeError as error:
            raise errors.not_open() from error
        return done.result()

    async def close(self) -> None:
        """Finish what was asked for, close the history and end the thread."""
        if self._is_closed:
            return
        self._is_closed = True
        self._closing.cancel()
        self._history.copies.stop()
        try:
            await self._worker.call(self._history.close)
        finally:
            self._worker.close()
            self._copier.close()

    def _index(self) -> None:
        """One step, and after it the next one behind whatever was asked for meanwhile."""

        def step() -> None:
            try:
                has_more = self._history.index_more(_TEXTS_AT_ONCE)
            except AppError as error:
                log.warning("searching will not find everything: %s", error.what)
                return
            if has_more and not self._is_closed:
                self._index()

        with contextlib.suppress(RuntimeError):  # closed meanwhile
            self._worker.submit(step)

    def _copy(self, after_s: float) -> None:
        self._copied_at = time.monotonic()

        def copy() -> None:
            if self._closing.wait(after_s):
                return
            try:
                # Of a conversion whose program was killed.
                self._history.copies.finish_conversion()
                self._history.copies.make_due()
            except AppError as error:
                log.warning("today's copy of the history was not made: %s", error.what)

        with contextlib.suppress(RuntimeError):
            self._copier.submit(copy)
