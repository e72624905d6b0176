"""However a turn ends, it is told once and what there is of the answer is kept."""

from __future__ import annotations

import asyncio
import threading

import pytest

from app.chat.turn import (
    AnswerEvent,
    AnswerStored,
    TurnEvent,
    TurnOptions,
)
from app.core.errors import AppError, ErrorCode
from app.core.events import (
    Cancelled,
    Done,
    Failed,
    FinishReason,
    TextDelta,
)
from app.core.handoff import CancelToken
from app.store.values import Conversation, MessageState
from tests.fakes.chat_room import Room, answer_events, first_words

BROKEN = AppError("The engine has ended.", "Ask again.", code=ErrorCode.HOST_CRASHED)


async def test_stopping_keeps_what_there_is(room: Room) -> None:
    room.provider.enqueue("one two three")
    room.provider.gates[3] = asyncio.Event()
    token = CancelToken()
    events: list[TurnEvent] = []
    async for event in room.session.send(None, "question", token):
        events.append(event)
        if isinstance(event, AnswerEvent) and event.event == TextDelta("one"):
            token.cancel()
    assert answer_events(events)[-1] == Cancelled()
    assert isinstance(events[-2], AnswerStored)
    stored = (await room.path())[-1]
    assert (stored.text, stored.state) == ("one", MessageState.STOPPED)
    assert events[-2].message == stored


async def test_closing_the_iterator_stops_and_keeps_what_there_is(room: Room) -> None:
    room.provider.enqueue("one two three")
    token = CancelToken()
    turn = room.session.send(None, "question", token)
    await first_words(turn, 3)
    await turn.aclose()
    assert token.is_cancelled
    stored = (await room.path())[-1]
    assert (stored.text, stored.state) == ("one", MessageState.STOPPED)
    assert not room.session.is_answering(stored.conversation_id)


async def test_a_cancelled_task_stops_and_keeps_what_there_is(room: Room) -> None:
    room.provider.enqueue("one two three")
    room.provider.gates[3] = asyncio.Event()
    task = asyncio.gather(room.ask("question"))
    await room.until(lambda path: len(path) == 2 and path[-1].text == "one")
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    path = await room.until(lambda path: path[-1].state is MessageState.STOPPED)
    assert path[-1].text == "one"


async def test_a_task_cancelled_while_the_turn_begins_leaves_nothing_unfinished(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop, begun, released = asyncio.get_running_loop(), asyncio.Event(), threading.Event()
    create = room.store.begin_conversation

    def slow_create(model: str = "") -> Conversation:
        loop.call_soon_threadsafe(begun.set)
        assert released.wait(20)
        return create(model)

    monkeypatch.setattr(room.store, "begin_conversation", slow_create)
    task = asyncio.gather(room.ask("question"))
    await begun.wait()
    task.cancel()
    released.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert [m.state for m in await room.path()] == [MessageState.COMPLETE, MessageState.STOPPED]
    assert room.provider.requests == []
    await room.ask("again", (await room.conversation()).id)


@pytest.mark.parametrize(
    ("script", "state"),
    [
        ([TextDelta("text"), Done(FinishReason.STOP)], MessageState.COMPLETE),
        ([TextDelta("text"), Done(FinishReason.LENGTH)], MessageState.CUT),
        ([TextDelta("text"), Cancelled()], MessageState.STOPPED),
        ([TextDelta("text"), Failed(BROKEN)], MessageState.FAILED),
        ([TextDelta("text")], MessageState.FAILED),
    ],
)
async def test_every_end_has_its_state_and_keeps_the_text(
    room: Room, script: list[Failed | Done | Cancelled | TextDelta], state: MessageState
) -> None:
    room.provider.enqueue(script)
    events = await room.ask("question")
    stored = (await room.path())[-1]
    assert (stored.text, stored.state) == ("text", state)
    assert bool(stored.error) == (state is MessageState.FAILED)
    terminal = [e for e in answer_events(events) if isinstance(e, Done | Cancelled | Failed)]
    assert len(terminal) == 1
    assert answer_events(events)[-1] == terminal[0]


@pytest.mark.parametrize("fault", [BROKEN, ValueError("words of the conversation")])
async def test_a_provider_that_raises_is_a_failed_answer(room: Room, fault: Exception) -> None:
    room.provider.enqueue([TextDelta("text")])
    room.provider.fault = fault
    end = answer_events(await room.ask("question"))[-1]
    assert isinstance(end, Failed)
    assert "words" not in end.error.sentence
    stored = (await room.path())[-1]
    assert (stored.text, stored.state) == ("text", MessageState.FAILED)
    assert stored.error == end.error.sentence


async def test_a_provider_that_cannot_be_had_is_a_failed_answer(room: Room) -> None:
    room.options = TurnOptions(provider="anthropic")
    end = answer_events(await room.ask("question"))[-1]
    assert isinstance(end, Failed)
    assert end.error.code is ErrorCode.CLOUD_OFF
    assert [m.text for m in await room.path()] == ["question", ""]
