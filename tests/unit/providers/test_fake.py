"""The scripted provider plays its scripts and stops when asked to."""

from __future__ import annotations

import asyncio
import threading

from app.core.events import Cancelled, Done, Event, FinishReason, Started, TextDelta
from app.core.handoff import CancelToken
from app.core.messages import ChatRequest, Message, Role
from app.providers.fake import FakeProvider

REQUEST = ChatRequest(messages=(Message(Role.USER, "the question"),))


async def ask(provider: FakeProvider, cancel: CancelToken | None = None) -> list[Event]:
    return [event async for event in provider.stream(REQUEST, cancel or CancelToken())]


def text_of(events: list[Event]) -> str:
    return "".join(event.text for event in events if isinstance(event, TextDelta))


async def test_texts_and_events_are_played_and_then_the_question_is_repeated() -> None:
    provider = FakeProvider("cloud", is_local=False)
    provider.enqueue("first answer")
    provider.enqueue([TextDelta("second"), Done(FinishReason.LENGTH), TextDelta("late")])
    first, second, third = [await ask(provider) for _ in range(3)]
    assert isinstance(first[0], Started)
    assert first[0].provider == "cloud"
    assert text_of(first) == "first answer"
    assert second == [TextDelta("second"), Done(FinishReason.LENGTH)]
    assert text_of(third) == "the question"
    assert provider.requests == [REQUEST] * 3


async def test_a_pause_is_cut_short_by_cancelling() -> None:
    provider, cancel = FakeProvider(pace_s=600), CancelToken()
    threading.Timer(0.02, cancel.cancel).start()
    async with asyncio.timeout(5):
        assert await ask(provider, cancel) == [Cancelled()]


async def test_closing_is_remembered() -> None:
    provider = FakeProvider()
    await provider.close()
    assert provider.is_closed
