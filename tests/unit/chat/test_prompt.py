"""A model is told the system prompt and the path, one speaker after the other."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.chat.prompt import request_for
from app.chat.turn import TurnOptions
from app.core.messages import Message, Role
from app.store.values import Conversation

CONVERSATION = Conversation(
    id="c",
    title="",
    title_by_user=False,
    created_at=0,
    updated_at=0,
    model="",
    draft="",
    system_prompt=None,
    leaf_id=None,
)


def conversation(system_prompt: str | None) -> Conversation:
    return replace(CONVERSATION, system_prompt=system_prompt)


@pytest.mark.parametrize(
    ("own", "general", "sent"),
    [
        (None, "general", ["general"]),
        ("own", "general", ["own"]),
        ("", "general", []),
        (None, " \n", []),
        (None, "", []),
    ],
)
def test_the_system_prompt(own: str | None, general: str, sent: list[str]) -> None:
    request = request_for(
        conversation(own), [Message(Role.USER, "hi")], TurnOptions(system_prompt=general)
    )
    assert [m.text for m in request.messages if m.role is Role.SYSTEM] == sent
    assert request.messages[-1] == Message(Role.USER, "hi")


def test_the_same_speaker_twice_is_heard_as_one() -> None:
    said = [
        Message(Role.USER, "a"),
        Message(Role.USER, "b"),
        Message(Role.ASSISTANT, "c"),
        Message(Role.ASSISTANT, "d"),
        Message(Role.USER, "e"),
    ]
    request = request_for(CONVERSATION, said, TurnOptions())
    assert request.messages == (
        Message(Role.USER, "a\n\nb"),
        Message(Role.ASSISTANT, "c\n\nd"),
        Message(Role.USER, "e"),
    )
