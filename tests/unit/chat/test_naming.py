"""Titles by the local model: when one is asked for, what counts as one, and whose wins."""

from __future__ import annotations

import asyncio

import pytest

from app.chat.naming import Naming, title_in
from app.core.cancel import CancelToken
from app.core.events import Done, FinishReason, TextDelta
from app.store.values import Conversation
from tests.fakes.chat_room import Room, added

TALK = "What does clause seven of the lease of my flat say?\nThe tenant pays. Miete. 租赁合同 TCP"


@pytest.mark.parametrize(
    ("said", "title"),
    [
        ("Lease of the flat", "Lease of the flat"),
        ('"Lease of the flat."', "Lease of the flat"),
        ("**Title:** Leasing a flat", "Leasing a flat"),
        ("\n  Title: “Miete”\nand more", "Miete"),
        ("租赁条款", "租赁条款"),
        ("TCP", "TCP"),
        ("", ""),
        ("...", ""),
        ("lease " * 9, ""),
        ("The lease of the flat of which you asked me a moment ago there", ""),
        # What the smallest model says.
        ("I'm ready when you are!", ""),
        ("At most six words, in its language", ""),
        ("The 50-character limit to avoid.", ""),
        ("Here is a possible headline:", ""),
    ],
)
def test_a_title_is_a_few_words_on_one_line_of_what_was_said(said: str, title: str) -> None:
    assert title_in(said, TALK) == title


def naming(room: Room) -> Naming:
    return Naming(room.history, room.provider, lambda: room.options)


async def answered(room: Room, question: str = "What of clause seven of my lease?") -> str:
    """A conversation with one question and its answer."""
    return added(await room.ask(question))[0].conversation_id


async def test_the_model_reads_what_was_said_and_a_line_more(room: Room) -> None:
    conversation_id = await answered(room)
    room.provider.enqueue("Clause seven of the lease")
    found = await naming(room).name(conversation_id, CancelToken())
    assert found is not None
    assert (found.title, found.title_by_user) == ("Clause seven of the lease", False)
    request = room.provider.requests[-1]
    assert request.messages[:-1] == (*room.provider.requests[0].messages, request.messages[-2])
    assert "title" in request.messages[-1].text
    assert request.parameters.max_tokens is not None
    assert request.parameters.max_tokens <= 24
    assert request.parameters.seed is None


async def asked(room: Room, count: int) -> None:
    while len(room.provider.requests) < count:  # noqa: ASYNC110  (a provider has no events)
        await asyncio.sleep(0.001)


async def test_a_title_by_the_person_stays_also_one_typed_meanwhile(room: Room) -> None:
    conversation_id = await answered(room)
    gate = room.provider.gates[1] = asyncio.Event()
    room.provider.enqueue("Clause seven")

    async def type_a_title() -> None:
        await asked(room, 2)
        await room.history.run(lambda store: store.rename(conversation_id, "Mine"))
        gate.set()

    found, _ = await asyncio.gather(
        naming(room).name(conversation_id, CancelToken()), type_a_title()
    )
    assert found is None
    assert (await room.conversation()).title == "Mine"
    assert await naming(room).name(conversation_id, CancelToken()) is None
    assert len(room.provider.requests) == 2


async def test_only_the_first_answer_and_only_a_whole_one(room: Room) -> None:
    conversation_id = await answered(room)
    await room.ask("And clause eight?", conversation_id)
    assert await naming(room).name(conversation_id, CancelToken()) is None
    room.provider.enqueue([])
    other = await answered(room, "Nothing comes")
    count = len(room.provider.requests)
    assert await naming(room).name(other, CancelToken()) is None
    assert len(room.provider.requests) == count


async def test_never_by_a_cloud_nor_for_what_one_answered(room: Room) -> None:
    conversation_id = await answered(room)
    room.provider.is_local = False
    assert await naming(room).name(conversation_id, CancelToken()) is None
    assert len(room.provider.requests) == 1


async def test_what_is_cut_off_or_no_title_leaves_the_first_words(room: Room) -> None:
    before: Conversation
    conversation_id = await answered(room)
    before = await room.conversation()
    room.provider.enqueue([TextDelta("Clause"), Done(FinishReason.LENGTH)])
    assert await naming(room).name(conversation_id, CancelToken()) is None
    room.provider.enqueue("Certainly! I would be glad to give you a title for this conversation.")
    assert await naming(room).name(conversation_id, CancelToken()) is None
    assert (await room.conversation()).title == before.title


async def test_the_next_question_takes_the_model_back(room: Room) -> None:
    conversation_id = await answered(room)
    before = (await room.conversation()).title
    room.provider.gates[1] = asyncio.Event()
    room.provider.enqueue("Clause seven")
    cancel = CancelToken()

    async def stop() -> None:
        await asked(room, 2)
        cancel.cancel()

    found, _ = await asyncio.gather(naming(room).name(conversation_id, cancel), stop())
    assert found is None
    assert (await room.conversation()).title == before
