"""Rows to values, leniently: one field that makes no sense must not hide the rest."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, fields
from enum import StrEnum
from typing import Any, TypeVar

from app.core.events import ContextUse, Usage
from app.core.messages import Role
from app.store.sqlite import sqlite3
from app.store.values import (
    Attachment,
    Conversation,
    Folder,
    Mark,
    MessageState,
    Provenance,
    StoredMessage,
)

Row = sqlite3.Row | Mapping[str, Any]

# Stands in the place of a column that lies on a broken page.
UNREADABLE = object()
TAG_SEPARATOR = "\x1f"
_DAMAGED = "A part of this message could not be read from the history."

_PLAIN = (str, str, int, float, float, str, str)
_TEXT_OR_NONE = {str, type(None)}
_MARKS: dict[object, Mark] = {mark.value: mark for mark in Mark}

E = TypeVar("E", bound=StrEnum)
V = TypeVar("V", Usage, ContextUse)


def conversation_of(row: sqlite3.Row) -> Conversation:
    """The conversation of a row with the columns that `conversations` asks for, in that order."""
    if (plain := _plain(row)) is not None:
        return plain
    fields_of = _Fields(row)
    return Conversation(
        id=fields_of.text("id"),
        title=fields_of.text("title"),
        title_by_user=bool(row["title_by_user"]),
        created_at=fields_of.number("created_at"),
        updated_at=fields_of.number("updated_at"),
        model=fields_of.text("model"),
        draft=fields_of.text("draft"),
        system_prompt=fields_of.text_or_none("system_prompt"),
        leaf_id=fields_of.text_or_none("leaf_id"),
        folder_id=fields_of.text_or_none("folder_id"),
        pinned=bool(row["pinned"]),
        tags=_tags(row["tags"]),
        mark=fields_of.member(Mark, "mark", Mark.CONFIDENTIAL),
        deleted_at=fields_of.number_or_none("deleted_at"),
    )


def _plain(row: sqlite3.Row) -> Conversation | None:
    """The same where nothing is wrong, several times as fast: the list has thousands of them."""
    values: tuple[Any, ...] = tuple(row)
    (given, title, by_user, created_at, updated_at, model, draft, *optional) = values
    prompt, leaf_id, folder_id, pinned, mark, deleted_at, tags = optional
    if tuple(map(type, values[:7])) != _PLAIN or mark not in _MARKS:
        return None
    if not {type(prompt), type(leaf_id), type(folder_id)} <= _TEXT_OR_NONE:
        return None
    if deleted_at is not None or not math.isfinite(created_at + updated_at):
        return None
    return Conversation(
        id=given,
        title=title,
        title_by_user=bool(by_user),
        created_at=created_at,
        updated_at=updated_at,
        model=model,
        draft=draft,
        system_prompt=prompt,
        leaf_id=leaf_id,
        folder_id=folder_id,
        pinned=bool(pinned),
        tags=_tags(tags),
        mark=_MARKS[mark],
    )


def _tags(joined: str | None) -> tuple[str, ...]:
    return tuple(sorted(joined.split(TAG_SEPARATOR), key=str.casefold)) if joined else ()


def folder_of(row: sqlite3.Row) -> Folder:
    """The folder of a row of the table `folder`, with the number of its conversations."""
    read = _Fields(row)
    return Folder(
        id=read.text("id"),
        name=read.text("name"),
        parent_id=read.text_or_none("parent_id"),
        system_prompt=read.text_or_none("system_prompt"),
        created_at=read.number("created_at"),
        conversations=int(row["conversations"]),
        mark=read.member(Mark, "mark", Mark.CONFIDENTIAL),
        words=tuple(read.text("words").splitlines()),
    )


def message_of(
    row: Row,
    parent_id: str | None,
    siblings: tuple[str, ...],
    attachments: tuple[Attachment, ...] = (),
) -> StoredMessage:
    """The message of a row of the table `message`, at its place in the tree.

    What cannot be read is left out; the message then counts as failed and says so.
    """
    read = _Fields(row)
    role = read.member(Role, "role", Role.ASSISTANT)
    state = read.member(MessageState, "state", MessageState.FAILED)
    error = read.text("error")
    values = {
        name: read.text(name)
        for name in ("conversation_id", "text", "reasoning", "provider", "model", "device")
    }
    usage, context = read.value(Usage, "usage"), read.value(ContextUse, "context")
    provenance = _provenance_of(read)
    created_at = read.number("created_at")
    return StoredMessage(
        id=read.text("id"),
        parent_id=parent_id,
        role=role,
        state=MessageState.FAILED if read.is_damaged else state,
        error=(error or _DAMAGED) if read.is_damaged else error,
        usage=usage,
        context=context,
        provenance=provenance,
        created_at=created_at,
        siblings=siblings,
        attachments=attachments,
        **values,
    )


def _provenance_of(read: _Fields) -> Provenance:
    is_local = read.number_or_none("is_local")
    return Provenance(
        is_local=None if is_local is None else bool(is_local),
        reason=read.text("reason"),
        model_hash=read.text("model_hash"),
        cost_usd=read.number_or_none("cost_usd"),
        ended_at=read.number_or_none("ended_at"),
        reasoning_s=read.number_or_none("reasoning_s"),
        parameters=read.mapping("parameters"),
    )


def columns_of(provenance: Provenance) -> dict[str, object]:
    """The columns of the table `message` for `provenance`."""
    parameters = provenance.parameters
    return {
        "is_local": None if provenance.is_local is None else int(provenance.is_local),
        "reason": writable(provenance.reason),
        "model_hash": provenance.model_hash,
        "cost_usd": provenance.cost_usd,
        "ended_at": provenance.ended_at,
        "reasoning_s": provenance.reasoning_s,
        "parameters": None if parameters is None else json.dumps(parameters),
    }


def to_json(value: Usage | ContextUse | None) -> str | None:
    """The figures as the table keeps them."""
    return None if value is None else json.dumps(asdict(value))


def writable(text: str) -> str:
    """`text` as SQLite takes it: halves of a surrogate pair are joined or replaced."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


