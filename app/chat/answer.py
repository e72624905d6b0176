"""One answer while it is being written: its events added up to what the history keeps."""

from __future__ import annotations

from dataclasses import replace

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
from app.store.values import MessageState, StoredMessage


class Answer:
    """Takes the events of one answer; `snapshot` is the message as it stands."""

    def __init__(self, message: StoredMessage) -> None:
        self._message = message
        self._text: list[str] = []
        self._reasoning: list[str] = []

    @property
    def id(self) -> str:
        """The id of the message."""
        return self._message.id

    @property
    def has_ended(self) -> bool:
        """Whether a terminal event was taken."""
        return self._message.state is not MessageState.STREAMING

    def take(self, event: Event) -> None:
        """Add one event; what comes after a terminal one is ignored."""
        if self.has_ended:
            return
        match event:
            case TextDelta():
                self._text.append(event.text)
            case ReasoningDelta():
                self._reasoning.append(event.text)
            case Started():
                self._message = replace(
                    self._message,
                    provider=event.provider,
                    model=event.model,
                    device=event.device,
                    context=event.context,
                )
            case Usage():
                self._message = replace(self._message, usage=event)
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
        self._message = replace(self._message, state=state, error=error)
