"""Conversations and messages as the store hands them out: frozen values with an identity."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.core.events import ContextUse, Usage
from app.core.messages import Role


class MessageState(StrEnum):
    """How a message came to its end, or that it has not yet.

    `complete` ended by itself, `cut` reached the longest allowed length, `stopped` was
    stopped by the person, `failed` met an error, `interrupted` was being written when the
    program ended. All but `complete` may hold a part of the text.
    """

    COMPLETE = "complete"
    STREAMING = "streaming"
    STOPPED = "stopped"
    FAILED = "failed"
    INTERRUPTED = "interrupted"
    CUT = "cut"


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """One conversation: a tree of messages, of which the path to `leaf_id` is shown.

    Times are Unix seconds. `model` is an id from the library ("" where none was chosen for
    this conversation), `draft` what stands in the composer, `system_prompt` None where the
    person's general one holds. `leaf_id` is None while there is no message.
    """

    id: str
    title: str
    title_by_user: bool
    created_at: float
    updated_at: float
    model: str
    draft: str
    system_prompt: str | None
    leaf_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredMessage:
    """One message of a conversation and its place in the tree.

    `parent_id` is the message that it follows (None at the beginning); `siblings` are the
    ids of all messages at this place in the order in which they were written, itself among
    them. `error` is a sentence for the person ("" where nothing went wrong).
    """

    id: str
    conversation_id: str
    parent_id: str | None
    role: Role
    text: str
    reasoning: str = ""
    state: MessageState = MessageState.COMPLETE
    error: str = ""
    provider: str = ""
    model: str = ""
    device: str = ""
    usage: Usage | None = None
    context: ContextUse | None = None
    created_at: float = 0.0
    siblings: tuple[str, ...] = ()
