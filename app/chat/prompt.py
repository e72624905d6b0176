"""From the stored path to the request: what a model is told of a conversation."""

from __future__ import annotations

from collections.abc import Iterable

from app.chat.turn import TurnOptions
from app.core.messages import ChatRequest, Message, Role
from app.store.values import Conversation

# More than any model here can read, and little enough to hand to another process.
MAX_CHARACTERS = 2_000_000


def request_for(
    conversation: Conversation,
    said: Iterable[Message],
    options: TurnOptions,
    folder_prompt: str | None = None,
) -> ChatRequest:
    """The request whose messages end with the question.

    The conversation's own system prompt and model go before those of `options`, and so does
    the `folder_prompt` of the folder that it is in. Messages of
    the same speaker in a row (a question whose answer failed, and its second try) become one,
    because many models' templates refuse them otherwise.
    """
    system = conversation.system_prompt
    if system is None:
        system = folder_prompt
    if system is None:
        system = options.system_prompt
    messages = [Message(Role.SYSTEM, system)] if system.strip() else []
    for message in said:
        if messages and messages[-1].role is message.role:
            message = Message(message.role, f"{messages.pop().text}\n\n{message.text}")  # noqa: PLW2901
        messages.append(message)
    return ChatRequest(
        messages=tuple(messages),
        model=conversation.model or options.model,
        parameters=options.parameters,
        context_limit=options.context_limit,
        conversation=conversation.id,
    )
