"""Lets askers through one at a time, in the order they came, unless they change their mind."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque

from app.core.handoff import CancelToken


class Turns:
    """A queue of one event loop; who was let in calls `leave` afterwards."""

    def __init__(self) -> None:
        self._taken = False
        self._waiting: deque[asyncio.Event] = deque()

    async def enter(self, cancel: CancelToken) -> bool:
        """Wait for one's turn; False, and nothing to leave, when cancelled meanwhile."""
        loop, wake = asyncio.get_running_loop(), asyncio.Event()

        def stop() -> None:
            with contextlib.suppress(RuntimeError):  # the loop has ended
                loop.call_soon_threadsafe(wake.set)

        self._waiting.append(wake)
        forget = cancel.on_cancel(stop)
        try:
            while not cancel.is_cancelled:
                if not self._taken and self._waiting[0] is wake:
                    self._taken = True
                    return True
                await wake.wait()
                wake.clear()
            return False
        finally:
            forget()
            self._waiting.remove(wake)
            self._call_next()

    def leave(self) -> None:
        """Let the next one in."""
        self._taken = False
        self._call_next()

    def _call_next(self) -> None:
        if self._waiting and not self._taken:
            self._waiting[0].set()
