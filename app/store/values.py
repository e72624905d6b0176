"""Conversations and messages as the store hands them out: frozen values with an identity."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from app.core.draft import BETWEEN, TextFile
from app.core.events import ContextUse, Usage
from app.core.messages import Role

# Among the parameters of an answer that a person wrote over: the id of the model's own one.
EDITED_FROM = "edited_from"
DEPTH = 2
"""How many folders can be around a conversation."""


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


class Mark(StrEnum):
    """What a conversation or a folder is marked as; what is made of it inherits it.

    Nothing of a `confidential` one may leave this machine. A mark that this program does not
    know counts as that.
    """

    NONE = ""
    CONFIDENTIAL = "confidential"


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """How an answer came about, as far as that is known.

    `is_local` says whether it was made on this machine, `reason` in a sentence why that provider
    answered. `model_hash` is the SHA-256 of the model's files, `ended_at` Unix seconds,
    `reasoning_s` how long the model thought before it answered, `parameters` those that were in
    force.
    """

    is_local: bool | None = None
    reason: str = ""
    model_hash: str = ""
    cost_usd: float | None = None
    ended_at: float | None = None
    reasoning_s: float | None = None
    parameters: dict[str, Any] | None = field(default=None, hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """One conversation: a tree of messages, of which the path to `leaf_id` is shown.

    Times are Unix seconds. `model` is an id from the library ("" where none was chosen for
    this conversation), `draft` what stands in the composer, `system_prompt` None where the
    folder's or the person's general one holds. `leaf_id` is None while there is no message.
    `deleted_at` is None outside the trash.
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
    folder_id: str | None = None
    pinned: bool = False
    tags: tuple[str, ...] = ()
    mark: Mark = Mark.NONE
    deleted_at: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """A place for conversations; inside of another one where `parent_id` is given.

    `system_prompt` holds for its conversations that have none of their own, and `words` are
    replaced in them before anything leaves; so it is in the folders inside of it, too.
    `conversations` counts those directly in it.
    """

    id: str
    name: str
    parent_id: str | None
    system_prompt: str | None
    created_at: float
    conversations: int
    mark: Mark = Mark.NONE
    words: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A text file in front of a question, which takes `characters` of its text."""

    name: str
    characters: int
    mark: Mark = Mark.NONE


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredMessage:
    """One message of a conversation and its place in the tree.

    `parent_id` is the message that it follows (None at the beginning); `siblings` are the
    ids of all messages at this place in the order in which they were written, itself among
    them. `error` is a sentence for the person ("" where nothing went wrong). `text` is all of
    it, with the files that `attachments` names in front of the person's own words.
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
    provenance: Provenance = field(default_factory=Provenance)
    created_at: float = 0.0
    siblings: tuple[str, ...] = ()
    attachments: tuple[Attachment, ...] = ()

    @property
    def words(self) -> str:
        """The text without the files in front of it."""
        return self.text[sum(one.characters + len(BETWEEN) for one in self.attachments) :]

    @property
    def files(self) -> tuple[TextFile, ...]:
        """The files in front of the words."""
        found: list[TextFile] = []
        start = 0
        for one in self.attachments:
            block = self.text[start : start + one.characters]
            start += one.characters + len(BETWEEN)
            is_held = one.mark is not Mark.NONE
            found.append(TextFile.of_block(one.name, block, is_confidential=is_held))
        return tuple(found)


def around(folder_id: str | None, folders: Iterable[Folder]) -> list[Folder]:
    """The folder of that id and the one around it, the inner one first; none where it is gone."""
    known = {folder.id: folder for folder in folders}
    found: list[Folder] = []
    while folder_id in known and len(found) < DEPTH:
        found.append(known[folder_id])
        folder_id = found[-1].parent_id
    return found