class _Fields:
    """Reads one row and remembers whether something in it made no sense."""

    def __init__(self, row: Row) -> None:
        self._row = row
        self.is_damaged = False

    def text(self, name: str) -> str:
        value = self._row[name]
        if isinstance(value, str):
            return value
        self.is_damaged = True
        return value.decode("utf-8", "replace") if isinstance(value, bytes) else ""

    def number(self, name: str) -> float:
        value = self._row[name]
        if isinstance(value, int | float) and math.isfinite(value):
            return float(value)
        self.is_damaged = True
        return 0.0

    def text_or_none(self, name: str) -> str | None:
        return None if self._row[name] is None else self.text(name)

    def number_or_none(self, name: str) -> float | None:
        return None if self._row[name] is None else self.number(name)

    def mapping(self, name: str) -> dict[str, Any] | None:
        raw = self._row[name]
        if raw is None:
            return None
        try:
            found = json.loads(raw)
        except (ValueError, TypeError, RecursionError):
            found = None
        if isinstance(found, dict):
            return found
        self.is_damaged = True
        return None

    def member(self, kind: type[E], name: str, otherwise: E) -> E:
        try:
            return kind(self._row[name])
        except ValueError:
            self.is_damaged = True
            return otherwise

    def value(self, kind: Callable[..., V], name: str) -> V | None:
        raw = self._row[name]
        if raw is None:
            return None
        try:
            parts = json.loads(raw)
            known = {field.name: field.type for field in fields(kind)}  # type: ignore[arg-type]
            numbers = {key: _number(part, str(known[key])) for key, part in parts.items()}
            return kind(**numbers)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            self.is_damaged = True
            return None


def _number(part: object, kind: str) -> float | None:
    if part is None and kind.endswith("None"):
        return None
    if isinstance(part, bool) or not isinstance(part, int | float) or not math.isfinite(part):
        raise TypeError
    if kind == "int" and not isinstance(part, int):
        raise TypeError
    return part
