"""The downloads for the window: told about on any thread, shown on one, changed on a worker."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QObject, Signal

from app.core.errors import AppError
from app.core.handoff import Worker
from app.core.tasks import Tasks
from app.models.downloads.values import DownloadStatus, Plan, State


class Queue(Protocol):
    """What downloads; `status` and `on_change` are cheap, the others block."""

    def start(self) -> None:
        """Go on with what is remembered."""

    def status(self) -> tuple[DownloadStatus, ...]:
        """All downloads in their order."""

    def on_change(self, call: Callable[[], None], /) -> Callable[[], None]:
        """Have `call` called after changes, on any thread; returns its removal."""

    def add(self, plan: Plan, /) -> str:
        """Queue a download; raises `AppError`."""

    def pause(self, download_id: str, /) -> None:
        """Stop it, and keep what has arrived."""

    def resume(self, download_id: str, /) -> None:
        """Go on with it."""

    def cancel(self, download_id: str, /, *, keep: bool = False) -> None:
        """Forget it; raises `AppError`."""


class DownloadsController(QObject):
    """Holds no widget. Make it in the running loop.

    Signals:
        changed: `statuses` are others now.
        ended(object DownloadStatus): one is done, failed, or pauses by itself.
        failed(object AppError): what the person wanted of a download did not work.
    """

    changed = Signal()
    ended = Signal(object)
    failed = Signal(object)

    def __init__(self, queue: Queue, tasks: Tasks) -> None:
        super().__init__()
        self._queue = queue
        self._tasks = tasks
        self._worker = Worker("downloads of the window")
        self._loop = asyncio.get_running_loop()
        self._is_told = threading.Event()
        self._has_looked = False
        self.statuses: tuple[DownloadStatus, ...] = ()
        self._forget = queue.on_change(self._from_any_thread)

    async def start(self) -> None:
        """Go on with what an ended program left, and do what is added from now on."""
        await self._worker.call(self._queue.start)

    async def add(self, plan: Plan) -> None:
        """Queue a download; raises `AppError`."""
        queue = self._queue
        await self._worker.call(lambda: queue.add(plan))

    def pause(self, download_id: str) -> None:
        """Stop it until it is resumed."""
        queue = self._queue
        self._do("pause a download", lambda: queue.pause(download_id))

    def resume(self, download_id: str) -> None:
        """Go on with one that pauses or failed."""
        queue = self._queue
        self._do("resume a download", lambda: queue.resume(download_id))

    def cancel(self, download_id: str, *, keep: bool) -> None:
        """Forget it, and delete what has arrived unless it is to be kept."""
        queue = self._queue
        self._do("cancel a download", lambda: queue.cancel(download_id, keep=keep))

    async def close(self) -> None:
        """Hear of nothing any more, and end the worker."""
        self._forget()
        await self._worker.call(lambda: None)
        self._worker.close()

    def _do(self, name: str, act: Callable[[], None]) -> None:
        self._tasks.start(name, self._run(act))

    async def _run(self, act: Callable[[], None]) -> None:
        try:
            await self._worker.call(act)
        except AppError as error:
            self.failed.emit(error)

    def _from_any_thread(self) -> None:
        # One look for however many changes there were since the last.
        if not self._is_told.is_set():
            self._is_told.set()
            self._loop.call_soon_threadsafe(self._look)

    def _look(self) -> None:
        self._is_told.clear()
        before = {status.id: status.state for status in self.statuses}
        self.statuses = self._queue.status()
        # What a program before this one left is no news.
        is_news, self._has_looked = self._has_looked, True
        self.changed.emit()
        for status in self.statuses:
            if is_news and before.get(status.id) is not status.state and _has_ended(status):
                self.ended.emit(status)


def _has_ended(status: DownloadStatus) -> bool:
    if status.state is State.PAUSED:
        return status.problem is not None
    return status.state in {State.DONE, State.FAILED}
