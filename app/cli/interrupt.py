"""Ctrl-C while an answer is being written: the first stops the answer, the second the program."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Callable, Iterator
from types import FrameType

from app.core.handoff import CancelToken


@contextlib.contextmanager
def cancelling(token: CancelToken) -> Iterator[None]:
    """Within the block Ctrl-C cancels `token`; the second one raises `KeyboardInterrupt`.

    Use it on the main thread while its loop runs.
    """
    loop = asyncio.get_running_loop()
    # Not cancelled right here: the interrupted code may hold the token's lock.
    with _handling(lambda: loop.call_soon_threadsafe(token.cancel)):
        yield


@contextlib.contextmanager
def cancelling_blocking(token: CancelToken) -> Iterator[None]:
    """The same without a loop, for work on the main thread that only looks at the token."""
    with _handling(token.cancel):
        yield


@contextlib.contextmanager
def _handling(cancel: Callable[[], object]) -> Iterator[None]:
    asked = False

    def handler(_number: int, _frame: FrameType | None) -> None:
        nonlocal asked
        if asked:
            raise KeyboardInterrupt
        asked = True
        cancel()

    before = signal.signal(signal.SIGINT, handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
