"""Rows to values, leniently: one field that makes no sense must not hide the rest."""

from __future__ import annotations

import json
import math
import sqlite3
from collections.abc import Callable
from dataclasses import asdict, fields
from enum import StrEnum
from typing import TypeVar

from app.core.events import ContextUse, Usage
from app.core.messages import Role
from app.store.values import Conversation, MessageState, StoredMessage

_DAMAGED = "A part of this message could not be read from the history."

E = TypeVar("E", bound=StrEnum)
V = TypeVar("V", Usage, ContextUse)


def conversation_of(row: sqlite3.Row) -> Conversation:
    """The conversation of a row of the table `conversation`."""
    fields_of = _Fields(row)
    return Conversation(
        id=fields_of.text("id"),
        title=fields_of.text("title"),
        title_by_user=bool(row["title_by_user"]),
        created_at=fields_of.number("created_at"),
        updated_at=fields_of.number("updated_at"),
        model=fields_of.text("model"),
        draft=fields_of.text("draft"),
        system_prompt=None if row["system_prompt"] is None else fields_of.text("system_prompt"),
        leaf_id=None if row["leaf_id"] is None else fields_of.text("leaf_id"),
    )


def message_of(row: sqlite3.Row, parent_id: str | None, siblings: tuple[str, ...]) -> StoredMessage:
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
    created_at = read.number("created_at")
    return StoredMessage(
        id=read.text("id"),
        parent_id=parent_id,
        role=role,
        state=MessageState.FAILED if read.is_damaged else state,
        error=(error or _DAMAGED) if read.is_damaged else error,
        usage=usage,
        context=context,
        created_at=created_at,
        siblings=siblings,
        **values,
    )


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

    def __init__(self, row: sqlite3.Row) -> None:
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
            numbers = {key: _number(part, whole=known[key] == "int") for key, part in parts.items()}
            return kind(**numbers)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            self.is_damaged = True
            return None


def _number(part: object, *, whole: bool) -> float:
    if isinstance(part, bool) or not isinstance(part, int | float) or not math.isfinite(part):
        raise TypeError
    if whole and not isinstance(part, int):
        raise TypeError
    return part
