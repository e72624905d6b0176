"""A turn: stored before it is answered, told in order, and kept however it ends."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from app.chat import prompt
from app.chat.session import situation_in
from app.chat.turn import (
    AnswerEvent,
    AnswerStored,
    ConversationChanged,
    MessageAdded,
    TurnEvent,
    TurnOptions,
)
from app.core.errors import AppError, ErrorCode
from app.core.events import (
    Cancelled,
    Done,
    Failed,
    FinishReason,
    Notice,
    Started,
    TextDelta,
)
from app.core.handoff import CancelToken
from app.core.messages import GenerationParameters, Message, Role
from app.engine.fake import scripted_answer
from app.providers.fake import FakeProvider
from app.router.router import Router
from app.router.situation import Switches
from app.store.history import History
from app.store.values import Mark, MessageState
from tests.fakes.chat_room import Room, added, answer_events, first_words

BROKEN = AppError("The engine has ended.", "Ask again.", code=ErrorCode.HOST_CRASHED)


def said(room: Room, number: int = -1) -> list[tuple[str, str]]:
    """What the provider was told the last time."""
    return [(m.role.value, m.text) for m in room.provider.requests[number].messages]


async def test_a_turn_tells_everything_in_order_and_stores_it(room: Room) -> None:
    script = scripted_answer("So it is.", reasoning="Let me see.")
    room.provider.enqueue(script)
    await room.history.run(lambda history: history.save_draft(None, "What is"))
    events = await room.ask("What is it?")
    question, answer = added(events)
    assert (question.role, question.text) == (Role.USER, "What is it?")
    assert (answer.role, answer.text) == (Role.ASSISTANT, "")
    assert (answer.state, answer.parent_id) == (MessageState.STREAMING, question.id)
    stored = events[-2]
    assert isinstance(stored, AnswerStored)
    assert events == [
        MessageAdded(question),
        MessageAdded(answer),
        events[2],
        *[AnswerEvent(answer.id, event) for event in script],
        stored,
        ConversationChanged(await room.conversation()),
    ]
    changed = events[2]
    assert isinstance(changed, ConversationChanged)
    assert (changed.conversation.title, changed.conversation.leaf_id) == ("What is it?", answer.id)
    assert await room.path() == [question, stored.message]
    assert stored.message == replace(
        answer,
        text="So it is.",
        reasoning="Let me see.",
        state=MessageState.COMPLETE,
        provider="onnx",
        model="fake-model",
        device="cpu",
        usage=stored.message.usage,
        context=stored.message.context,
        provenance=stored.message.provenance,
    )
    assert stored.message.provenance.is_local is True
    assert stored.message.provenance.parameters is not None
    assert stored.message.provenance.reasoning_s is not None
    assert stored.message.usage is not None
    assert stored.message.context is not None
    assert await room.history.run(lambda history: history.draft(None)) == ""


async def test_question_and_answer_are_stored_before_the_first_word(room: Room) -> None:
    room.provider.gates[0] = asyncio.Event()
    turn = room.session.send(None, "question", CancelToken())
    first = await anext(turn)
    assert isinstance(first, MessageAdded)
    assert [(m.text, m.state) for m in await room.path()] == [
        ("question", MessageState.COMPLETE),
        ("", MessageState.STREAMING),
    ]
    assert room.provider.requests == []
    await turn.aclose()


async def test_the_answer_is_saved_while_it_comes(room: Room) -> None:
    gate = room.provider.gates[4] = asyncio.Event()
    room.provider.enqueue("one two three four")

    async def ask() -> list[TurnEvent]:
        return await room.ask("question")

    asking = asyncio.gather(ask())
    path = await room.until(lambda path: len(path) == 2 and path[-1].text == "one two")
    assert path[-1].state is MessageState.STREAMING
    assert path[-1].model == "fake-model"
    assert not asking.done()
    gate.set()
    await asking
    assert (await room.path())[-1].text == "one two three four"


async def test_the_request_is_the_path_and_the_options(room: Room) -> None:
    parameters = GenerationParameters(temperature=0.0)
    room.options = TurnOptions(
        model="general", parameters=parameters, system_prompt="Be kind.", context_limit=512
    )
    room.provider.enqueue(scripted_answer("first answer", reasoning="secret thought"))
    await room.ask("first")
    await room.ask("second", (await room.conversation()).id)
    request = room.provider.requests[-1]
    assert said(room) == [
        ("system", "Be kind."),
        ("user", "first"),
        ("assistant", "first answer"),
        ("user", "second"),
    ]
    assert (request.model, request.parameters, request.context_limit) == (
        "general",
        parameters,
        512,
    )


async def test_the_conversations_own_model_and_prompt_go_first(room: Room) -> None:
    room.options = TurnOptions(model="general", system_prompt="general")
    own = await room.history.run(
        lambda history: history.create_conversation(model="own", system_prompt="own")
    )
    await room.ask("question", own.id)
    assert room.provider.requests[-1].model == "own"
    assert said(room)[0] == ("system", "own")
    await room.history.run(lambda history: history.set_system_prompt(own.id, ""))
    await room.ask("question", own.id)
    assert said(room)[0][0] == "user"


async def test_the_folders_prompt_goes_before_the_general_one(room: Room) -> None:
    room.options = replace(room.options, system_prompt="General.")
    await room.ask("one")
    conversation = await room.conversation()

    def move(history: History) -> None:
        outer = history.folders.create("outer")
        history.folders.set_system_prompt(outer.id, "Of the folder.")
        history.folders.put([conversation.id], history.folders.create("inner", outer.id).id)

    await room.history.run(move)
    await room.ask("two", conversation.id)
    assert said(room)[0] == ("system", "Of the folder.")
    await room.history.run(lambda h: h.set_system_prompt(conversation.id, "Own."))
    await room.ask("three", conversation.id)
    assert said(room)[0] == ("system", "Own.")


async def test_the_words_of_the_folders_are_known_where_it_is_decided_what_leaves(
    room: Room,
) -> None:
    await room.ask("one")
    conversation = await room.conversation()

    def move(history: History) -> tuple[str, ...]:
        outer = history.folders.create("outer")
        inner = history.folders.create("inner", outer.id)
        history.folders.set_words(outer.id, ["Falcon"])
        history.folders.set_words(inner.id, ["Eagle"])
        history.folders.put([conversation.id], inner.id)
        return situation_in(history, conversation.id, room.options).words

    assert await room.history.run(move) == ("Eagle", "Falcon")


async def test_an_empty_answer_is_left_out_and_a_partial_one_is_sent(room: Room) -> None:
    room.provider.enqueue([Failed(BROKEN)])
    await room.ask("first")
    conversation = (await room.conversation()).id
    room.provider.enqueue([TextDelta("part"), Failed(BROKEN)])
    await room.ask("second", conversation)
    room.provider.enqueue([TextDelta("long"), Done(FinishReason.LENGTH)])
    await room.ask("third", conversation)
    room.provider.enqueue([Cancelled()])
    await room.ask("fourth", conversation)
    await room.ask("fifth", conversation)
    assert said(room) == [
        ("user", "first\n\nsecond"),
        ("assistant", "part"),
        ("user", "third"),
        ("assistant", "long"),
        ("user", "fourth\n\nfifth"),
    ]
    states = [m.state for m in await room.path() if m.role is Role.ASSISTANT]
    assert states == [
        MessageState.FAILED,
        MessageState.FAILED,
        MessageState.CUT,
        MessageState.STOPPED,
        MessageState.COMPLETE,
    ]
    assert [m.error for m in await room.path()][1] == BROKEN.sentence


async def test_another_answer_stands_beside_the_first(room: Room) -> None:
    question, first = added(await room.ask("question"))
    await room.ask("follow-up", question.conversation_id)
    room.provider.enqueue("second answer")
    events = [e async for e in room.session.regenerate(first.id, CancelToken())]
    (second,) = added(events)
    assert second.siblings == (first.id, second.id)
    assert second.parent_id == question.id
    assert said(room) == [("user", "question")]
    assert [m.text for m in await room.path()] == ["question", "second answer"]
    assert isinstance(events[1], ConversationChanged)
    assert events[1].conversation.leaf_id == second.id


async def test_a_question_whose_answer_failed_can_be_asked_again(room: Room) -> None:
    room.provider.enqueue([Failed(BROKEN)])
    question, failed = added(await room.ask("question"))
    events = [e async for e in room.session.regenerate(question.id, CancelToken())]
    (second,) = added(events)
    assert second.siblings == (failed.id, second.id)
    assert said(room) == [("user", "question")]


async def test_an_edited_question_branches_and_the_old_branch_stays(room: Room) -> None:
    question, answer = added(await room.ask("question"))
    events = [e async for e in room.session.edit_and_resend(question.id, "better", CancelToken())]
    better, _ = added(events)
    assert better.siblings == (question.id, better.id)
    assert [m.text for m in await room.path()] == ["better", "better"]
    assert said(room) == [("user", "better")]
    await room.history.run(lambda history: history.show_branch(question.id))
    assert [m.id for m in await room.path()] == [question.id, answer.id]


async def test_what_makes_no_sense_is_refused_and_nothing_is_stored(room: Room) -> None:
    question, answer = added(await room.ask("question"))
    conversation = question.conversation_id
    before = await room.path()
    await room.history.run(lambda history: history.delete_message(question.id))
    token = CancelToken()
    for turn in (
        room.session.send(conversation, " \n", token),
        room.session.send("nothing", "text", token),
        room.session.regenerate("nothing", token),
        room.session.regenerate(answer.id, token),
        room.session.edit_and_resend(answer.id, "text", token),
        room.session.edit_and_resend(answer.id, " ", token),
    ):
        with pytest.raises(AppError) as caught:
            await anext(turn)
        assert caught.value.code is ErrorCode.USAGE
    await room.history.run(lambda history: history.restore_message(question.id))
    assert await room.path() == before
    assert len(room.provider.requests) == 1
    assert not token.is_cancelled


async def test_the_title_is_made_once_and_never_replaces_the_persons(room: Room) -> None:
    await room.ask("first question")
    conversation = await room.conversation()
    await room.ask("second question", conversation.id)
    assert (await room.conversation()).title == "first question"
    named = await room.history.run(lambda history: history.create_conversation())
    await room.history.run(lambda history: history.rename(named.id, ""))
    await room.ask("question", named.id)
    assert (await room.conversation()).title == ""


async def test_one_answer_at_a_time_in_a_conversation(room: Room) -> None:
    room.provider.gates[2] = gate = asyncio.Event()
    turn = room.session.send(None, "first", CancelToken())
    question = added(await first_words(turn, 1))[0]
    conversation = question.conversation_id
    assert room.session.is_answering(conversation)
    with pytest.raises(AppError, match="still being written"):
        await room.ask("second", conversation)
    with pytest.raises(AppError, match="still being written"):
        await anext(room.session.regenerate(question.id, CancelToken()))
    assert [m.text for m in await room.path()] == ["first", ""]
    other = await room.history.run(lambda history: history.create_conversation())
    gate.set()
    await room.ask("elsewhere", other.id)
    async for _ in turn:
        pass
    assert not room.session.is_answering(conversation)
    await room.ask("second", conversation)
    assert [m.text for m in await room.path()] == ["first", "first", "second", "second"]


async def test_a_new_conversation_is_held_from_its_first_moment(room: Room) -> None:
    turn = room.session.send(None, "first", CancelToken())
    await anext(turn)
    with pytest.raises(AppError, match="still being written"):
        await room.ask("second", (await room.conversation()).id)
    await turn.aclose()


async def test_options_that_cannot_be_used_stop_before_anything_is_stored(room: Room) -> None:
    def refuse() -> TurnOptions:
        return TurnOptions(parameters=GenerationParameters(temperature=-1))

    room.session._options = refuse
    with pytest.raises(AppError):
        await room.ask("question")
    assert await room.history.run(lambda history: history.conversations()) == []


async def test_messages_that_were_never_handed_over_are_counted(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    await room.ask("a" * 50)
    conversation = (await room.conversation()).id
    monkeypatch.setattr(prompt, "MAX_CHARACTERS", 20)
    events = await room.ask("question", conversation)
    assert room.provider.requests[-1].messages == (Message(Role.USER, "question"),)
    (started,) = [e for e in answer_events(events) if isinstance(e, Started)]
    assert started.context.dropped_messages == 2
    context = (await room.path())[-1].context
    assert context is not None
    assert context.dropped_messages == 2


async def test_a_provider_of_another_kind_can_be_injected(room: Room) -> None:
    cloud = FakeProvider("anthropic", is_local=False)
    room.session._router = Router({"anthropic": cloud, "onnx": room.provider})
    room.options = TurnOptions(provider="anthropic")
    await room.ask("question")
    assert cloud.requests == []


async def test_notices_and_progress_are_passed_on_and_not_stored(room: Room) -> None:
    notice = Notice(sentence="The graphics card is busy.")
    room.provider.enqueue([notice, TextDelta("text"), Done(FinishReason.STOP)])
    assert notice in answer_events(await room.ask("question"))
    assert (await room.path())[-1].text == "text"


async def test_why_it_was_answered_there_is_kept_with_the_answer(room: Room) -> None:
    await room.ask("question")
    assert (await room.path())[-1].provenance.reason == "The model on this computer answers."


async def test_a_marked_conversation_is_refused_by_name_and_nothing_is_sent(room: Room) -> None:
    cloud = FakeProvider("anthropic", is_local=False)
    open_to_all = Switches(cloud=True, providers=frozenset({"anthropic"}))
    room.session._router = Router(
        {"anthropic": cloud, "onnx": room.provider}, switches=lambda: open_to_all
    )
    await room.ask("harmless")
    conversation = await room.conversation()
    room.options = TurnOptions(provider="anthropic")
    await room.ask("nobody can be asked whether they agree", conversation.id)
    assert cloud.requests == []

    class Agrees:
        async def agrees(self, *_: object) -> bool:
            return True

    room.session._away = Agrees()
    await room.ask("still harmless", conversation.id)
    assert len(cloud.requests) == 1
    room.store.labels.mark(conversation.id, Mark.CONFIDENTIAL)
    end = answer_events(await room.ask("secret", conversation.id))[-1]
    assert isinstance(end, Failed)
    assert "This chat is marked confidential." in end.error.what
    assert len(cloud.requests) == 1
