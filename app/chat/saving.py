"""Saves an answer while it is being written, and keeps it in memory while that fails."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from functools import partial

from app.chat.answer import Answer
from app.core.errors import AppError
from app.core.tasks import Tasks
from app.store.errors import GoneError
from app.store.history import History
from app.store.values import StoredMessage
from app.store.worker import HistoryWorker

_MOST_UNSAVED = 64


def save(history: History, message: StoredMessage) -> None:
    """Write everything about an answer that can change."""
    history.update_message(
        message.id,
        text=message.text,
        reasoning=message.reasoning,
        state=message.state,
        error=message.error,
        provider=message.provider,
        model=message.model,
        device=message.device,
        usage=message.usage,
        context=message.context,
        provenance=message.provenance,
    )


class Saver:
    """Writes one answer to the history, at most every `every_s` seconds while it changes.

    A failure does not stop the answer: `trouble` holds it, once, and the next save tries
    again. `on_gone` is called when the message was erased meanwhile.
    """

    def __init__(
        self,
        history: HistoryWorker,
        answer: Answer,
        tasks: Tasks,
        *,
        every_s: float,
        on_gone: Callable[[], None],
    ) -> None:
        self._history = history
        self._answer = answer
        self._every_s = every_s
        self._on_gone = on_gone
        self._trouble: AppError | None = None
        self._had_trouble = False
        self._changed = asyncio.Event()
        self._task = tasks.start("save the answer", self._run())

    def changed(self) -> None:
        """Something of the answer is not saved yet."""
        self._changed.set()

    def take_trouble(self) -> AppError | None:
        """The failure that the person has not been told of yet; only the first of them."""
        trouble, self._trouble = self._trouble, None
        return trouble

    def stop(self) -> None:
        """End the regular saving; what is handed to the history afterwards is written last."""
        self._task.cancel()

    def failed(self, error: AppError) -> None:
        """Note that a save did not work."""
        if not self._had_trouble:
            self._had_trouble, self._trouble = True, error

    async def _run(self) -> None:
        # By the clock and not by the event: a long pause must not leave words unsaved.
        while True:
            await self._changed.wait()
            self._changed.clear()
            try:
                await self._history.run(partial(save, message=self._answer.snapshot()))
            except GoneError:
                self._on_gone()
                return
            except AppError as error:
                self.failed(error)
                self._changed.set()
            await asyncio.sleep(self._every_s)


class Unsaved:
    """Answers that have ended and could not be written; tries again until that works.

    They are few, because a new turn has to be written before it begins; the oldest is given
    up when there are too many all the same.
    """

    def __init__(self, history: HistoryWorker, tasks: Tasks, *, retry_s: float) -> None:
        self._history = history
        self._tasks = tasks
        self._retry_s = retry_s
        self._waiting: dict[str, StoredMessage] = {}
        self._task: asyncio.Task[None] | None = None

    def __len__(self) -> int:
        return len(self._waiting)

    def keep(self, message: StoredMessage) -> None:
        """Hold an answer until it is written."""
        self._waiting[message.id] = message
        while len(self._waiting) > _MOST_UNSAVED:
            del self._waiting[next(iter(self._waiting))]
        if self._task is None or self._task.done():
            self._task = self._tasks.start("save what is unsaved", self._run())

    async def flush(self) -> None:
        """Try to write everything now; raises `AppError` where that still fails."""
        for message in list(self._waiting.values()):
            with contextlib.suppress(GoneError):  # erased: there is nothing left to write it to
                await self._history.run(partial(save, message=message))
            self._waiting.pop(message.id, None)

    async def _run(self) -> None:
        while self._waiting:
            await asyncio.sleep(self._retry_s)
            try:
                await self.flush()
            except AppError:
                continue  # told when it first happened; the next round tries again
