"""Erasing what was deleted: out of the file, its index and log, and every copy of it."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from app.core.errors import AppError
from app.core.history_key import Keys
from app.store import copying, index
from app.store.connecting import NO_KEYS, connect
from app.store.conversations import NEW_DRAFT
from app.store.sqlite import sqlite3


@dataclass(frozen=True, slots=True)
class Deleted:
    """Ids of what was deleted and can be restored until it is erased.

    `others` are rows of other tables, each by its table and its id.
    """

    conversations: tuple[str, ...] = ()
    messages: tuple[str, ...] = ()
    others: tuple[tuple[str, str], ...] = ()

    def __len__(self) -> int:
        return len(self.conversations) + len(self.messages) + len(self.others)


def deleted(db: sqlite3.Connection, until: float | None = None) -> Deleted:
    """What waits for being erased: all of it, or what was deleted up to the time `until`."""
    chosen = "deleted_at IS NOT NULL AND (:until IS NULL OR deleted_at <= :until)"
    conversations, messages = (
        db.execute(
            f"SELECT id FROM {table} WHERE {chosen} ORDER BY seq",  # noqa: S608
            {"until": until},
        )
        for table in ("conversation", "message")
    )
    return Deleted(
        conversations=tuple(row["id"] for row in conversations),
        messages=tuple(row["id"] for row in messages),
    )


def deleted_together(db: sqlite3.Connection, message_id: str) -> tuple[str, ...]:
    """A deleted message and what was deleted with it; empty where it is not deleted."""
    rows = db.execute(
        "SELECT m.id FROM message AS m JOIN deletion AS d ON d.message_id = m.id "
        "WHERE m.deleted_at IS NOT NULL AND :id IN (m.id, d.branch_id) ORDER BY m.seq",
        {"id": message_id},
    )
    return tuple(row["id"] for row in rows)


def erase(db: sqlite3.Connection, what: Deleted) -> None:
    """Remove the rows and their words; what followed an erased message hangs on what came
    before it.
    """
    _remove(db, what)
    index.erase_traces(db)


def erase_in_copies(file: Path, what: Deleted, keys: Keys = NO_KEYS) -> None:
    """Erase the same rows from the copies of `file`, and what may be left of half a copy.

    A copy that cannot be cleaned is removed: what the person deleted may not stay in it.
    """
    for half in copying.unfinished(file):
        half.unlink(missing_ok=True)
    for copy in copying.copies(file):
        try:
            _erase_in(copy, what, keys)
        except AppError:
            continue  # encrypted with a key that is not to be had: no word of it can be read
        except sqlite3.Error:
            copying.remove(copy)


def _remove(db: sqlite3.Connection, what: Deleted) -> None:
    for conversation_id in what.conversations:
        db.execute("DELETE FROM message WHERE conversation_id = ?", (conversation_id,))
        db.execute("DELETE FROM conversation WHERE id = ?", (conversation_id,))
    for message_id in what.messages:
        db.execute(
            "UPDATE message SET parent_id = (SELECT parent_id FROM message WHERE id = :id) "
            "WHERE parent_id = :id",
            {"id": message_id},
        )
        db.execute("DELETE FROM message WHERE id = ?", (message_id,))
    for table, given in what.others:
        with contextlib.suppress(sqlite3.OperationalError):  # a copy from before the table
            db.execute(f"DELETE FROM {table} WHERE id = ?", (given,))  # noqa: S608


def _erase_in(copy: Path, what: Deleted, keys: Keys) -> None:
    with closing(connect(copy, keys)) as db:
        pragmas: Sequence[str] = ("secure_delete = ON", "foreign_keys = ON", "temp_store = MEMORY")
        for pragma in pragmas:
            db.execute(f"PRAGMA {pragma}")
        db.execute("BEGIN IMMEDIATE")
        _remove(db, what)
        # What was once written in the composer belongs to no conversation that could be erased.
        db.execute("DELETE FROM state WHERE key = ?", (NEW_DRAFT,))
        with contextlib.suppress(sqlite3.OperationalError):  # a copy from before the table
            db.execute("DELETE FROM draft_file WHERE conversation_id IS NULL")
        if index.exists(db):
            index.forget(db)
        db.execute("COMMIT")
        if db.execute("PRAGMA journal_mode").fetchone()[0] == "wal":
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
