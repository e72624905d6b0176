"""The one seam between threads and asyncio.

Above it everything is async; below it are blocking calls and blocking iterators that watch
a `CancelToken`. It behaves the same under qasync, `asyncio.run` and a server's loop.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from functools import partial
from queue import SimpleQueue
from typing import Any, Generic, TypeVar

from app.core.cancel import CancelToken

__all__ = ["CancelToken", "Worker"]

T = TypeVar("T")


class Worker:
    """One named thread that does one blocking job after the other.

    The thread starts with the first job. `close` waits for the jobs in the queue; a job
    handed in afterwards raises `RuntimeError`.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._jobs: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._closed = False
        self._lock = threading.Lock()

    async def call(self, function: Callable[[], T]) -> T:
        """Run `function` on the thread; return its result or raise its exception.

        A caller that is cancelled stops waiting; the function still runs to its end.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()

        def job() -> None:
            try:
                result = function()
            except BaseException as error:  # noqa: BLE001  (handed to the waiting caller)
                _post(loop, partial(_fail, future, error))
            else:
                _post(loop, partial(_succeed, future, result))

        self._submit(job)
        return await future

    async def iterate(
        self, make: Callable[[CancelToken], Iterator[T]], cancel: CancelToken
    ) -> AsyncGenerator[T, None]:
        """Yield what the blocking iterator of `make(cancel)` yields, in order.

        Closing the async iterator early cancels the token and waits until the blocking side
        has ended, so that nothing goes on behind the caller's back.
        """
        mailbox: _Mailbox[T] = _Mailbox(asyncio.get_running_loop())
        ended = False

        def job() -> None:
            error: BaseException | None = None
            try:
                for item in make(cancel):
                    mailbox.put(item)
            except BaseException as caught:  # noqa: BLE001  (raised by the async side)
                error = caught
            mailbox.end(error)

        self._submit(job)
        try:
            async for item in mailbox:
                yield item
            ended = True
        finally:
            # What failed has ended by itself: its caller's token stays as it is.
            if not ended and not mailbox.has_failed:
                cancel.cancel()
                await mailbox.drain()

    def submit(self, function: Callable[[], object]) -> None:
        """Run `function` on the thread without waiting for it; it must not raise."""

        def job() -> None:
            function()

        self._submit(job)

    def close(self, timeout_s: float | None = None) -> bool:
        """Finish the queue and end the thread; False when `timeout_s` passed before that."""
        with self._lock:
            thread = self._thread
            if not self._closed:
                self._closed = True
                self._jobs.put(None)
        if thread is None or thread is threading.current_thread():
            return True
        thread.join(timeout_s)
        return not thread.is_alive()

    def _submit(self, job: Callable[[], None]) -> None:
        with self._lock:
            if self._closed:
                raise RuntimeError(f"worker {self._name} is closed")
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
                self._thread.start()
            self._jobs.put(job)

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            job()


class _Mailbox(Generic[T]):
    """Carries items from a thread to a loop, waking the loop once for all that has arrived."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._items: deque[T] = deque()
        self._arrived = asyncio.Event()
        self._lock = threading.Lock()
        self._wake_pending = False
        self._ended = False
        self._error: BaseException | None = None

    def put(self, item: T) -> None:
        with self._lock:
            self._items.append(item)
            wake, self._wake_pending = not self._wake_pending, True
        if wake:
            _post(self._loop, self._wake)

    def end(self, error: BaseException | None) -> None:
        with self._lock:
            self._ended, self._error = True, error
        _post(self._loop, self._wake)

    def _wake(self) -> None:
        with self._lock:
            self._wake_pending = False
        self._arrived.set()

    @property
    def has_failed(self) -> bool:
        """Whether the blocking side ended with an exception."""
        return self._ended and self._error is not None

    async def drain(self) -> None:
        """Wait for the end, dropping what still comes."""
        while not self._ended:
            await self._arrived.wait()
            self._arrived.clear()

    async def __aiter__(self) -> AsyncIterator[T]:
        while True:
            while self._items:
                yield self._items.popleft()
            if self._ended and not self._items:
                if self._error is not None:
                    raise self._error
                return
            await self._arrived.wait()
            self._arrived.clear()


def _succeed(future: asyncio.Future[T], result: T) -> None:
    if not future.done():
        future.set_result(result)


def _fail(future: asyncio.Future[T], error: BaseException) -> None:
    if not future.done():
        future.set_exception(error)


def _post(loop: asyncio.AbstractEventLoop, callback: Callable[[], Any]) -> None:
    """Run `callback` on the loop; a loop that has ended has nobody left to tell."""
    with contextlib.suppress(RuntimeError):
        loop.call_soon_threadsafe(callback)
