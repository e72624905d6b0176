"""One answer while it is being written: what has come so far, wherever the person looks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from app.core.events import (
    ContextUse,
    Event,
    Notice,
    Progress,
    ReasoningDelta,
    Started,
    TextDelta,
    Usage,
)
from app.core.handoff import CancelToken
from app.core.messages import Role
from app.store.values import StoredMessage


@dataclass(kw_only=True, eq=False)
class LiveTurn:
    """Keeps what the store may not have yet, so that a view which comes back misses nothing.

    `conversation_id` is "" until the first message has made a conversation of a new chat,
    and `answer_id` until the answer has its row. `ticket` says what was in front when it
    began. `cancel` stops it. `context` and `usage` are None until they are known.
    """

    conversation_id: str
    ticket: int = 0
    cancel: CancelToken = field(default_factory=CancelToken)
    answer_id: str = ""
    text: str = ""
    reasoning: str = ""
    model: str = ""
    device: str = ""
    context: ContextUse | None = None
    usage: Usage | None = None
    notices: list[Notice] = field(default_factory=list)
    progress: Progress | None = None
    added: list[StoredMessage] = field(default_factory=list)
    final: StoredMessage | None = None

    def add(self, message: StoredMessage) -> None:
        """A message of this turn has its row."""
        self.added.append(message)
        if message.role is Role.ASSISTANT:
            self.answer_id = message.id
            # There is some already where an answer goes on.
            self.text, self.reasoning = message.text, message.reasoning

    def take(self, event: Event) -> None:
        """Keep what an event says."""
        match event:
            case TextDelta():
                self.text += event.text
            case ReasoningDelta():
                self.reasoning += event.text
            case Started():
                self.model, self.device = event.model, event.device
                self.context = event.context
            case Usage():
                self.usage = event
            case Notice():
                self.notices.append(event)
            case Progress():
                self.progress = event

    def merged(self, path: Sequence[StoredMessage]) -> list[StoredMessage]:
        """`path` as the store had it a moment ago, brought up to what is known here."""
        messages = list(path)
        for new in self.added:
            known = [message.id for message in messages]
            if new.id not in known:
                # It follows its parent; what stood there before is another branch now.
                place = known.index(new.parent_id) + 1 if new.parent_id in known else 0
                messages[place:] = [new]
        return [self._live(message) for message in messages]

    def catch_up(self) -> list[Event]:
        """What a view needs besides the text to show the answer as it is now."""
        events: list[Event] = list(self.notices)
        if self.progress is not None and not self.text and not self.reasoning:
            events.append(self.progress)
        return events

    def _live(self, message: StoredMessage) -> StoredMessage:
        if message.id != self.answer_id:
            return message
        return self.final or replace(message, text=self.text, reasoning=self.reasoning)
