"""Talks with the engine's inside and the real model, in this process."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from app.core.events import Cancelled, Done, Event, Failed, TextDelta, Usage
from app.core.messages import GenerationParameters, Message, Role
from app.engine.generation import ModelSession
from app.engine.jobs import GenerateJob

QUESTIONS = (
    "What is the capital of France?",
    "Write two sentences about cats.",
    "List three fruits.",
    "Explain in short what photosynthesis is.",
)


class Conversation:
    """Asks one question after the other, as the chat does."""

    def __init__(self, session: ModelSession, model: Path, **options: Any) -> None:
        self._session = session
        self._model = model
        self._options = {"temperature": 0.0, "max_tokens": 24, **options}
        self.messages: list[Message] = []
        self.usage: Usage | None = None

    def ask(self, question: str) -> str:
        """The answer, which joins the conversation."""
        self.messages.append(Message(Role.USER, question))
        events = run(self._session, self._model, self.messages, **self._options)
        self.usage = usage_of(events)
        answer = text_of(events)
        self.messages.append(Message(Role.ASSISTANT, answer))
        return answer

    def edit(self, turn: int, question: str) -> str:
        """Another question in the place of the one that was asked as number `turn`."""
        del self.messages[2 * turn :]
        return self.ask(question)


def run(
    session: ModelSession,
    model: Path,
    messages: Sequence[Message],
    *,
    stop: Callable[[], bool] = lambda: False,
    device: str = "cpu",
    context_limit: int | None = None,
    **parameters: Any,
) -> list[Event]:
    job = GenerateJob(
        model_folder=str(model),
        model_id="starter",
        device=device,
        messages=tuple(messages),
        parameters=GenerationParameters(**parameters),
        context_limit=context_limit,
    )
    events = list(session.run(job, stop))
    assert isinstance(events[-1], Done | Cancelled | Failed)
    return events


def text_of(events: Sequence[Event]) -> str:
    return "".join(event.text for event in events if isinstance(event, TextDelta))


def usage_of(events: Sequence[Event]) -> Usage:
    (usage,) = [event for event in events if isinstance(event, Usage)]
    return usage


def user(text: str) -> list[Message]:
    return [Message(Role.USER, text)]
