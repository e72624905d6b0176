"""A history that cannot be written does not stop an answer, and gets all of it later."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from app.chat.turn import AnswerStored, TurnEvent
from app.core.errors import AppError, ErrorCode
from app.core.events import Cancelled, Done, FinishReason, Notice, TextDelta
from app.core.handoff import CancelToken
from app.store.errors import disk_full
from app.store.values import MessageState
from tests.fakes.chat_room import Room, added, answer_events, first_words

FOREVER = 10**9
WORDS = [TextDelta(f"{number} ") for number in range(30)]
ALL = "".join(word.text for word in WORDS)


async def slowly(room: Room) -> list[TurnEvent]:
    """An answer that takes longer than several saves."""
    room.provider._pace_s = 0.003
    room.provider.enqueue([*WORDS, Done(FinishReason.STOP)])
    return await room.ask("question")


def notices(events: list[TurnEvent]) -> list[str]:
    return [event.sentence for event in answer_events(events) if isinstance(event, Notice)]


async def test_a_disk_that_was_full_for_a_while_gets_the_whole_answer(room: Room) -> None:
    room.store.refusals = 3
    events = await slowly(room)
    assert room.store.refused == 3
    assert [e for e in answer_events(events) if isinstance(e, TextDelta)] == WORDS
    assert len(notices(events)) == 1
    assert "disk is full" in notices(events)[0]
    assert "memory" in notices(events)[0]
    stored = (await room.path())[-1]
    assert (stored.text, stored.state) == (ALL, MessageState.COMPLETE)


async def test_a_failed_save_is_tried_again_though_no_further_word_comes(room: Room) -> None:
    room.store.refusals = 3
    gate = room.provider.gates[10] = asyncio.Event()
    room.provider.enqueue([*WORDS, Done(FinishReason.STOP)])
    asking = asyncio.gather(room.ask("question"))
    text = "".join(word.text for word in WORDS[:10])
    await room.until(lambda path: len(path) == 2 and path[-1].text == text)
    gate.set()
    await asking


async def test_an_answer_that_could_not_be_stored_at_its_end_is_stored_later(room: Room) -> None:
    room.store.refusals = FOREVER
    events = await slowly(room)
    assert len(notices(events)) == 1
    assert answer_events(events)[-1] == Done(FinishReason.STOP)
    assert isinstance(events[-1], AnswerStored)
    assert (events[-1].message.text, events[-1].message.state) == (ALL, MessageState.COMPLETE)
    assert (await room.path())[-1].state is MessageState.STREAMING
    room.store.refusals = 2
    path = await room.until(lambda path: path[-1].state is MessageState.COMPLETE)
    assert path[-1].text == ALL


async def test_the_notice_comes_before_the_end_even_when_only_the_last_save_fails(
    room: Room,
) -> None:
    room.provider.enqueue([Done(FinishReason.STOP)])
    room.store.refusals = 1
    events = await room.ask("question")
    assert [type(event) for event in answer_events(events)] == [Notice, Done]
    await room.until(lambda path: path[-1].state is MessageState.COMPLETE)


async def test_the_next_question_waits_for_what_is_unsaved(room: Room) -> None:
    room.store.refusals = FOREVER
    question = added(await slowly(room))[0]
    room.provider._pace_s = 0
    with pytest.raises(AppError) as caught:
        await room.ask("next", question.conversation_id)
    assert caught.value.code is ErrorCode.DISK_FULL
    room.store.refusals = 0
    await room.ask("next", question.conversation_id)
    assert [m.text for m in await room.path()] == ["question", ALL, "next", "next"]
    assert room.provider.requests[-1].messages[1].text == ALL


async def test_closing_the_session_tries_a_last_time(room: Room) -> None:
    room.session = room.another_session()
    room.session._unsaved._retry_s = 1000
    room.store.refusals = FOREVER
    await slowly(room)
    room.store.refusals = 0
    await room.session.close()
    assert (await room.path())[-1].text == ALL


async def test_a_question_that_cannot_be_stored_is_not_asked(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    await room.ask("first")
    conversation = (await room.conversation()).id
    await room.history.run(lambda history: history.save_draft(conversation, "second"))

    def full(*_: object) -> None:
        raise disk_full()

    with monkeypatch.context() as patch:
        patch.setattr(room.store, "add_message", full)
        with pytest.raises(AppError) as caught:
            await room.ask("second", conversation)
    assert caught.value.code is ErrorCode.DISK_FULL
    assert len(room.provider.requests) == 1
    assert len(await room.path()) == 2
    # What was typed is still there, and the conversation is free again.
    assert await room.history.run(lambda history: history.draft(conversation)) == "second"
    await room.ask("second", conversation)


async def test_an_answer_erased_while_it_comes_ends_quietly(room: Room) -> None:
    room.provider.gates[20] = asyncio.Event()
    room.provider.enqueue([*WORDS, Done(FinishReason.STOP)])
    turn = room.session.send(None, "question", CancelToken())
    events = await first_words(turn, 5)
    conversation = (await room.conversation()).id
    await room.history.run(lambda history: history.delete_conversation(conversation))
    await room.history.run(lambda history: history.purge_deleted())
    async with asyncio.timeout(20):
        events += [event async for event in turn]
    assert answer_events(events)[-1] == Cancelled()
    assert not any(isinstance(event, AnswerStored) for event in events)
    assert len(room.session._unsaved) == 0


async def test_an_answer_in_a_deleted_conversation_is_there_when_it_is_restored(
    room: Room,
) -> None:
    room.provider.enqueue([*WORDS, Done(FinishReason.STOP)])
    turn = room.session.send(None, "question", CancelToken())
    conversation = added(await first_words(turn, 5))[0].conversation_id
    await room.history.run(lambda history: history.delete_conversation(conversation))
    rest = [event async for event in turn]
    assert answer_events(rest)[-1] == Done(FinishReason.STOP)
    assert not any(isinstance(event, AnswerStored) for event in rest)
    await room.history.run(lambda history: history.restore_conversation(conversation))
    assert (await room.path())[-1].text == ALL


async def test_closing_the_session_stops_an_answer_and_stores_what_there_is(room: Room) -> None:
    room.provider.gates[10] = asyncio.Event()
    room.provider.enqueue([*WORDS, Done(FinishReason.STOP)])
    asking = asyncio.gather(room.ask("question"))
    await room.until(lambda path: len(path) == 2 and path[-1].text != "")
    await room.session.close()
    path = await room.path()
    assert path[-1].state is MessageState.STOPPED
    assert path[-1].text == "".join(word.text for word in WORDS[:10])
    await asking


async def test_only_so_many_unsaved_answers_are_kept_in_memory(room: Room) -> None:
    room.store.refusals = FOREVER
    _, answer = added(await room.ask("question"))
    unsaved = room.session._unsaved
    for number in range(100):
        unsaved.keep(replace(answer, id=str(number)))
    assert len(unsaved) == 64
    room.store.refusals = 0
    await unsaved.flush()  # what was never there is nothing to save
    assert len(unsaved) == 0
