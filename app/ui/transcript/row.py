"""One message of the conversation view, whether it is drawn at the moment or not."""

from __future__ import annotations

from dataclasses import dataclass, field
from time import monotonic
from typing import TYPE_CHECKING, NamedTuple

from app.core.events import (
    ContextUse,
    Event,
    Loading,
    Notice,
    Progress,
    ReasoningDelta,
    Started,
    TextDelta,
)
from app.core.messages import Role
from app.store.values import StoredMessage

if TYPE_CHECKING:
    from app.ui.transcript.message import MessageWidget


@dataclass(slots=True)
class Streaming:
    """What has come of an answer that is being written, and what has not been drawn yet."""

    since: float = field(default_factory=monotonic)
    waiting_for: Event | None = None
    new_text: list[str] = field(default_factory=list)
    new_reasoning: list[str] = field(default_factory=list)
    context: ContextUse | None = None
    thinking_since: float | None = None
    thought_s: float | None = None
    has_news: bool = False

    def take(self, event: Event) -> None:
        """Note what `event` brings."""
        self.has_news = True
        match event:
            case TextDelta(text):
                self.new_text.append(text)
                if self.thinking_since is not None and self.thought_s is None:
                    self.thought_s = monotonic() - self.thinking_since
            case ReasoningDelta(text):
                self.new_reasoning.append(text)
                if self.thinking_since is None:
                    self.thinking_since = monotonic()
            case Loading() | Progress():
                self.waiting_for = event
            case Started():
                self.waiting_for = event
                self.context = event.context
            case _:
                pass


class Phase(NamedTuple):
    """How far an answer has come."""

    has_text: bool
    has_reasoning: bool
    notices: int


@dataclass(slots=True, eq=False)
class Row:
    """A message and what the view knows about it.

    `text` and `reasoning` are all words so far, without the files in front of a question;
    `open_files` are the places of those that are unfolded. `is_measured`: the height is that of
    the drawn message at the present width, not a guess. `needs_work`: its widget has more
    to draw at once. `cut`: the last answer did not see what is above, with these figures.
    `is_last`: nothing follows it. `thought_s` is how long the model thought, as far as that
    is known.
    """

    message: StoredMessage
    text: str
    reasoning: str
    breaks: int
    streaming: Streaming | None = None
    widget: MessageWidget | None = None
    is_measured: bool = False
    needs_work: bool = False
    is_reasoning_open: bool = False
    open_files: set[int] = field(default_factory=set)
    cut: ContextUse | None = None
    is_last: bool = False
    thought_s: float | None = None
    notices: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, message: StoredMessage) -> Row:
        """The row of a stored message."""
        text = message.words
        thought_s = message.provenance.reasoning_s
        return cls(message, text, message.reasoning, text.count("\n"), thought_s=thought_s)

    @property
    def phase(self) -> Phase:
        """What decides which parts of the message are shown."""
        return Phase(bool(self.text), bool(self.reasoning), len(self.notices))

    @property
    def is_question(self) -> bool:
        """Whether a person wrote it."""
        return self.message.role is Role.USER

    @property
    def is_waiting(self) -> bool:
        """Whether nothing of the answer has come yet."""
        return self.streaming is not None and not self.text and not self.reasoning

    def take(self, event: Event) -> None:
        """Note an event of the answer; it is drawn with the next tick."""
        if self.streaming is None:
            return
        if isinstance(event, Notice):
            self.notices.append(event.sentence)
        self.streaming.take(event)

    def collect(self) -> tuple[str, str]:
        """The text and the reasoning that have come since the last time."""
        streaming = self.streaming
        if streaming is None:
            return "", ""
        streaming.has_news = False
        text, reasoning = "".join(streaming.new_text), "".join(streaming.new_reasoning)
        streaming.new_text, streaming.new_reasoning = [], []
        self.text += text
        self.reasoning += reasoning
        self.breaks += text.count("\n")
        return text, reasoning
