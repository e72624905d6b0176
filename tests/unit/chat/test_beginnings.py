"""Answers that go on, answers by another model, and answers that a person wrote over."""

from __future__ import annotations

import pytest

from app.chat import beginnings
from app.chat.turn import TurnEvent
from app.core.errors import AppError
from app.core.events import Done, Failed, FinishReason
from app.core.handoff import CancelToken
from app.core.messages import Role
from app.engine.fake import scripted_answer
from app.store.values import EDITED_FROM, MessageState
from tests.fakes.chat_room import Room, added


async def cut_answer(room: Room, text: str = "One, two, ") -> str:
    room.provider.enqueue([*scripted_answer(text)[:-1], Done(FinishReason.LENGTH)])
    answer = added(await room.ask("Count."))[-1]
    return answer.id


async def go_on(room: Room, message_id: str) -> list[TurnEvent]:
    return [event async for event in room.session.go_on(message_id, CancelToken())]


async def test_a_cut_answer_goes_on_in_the_same_message(room: Room) -> None:
    answer_id = await cut_answer(room)
    assert (await room.path())[-1].state is MessageState.CUT
    room.provider.enqueue(scripted_answer(" three."))
    events = await go_on(room, answer_id)
    assert [message.id for message in added(events)] == [answer_id]
    last = (await room.path())[-1]
    assert (last.id, last.text, last.state) == (
        answer_id,
        "One, two, three.",
        MessageState.COMPLETE,
    )
    told = room.provider.requests[-1].messages
    assert (told[-1].role, told[-1].text) == (Role.ASSISTANT, "One, two,")
    assert len(await room.path()) == 2


async def test_what_there_was_stays_when_going_on_fails(room: Room) -> None:
    answer_id = await cut_answer(room)
    room.provider.enqueue([Failed(AppError("It broke.", "Try again."))])
    await go_on(room, answer_id)
    last = (await room.path())[-1]
    assert (last.text, last.state) == ("One, two,", MessageState.FAILED)


async def test_only_the_last_answer_goes_on(room: Room) -> None:
    answer_id = await cut_answer(room)
    room.provider.enqueue(scripted_answer("Fine."))
    conversation = await room.conversation()
    await room.ask("And?", conversation.id)
    with pytest.raises(AppError):
        await go_on(room, answer_id)
    assert (await room.path())[1].state is MessageState.CUT


async def test_another_model_gives_one_answer_only(room: Room) -> None:
    room.provider.enqueue(scripted_answer("Yes."))
    answer = added(await room.ask("Is it?"))[-1]
    room.provider.enqueue(scripted_answer("No."))
    turn = room.session.regenerate(answer.id, CancelToken(), model="other")
    second = added([event async for event in turn])[-1]
    assert room.provider.requests[-1].model == "other"
    assert (await room.conversation()).model == ""
    assert (await room.path())[-1].siblings == (answer.id, second.id)


async def test_an_answer_that_was_written_over_is_another_version(room: Room) -> None:
    room.provider.enqueue(scripted_answer("Yes."))
    answer = added(await room.ask("Is it?"))[-1]
    made = await room.history.run(
        lambda history: beginnings.edit_answer(history, answer.id, "Yes, it is.")
    )
    stored = (await room.path())[-1]
    assert (stored.id, stored.text) == (made.id, "Yes, it is.")
    assert stored.siblings == (answer.id, made.id)
    assert (stored.provenance.parameters or {})[EDITED_FROM] == answer.id
    assert stored.provider == "onnx"
    assert stored.provenance.is_local
    assert stored.usage is None
    with pytest.raises(AppError):
        await room.history.run(lambda history: beginnings.edit_answer(history, made.id, "  "))
