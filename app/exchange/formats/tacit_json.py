"""Tacit's own JSON: everything about a conversation, so that nothing is lost on the way.

`resources/history.schema.json` describes it. Times are Unix seconds. What is unknown is
left out; what a later version adds is passed over.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any, TypeVar

from app.core.draft import BETWEEN, shown_name
from app.core.errors import AppError, ErrorCode
from app.core.events import ContextUse, Usage
from app.core.messages import Role
from app.exchange.building import Found, items, mapping, seconds, text
from app.store.transcripts import Transcript
from app.store.values import (
    Attachment,
    Conversation,
    Mark,
    MessageState,
    Provenance,
    StoredMessage,
)

FORMAT = "tacit-history"
VERSION = 1

E = TypeVar("E", Role, MessageState, Mark)
V = TypeVar("V", Usage, ContextUse)


def recognises(element: dict[str, object]) -> bool:
    """Whether this is one conversation of such a file."""
    messages = items(element.get("messages"))
    return "leaf_id" in element and all("parent_id" in mapping(one) for one in messages)


def check(head: dict[str, object]) -> None:
    """Raises `AppError` where what stands before the conversations is of a later version."""
    version = head.get("version")
    if head.get("format") == FORMAT and isinstance(version, int) and version > VERSION:
        raise AppError(
            "This export was written by a newer version of Tacit.",
            "Install that version, and import it there.",
            code=ErrorCode.USAGE,
        )


def document(transcript: Transcript) -> dict[str, Any]:
    """The conversation as a JSON object."""
    given = transcript.conversation
    choices = transcript.choices or (0,) * len(transcript.messages)
    pairs = zip(transcript.messages, choices, strict=True)
    return {
        "id": given.id,
        "title": given.title,
        "title_by_user": given.title_by_user,
        "created_at": given.created_at,
        "updated_at": given.updated_at,
        "model": given.model,
        "system_prompt": given.system_prompt,
        "folder": list(transcript.folder),
        "tags": list(given.tags),
        "pinned": given.pinned,
        "mark": given.mark,
        "source": transcript.source,
        "source_id": transcript.source_id,
        "leaf_id": given.leaf_id,
        "messages": [_message_document(message, chosen) for message, chosen in pairs],
    }


def _message_document(message: StoredMessage, chosen: int) -> dict[str, Any]:
    known = {
        "reasoning": message.reasoning,
        "error": message.error,
        "provider": message.provider,
        "model": message.model,
        "device": message.device,
        "usage": None if message.usage is None else asdict(message.usage),
        "context": None if message.context is None else asdict(message.context),
        "chosen": chosen or None,
        "attachments": [asdict(one) for one in message.attachments] or None,
        **asdict(message.provenance),
    }
    return {
        "id": message.id,
        "parent_id": message.parent_id,
        "role": message.role,
        "state": message.state,
        "created_at": message.created_at,
        "text": message.text,
        **{name: value for name, value in known.items() if value is not None and value != ""},
    }


def parse(element: dict[str, object]) -> Found | None:
    """The conversation; None where it has neither messages nor a title."""
    raws = [mapping(raw) for raw in items(element.get("messages"))]
    messages: list[StoredMessage] = []
    choices: list[int] = []
    seen: set[str] = set()
    left_out = 0
    for raw in raws:
        message = _message(raw, seen)
        if message is None:
            left_out += 1
            continue
        seen.add(message.id)
        messages.append(message)
        chosen = raw.get("chosen")
        choices.append(chosen if isinstance(chosen, int) and 0 <= chosen < 2**53 else 0)
    if not messages and not text(element.get("title")):
        return None
    transcript = Transcript(
        conversation=_conversation(element),
        messages=tuple(messages),
        choices=tuple(choices),
        folder=tuple(text(name) for name in items(element.get("folder"))),
        source=text(element.get("source")),
        source_id=text(element.get("source_id")) or None,
        is_own=True,
    )
    return Found(transcript, left_out=left_out)


def _conversation(element: dict[str, object]) -> Conversation:
    created = seconds(element.get("created_at"))
    prompt = element.get("system_prompt")
    return Conversation(
        id=text(element.get("id")),
        title=text(element.get("title")),
        title_by_user=bool(element.get("title_by_user")),
        created_at=created,
        updated_at=seconds(element.get("updated_at")) or created,
        model=text(element.get("model")),
        draft="",
        system_prompt=prompt if isinstance(prompt, str) else None,
        leaf_id=text(element.get("leaf_id")) or None,
        pinned=bool(element.get("pinned")),
        tags=tuple(text(tag) for tag in items(element.get("tags"))),
        # A mark that is unknown here may not let go of what it was to hold.
        mark=_member(Mark, element.get("mark"), Mark.CONFIDENTIAL),
    )


def _message(raw: dict[str, object], seen: set[str]) -> StoredMessage | None:
    node_id, parent = text(raw.get("id")), text(raw.get("parent_id")) or None
    if not node_id or node_id in seen or not isinstance(raw.get("text"), str):
        return None
    return StoredMessage(
        id=node_id,
        conversation_id="",
        parent_id=parent if parent in seen else None,
        role=_member(Role, raw.get("role"), Role.ASSISTANT),
        state=_finished(_member(MessageState, raw.get("state"), MessageState.FAILED)),
        created_at=seconds(raw.get("created_at")),
        text=text(raw.get("text")),
        reasoning=text(raw.get("reasoning")),
        error=text(raw.get("error")),
        provider=text(raw.get("provider")),
        model=text(raw.get("model")),
        device=text(raw.get("device")),
        usage=_figures(Usage, raw.get("usage")),
        context=_figures(ContextUse, raw.get("context")),
        provenance=_provenance(raw),
        attachments=_attachments(raw),
    )


def _attachments(raw: dict[str, object]) -> tuple[Attachment, ...]:
    """The files in front of the words; none where they do not fit into the text."""
    found = tuple(
        Attachment(
            name=shown_name(text(one.get("name"))),
            characters=characters,
            mark=_member(Mark, one.get("mark"), Mark.CONFIDENTIAL),
        )
        for one in (mapping(given) for given in items(raw.get("attachments")))
        if isinstance(characters := one.get("characters"), int) and characters >= 0
    )
    room = len(text(raw.get("text"))) - sum(one.characters + len(BETWEEN) for one in found)
    return found if room >= 0 else ()


def _provenance(raw: dict[str, object]) -> Provenance:
    is_local, parameters = raw.get("is_local"), raw.get("parameters")
    return Provenance(
        is_local=is_local if isinstance(is_local, bool) else None,
        reason=text(raw.get("reason")),
        model_hash=text(raw.get("model_hash")),
        cost_usd=_number(raw.get("cost_usd")),
        ended_at=_number(raw.get("ended_at")),
        reasoning_s=_number(raw.get("reasoning_s")),
        parameters=parameters if isinstance(parameters, dict) else None,
    )


def _finished(state: MessageState) -> MessageState:
    return MessageState.INTERRUPTED if state is MessageState.STREAMING else state


def _member(kind: type[E], value: object, otherwise: E) -> E:
    try:
        return kind(text(value))
    except ValueError:
        return otherwise


def _number(value: object) -> float | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number and abs(value) < 1e15 else None  # type: ignore[arg-type]


def _figures(kind: Callable[..., V], value: object) -> V | None:
    given = mapping(value)
    numbers = {name: part for name, part in given.items() if _number(part) is not None}
    try:
        return kind(**numbers) if numbers else None
    except TypeError:
        return None
