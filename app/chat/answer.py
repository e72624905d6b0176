"""One answer while it is being written: its events added up to what the history keeps."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any

from app.core.events import (
    Cancelled,
    Done,
    Event,
    Failed,
    FinishReason,
    ReasoningDelta,
    Started,
    TextDelta,
    Usage,
)
from app.core.messages import GenerationParameters
from app.store.values import MessageState, StoredMessage


class Answer:
    """Takes the events of one answer; `snapshot` is the message as it stands.

    `clock` gives Unix seconds, for when the answer ended; `stopwatch` seconds that only go on,
    for how long the model thought.
    """

    def __init__(
        self,
        message: StoredMessage,
        *,
        clock: Callable[[], float] = time.time,
        stopwatch: Callable[[], float] = time.monotonic,
    ) -> None:
        self._message = message
        self._clock = clock
        self._stopwatch = stopwatch
        self._thinking_since: float | None = None
        # There is some already where an answer goes on.
        self._text: list[str] = [message.text]
        self._reasoning: list[str] = [message.reasoning]

    @property
    def id(self) -> str:
        """The id of the message."""
        return self._message.id

    @property
    def has_ended(self) -> bool:
        """Whether a terminal event was taken."""
        return self._message.state is not MessageState.STREAMING

    def comes_from(
        self, parameters: GenerationParameters, *, is_local: bool, reason: str = ""
    ) -> None:
        """How the answer is made and why so: kept with it, so that one can tell later."""
        self._note(is_local=is_local, parameters=asdict(parameters), reason=reason)

    def take(self, event: Event) -> None:
        """Add one event; what comes after a terminal one is ignored."""
        if self.has_ended:
            return
        match event:
            case TextDelta():
                self._thought_enough()
                self._text.append(event.text)
            case ReasoningDelta():
                self._thinking_since = self._thinking_since or self._stopwatch()
                self._reasoning.append(event.text)
            case Started():
                self._message = replace(
                    self._message,
                    provider=event.provider,
                    model=event.model,
                    device=event.device,
                    context=event.context,
                )
                self._note(model_hash=event.model_hash)
            case Usage():
                self._message = replace(self._message, usage=event)
                self._note(cost_usd=event.cost_usd)
            case Done(FinishReason.LENGTH):
                self._end(MessageState.CUT)
            case Done():
                self._end(MessageState.COMPLETE)
            case Cancelled():
                self._end(MessageState.STOPPED)
            case Failed():
                self._end(MessageState.FAILED, event.error.sentence)
            case _:  # loading, progress and notices are shown and not kept
                pass

    def snapshot(self) -> StoredMessage:
        """The message with everything taken so far."""
        self._text[:] = ["".join(self._text)]
        self._reasoning[:] = ["".join(self._reasoning)]
        return replace(self._message, text=self._text[0], reasoning=self._reasoning[0])

    def _end(self, state: MessageState, error: str = "") -> None:
        self._thought_enough()
        self._message = replace(self._message, state=state, error=error)
        self._note(ended_at=self._clock())

    def _thought_enough(self) -> None:
        """The first word of the answer itself, or its end, ends the thinking."""
        if self._thinking_since is not None and self._message.provenance.reasoning_s is None:
            self._note(reasoning_s=self._stopwatch() - self._thinking_since)

    def _note(self, **known: Any) -> None:
        provenance = replace(self._message.provenance, **known)
        self._message = replace(self._message, provenance=provenance)
