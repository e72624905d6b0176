"""What goes into one turn of a conversation, and the events that come out of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from app.core.events import Event
from app.core.messages import GenerationParameters
from app.router.situation import Need, Preference
from app.store.values import Conversation, StoredMessage


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnOptions:
    """How to answer, where the conversation itself does not say otherwise.

    `model` is an id from the library ("" lets the provider choose), `system_prompt` the
    person's general one ("" for none), `provider` a name or "auto". `context_limit` caps the
    context in tokens below the model's own. `privacy`, `local_only` and `prefer` are for the
    rules (`app.router`).
    """

    model: str = ""
    parameters: GenerationParameters = field(default_factory=GenerationParameters)
    system_prompt: str = ""
    provider: str = "auto"
    context_limit: int | None = None
    privacy: Need = Need.NONE
    local_only: bool = False
    prefer: Preference = Preference.NONE


@dataclass(frozen=True, slots=True)
class MessageAdded:
    """A message is in the history now: the question, or the answer that is about to come.

    It follows the shown message `message.parent_id`; what was shown after that one is on
    another branch from now on.
    """

    message: StoredMessage


@dataclass(frozen=True, slots=True)
class AnswerEvent:
    """Something happened while the answer `message_id` was being written."""

    message_id: str
    event: Event


@dataclass(frozen=True, slots=True)
class AnswerStored:
    """The answer as it ended, whatever way that was."""

    message: StoredMessage


@dataclass(frozen=True, slots=True)
class ConversationChanged:
    """The conversation has a new title, time or end of its shown path."""

    conversation: Conversation


TurnEvent = MessageAdded | AnswerEvent | AnswerStored | ConversationChanged
