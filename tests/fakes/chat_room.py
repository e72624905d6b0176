"""A session over a real history and a scripted provider, and what tests ask of them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from pathlib import Path

from app.chat.session import ChatSession
from app.chat.turn import AnswerEvent, MessageAdded, TurnEvent, TurnOptions
from app.core.events import Cancelled, Event
from app.core.handoff import CancelToken
from app.core.messages import ChatRequest
from app.providers.fake import FakeProvider
from app.router.router import Router
from app.store.errors import disk_full
from app.store.history import History
from app.store.values import Conversation, StoredMessage
from app.store.worker import HistoryWorker

PATIENCE_S = 20.0


class Provider(FakeProvider):
    """Scripted; where `gate` is set, it waits there before the event of that number."""

    def __init__(self) -> None:
        super().__init__()
        self.gates: dict[int, asyncio.Event] = {}
        self.fault: Exception | None = None

    async def stream(self, request: ChatRequest, cancel: CancelToken) -> AsyncIterator[Event]:
        number = 0
        async for event in super().stream(request, cancel):
            if number in self.gates:
                await _opened(self.gates[number], cancel)
                if cancel.is_cancelled:
                    yield Cancelled()
                    return
            yield event
            number += 1
        if self.fault is not None:
            raise self.fault


async def _opened(gate: asyncio.Event, cancel: CancelToken) -> None:
    loop = asyncio.get_running_loop()

    def stop() -> None:
        loop.call_soon_threadsafe(gate.set)

    forget = cancel.on_cancel(stop)
    await gate.wait()
    forget()


class ShakyHistory(History):
    """Refuses the next `refusals` writes of an answer, as a full disk does."""

    refusals = 0
    refused = 0

    def update_message(self, message_id: str, **values: object) -> None:
        if self.refusals:
            self.refusals -= 1
            self.refused += 1
            raise disk_full()
        super().update_message(message_id, **values)  # type: ignore[arg-type]


class Room:
    """A session and everything around it."""

    def __init__(self, file: Path) -> None:
        self.store = ShakyHistory(file)
        self.history = HistoryWorker(self.store)
        self.provider = Provider()
        self.options = TurnOptions(model="general")
        self.session = self.another_session()

    def another_session(self) -> ChatSession:
        return ChatSession(
            self.history,
            Router({"onnx": self.provider}),
            lambda: self.options,
            save_every_s=0.005,
            retry_every_s=0.005,
        )

    async def ask(self, text: str, conversation_id: str | None = None) -> list[TurnEvent]:
        return [e async for e in self.session.send(conversation_id, text, CancelToken())]

    async def conversation(self) -> Conversation:
        """The one used last."""
        return (await self.history.run(lambda history: history.conversations()))[0]

    async def path(self) -> list[StoredMessage]:
        return await self.history.run(
            lambda history: [m for c in history.conversations(1) for m in history.path(c.id)]
        )

    async def until(self, holds: Callable[[list[StoredMessage]], bool]) -> list[StoredMessage]:
        """The stored path as soon as it is as wanted."""
        async with asyncio.timeout(PATIENCE_S):
            while not holds(path := await self.path()):  # noqa: ASYNC110  (files have no events)
                await asyncio.sleep(0.002)
        return path


async def first_words(turn: AsyncGenerator[TurnEvent, None], count: int) -> list[TurnEvent]:
    """The events of the turn up to the one of that number about the answer."""
    seen: list[TurnEvent] = []
    async for event in turn:
        seen.append(event)
        if len([e for e in seen if isinstance(e, AnswerEvent)]) == count:
            break
    return seen


def answer_events(events: list[TurnEvent]) -> list[Event]:
    return [event.event for event in events if isinstance(event, AnswerEvent)]


def added(events: list[TurnEvent]) -> list[StoredMessage]:
    return [event.message for event in events if isinstance(event, MessageAdded)]
