"""A provider that says what it was told to say: for tests, and nowhere else."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Iterable

from app.core.events import Cancelled, Event, Terminal
from app.core.handoff import CancelToken
from app.core.messages import ChatRequest
from app.engine.fake import scripted_answer


class FakeProvider:
    """Yields one scripted answer per request; without a script it repeats the last message.

    `pace_s` is the pause before each event. `requests` holds the requests it was given.
    """

    def __init__(self, name: str = "onnx", *, is_local: bool = True, pace_s: float = 0.0) -> None:
        self.name = name
        self.is_local = is_local
        self.requests: list[ChatRequest] = []
        self.is_closed = False
        self._pace_s = pace_s
        self._scripts: deque[list[Event]] = deque()

    def enqueue(self, answer: str | Iterable[Event]) -> None:
        """Answer the next request that has no script yet with this text or these events."""
        self._scripts.append(
            scripted_answer(answer, provider=self.name) if isinstance(answer, str) else list(answer)
        )

    async def stream(self, request: ChatRequest, cancel: CancelToken) -> AsyncIterator[Event]:
        """See `app.providers.base.Provider`."""
        self.requests.append(request)
        if not self._scripts:
            self.enqueue(request.messages[-1].text)
        stopped = asyncio.Event()
        loop = asyncio.get_running_loop()

        def stop() -> None:
            loop.call_soon_threadsafe(stopped.set)

        forget = cancel.on_cancel(stop)
        try:
            for event in self._scripts.popleft():
                await self._pause(stopped)
                if cancel.is_cancelled:
                    yield Cancelled()
                    return
                yield event
                if isinstance(event, Terminal):
                    return
        finally:
            forget()

    async def close(self) -> None:
        """See `app.providers.base.Provider`."""
        self.is_closed = True

    async def _pause(self, stopped: asyncio.Event) -> None:
        try:
            async with asyncio.timeout(self._pace_s):
                await stopped.wait()
        except TimeoutError:
            return
