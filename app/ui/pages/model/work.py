"""One long job at a time for the pages of the models: how far it is, its end, and stopping it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from PySide6.QtCore import QObject, Signal

from app.core.errors import AppError, ErrorCode
from app.core.handoff import CancelToken, Worker
from app.core.tasks import Tasks

T = TypeVar("T")
_CLOSING_S = 5.0
Tell = Callable[[str, float | None], None]
Job = Callable[[Tell, CancelToken], Awaitable[str]]


class Work(QObject):
    """Holds no widget; `title`, `what` and `share` (of 1, None: unknown) say what is done now.

    With a `refusal` nothing that leaves a trace is begun, and that is said instead.

    Signals:
        changed: a job has begun, gone on or ended.
        done(str): it ended well, with a sentence about that ("" for none).
        failed(object AppError): it did not, or another one is still under way.
        ended: it ended, in whatever way.
    """

    changed = Signal()
    done = Signal(str)
    failed = Signal(object)
    ended = Signal()

    def __init__(self, tasks: Tasks, refusal: AppError | None = None) -> None:
        super().__init__()
        self._tasks = tasks
        self._refusal = refusal
        self._worker = Worker("models-work")
        self._loop = asyncio.get_running_loop()
        self._cancel: CancelToken | None = None
        self._task: asyncio.Task[None] | None = None
        self._is_closed = False
        self.title = ""
        self.what = ""
        self.share: float | None = None

    @property
    def is_running(self) -> bool:
        """Whether something is under way."""
        return self._cancel is not None

    def start(self, title: str, job: Job, *, leaves: bool = True) -> None:
        """Have `job` done; it gets what tells how far it is, and returns a sentence.

        `leaves` says whether something of it stays on the disk.
        """
        if leaves and self._refusal is not None:
            self.failed.emit(self._refusal)
            return
        if self._cancel is not None:
            self.failed.emit(
                AppError(
                    self.tr("Something else is under way: {0}.").format(self.title),
                    self.tr("Wait until it is done, or cancel it."),
                    code=ErrorCode.LIBRARY_BUSY,
                )
            )
            return
        self._cancel = CancelToken()
        self.title, self.what, self.share = title, "", None
        self._task = self._tasks.start(title, self._run(job, self._cancel))
        self.changed.emit()

    def block(
        self, title: str, function: Callable[[Tell, CancelToken], T], words: Callable[[T], str]
    ) -> None:
        """Have a function that blocks done on a thread; `words` make a sentence of its result."""

        async def job(tell: Tell, cancel: CancelToken) -> str:
            return words(await self.call(lambda: function(tell, cancel)))

        self.start(title, job)

    async def call(self, function: Callable[[], T]) -> T:
        """The result of a function that blocks, on the thread of the jobs."""
        return await self._worker.call(function)

    def stop(self) -> None:
        """Ask the job to stop; it leaves nothing half."""
        if self._cancel is not None:
            self._cancel.cancel()

    async def close(self) -> None:
        """Stop, and end the thread; whatever ends now is told to nobody."""
        self._is_closed = True
        self.stop()
        if self._task is not None and not self._task.done():
            await asyncio.wait([self._task], timeout=_CLOSING_S)
            self._task.cancel()
        await self._worker.call(lambda: None)
        self._worker.close()

    async def _run(self, job: Job, cancel: CancelToken) -> None:
        def tell(what: str, share: float | None) -> None:
            self._loop.call_soon_threadsafe(self._told, cancel, what, share)

        sentence, problem = "", None
        try:
            sentence = await job(tell, cancel)
        except AppError as error:
            problem = error
        finally:
            self._cancel = None
            if not self._is_closed:
                self.changed.emit()
        if self._is_closed:
            return
        if problem is None:
            self.done.emit(sentence)
        elif problem.code is ErrorCode.CANCELLED:
            self.done.emit(self.tr("It was stopped."))
        else:
            self.failed.emit(problem)
        self.ended.emit()

    def _told(self, cancel: CancelToken, what: str, share: float | None) -> None:
        if cancel is self._cancel:
            self.what, self.share = what, share
            self.changed.emit()
