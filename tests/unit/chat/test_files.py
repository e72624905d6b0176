"""Questions with files: what the model is told, what the rules are told, what stays here."""

from __future__ import annotations

import pytest

from app.chat.session import situation_in
from app.chat.turn import ConversationChanged, TurnEvent
from app.core.draft import TextFile
from app.core.errors import AppError
from app.core.handoff import CancelToken
from app.router.situation import MarkedBy, Situation
from app.store.values import Conversation, Mark
from tests.fakes.chat_room import Room, added

LEASE = TextFile("lease.txt", "Clause seven.")
SECRET = TextFile("pay.csv", "name;pay", is_confidential=True)


async def ask(
    room: Room, text: str, *files: TextFile, conversation_id: str | None = None
) -> list[TurnEvent]:
    stream = room.session.send(conversation_id, text, CancelToken(), files=files)
    return [event async for event in stream]


async def situation(room: Room) -> Situation:
    conversation = await room.conversation()
    return await room.history.run(
        lambda history: situation_in(history, conversation.id, room.options)
    )


async def test_files_stand_in_front_of_the_question(room: Room) -> None:
    await ask(room, "What does it say?", LEASE, SECRET)
    told = room.provider.requests[-1].messages[-1].text
    assert told == (
        "File lease.txt:\n\nClause seven.\n\nFile pay.csv:\n\nname;pay\n\nWhat does it say?"
    )
    question = (await room.path())[0]
    assert (question.words, question.files) == ("What does it say?", (LEASE, SECRET))
    assert (await room.conversation()).title == "What does it say?"


async def test_files_alone_are_no_question(room: Room) -> None:
    with pytest.raises(AppError, match="nothing to send"):
        await ask(room, " ", LEASE)
    assert await room.history.run(lambda history: history.conversations()) == []


async def test_a_confidential_file_marks_the_chat_before_anybody_is_asked(room: Room) -> None:
    events = await ask(room, "Who earns most?", SECRET)
    told: list[Conversation] = [
        event.conversation for event in events if isinstance(event, ConversationChanged)
    ]
    assert told[0].mark is Mark.CONFIDENTIAL
    assert (await situation(room)).marked is MarkedBy.FILE
    # What follows it is told the file again.
    await ask(room, "And least?", conversation_id=told[0].id)
    later = await situation(room)
    assert (later.marked, later.attachments) == (MarkedBy.FILE, 1)


async def test_the_rules_are_told_how_many_files_there_are(room: Room) -> None:
    await ask(room, "Why?", LEASE)
    conversation = await room.conversation()
    first = await situation(room)
    assert (first.marked, first.attachments) == (MarkedBy.NOTHING, 1)
    await ask(room, "And this?", LEASE, conversation_id=conversation.id)
    assert (await situation(room)).attachments == 2


async def test_another_wording_keeps_the_files(room: Room) -> None:
    events = await ask(room, "Why?", LEASE, SECRET)
    old = added(events)[0]
    stream = room.session.edit_and_resend(old.id, "Why not?", CancelToken())
    new = added([event async for event in stream])[0]
    assert (new.words, new.files) == ("Why not?", (LEASE, SECRET))
    assert (await situation(room)).marked is MarkedBy.FILE
    assert room.provider.requests[-1].messages[-1].text.endswith("name;pay\n\nWhy not?")


async def test_the_files_of_the_draft_go_with_it(room: Room) -> None:
    await room.history.run(lambda history: history.attachments.save_draft(None, [LEASE]))
    await ask(room, "Why?", LEASE)
    left = await room.history.run(lambda history: history.attachments.draft(None))
    assert left == ()
