"""Erasing what was deleted: out of the file, its log, and the copies made before migrations."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from app.store import migrations


@dataclass(frozen=True, slots=True)
class Deleted:
    """Ids of what was deleted and can be restored until it is erased."""

    conversations: tuple[str, ...]
    messages: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.conversations) + len(self.messages)


def deleted(db: sqlite3.Connection) -> Deleted:
    """Everything that waits for being erased."""
    conversations = db.execute(
        "SELECT id FROM conversation WHERE deleted_at IS NOT NULL ORDER BY seq"
    )
    messages = db.execute("SELECT id FROM message WHERE deleted_at IS NOT NULL ORDER BY seq")
    return Deleted(
        conversations=tuple(row["id"] for row in conversations),
        messages=tuple(row["id"] for row in messages),
    )


def erase(db: sqlite3.Connection, what: Deleted) -> None:
    """Remove the rows; what followed an erased message hangs on what came before it."""
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


def erase_in_copies(file: Path, what: Deleted) -> None:
    """Erase the same rows from the copies of `file`.

    A copy that cannot be cleaned is removed: what the person deleted may not stay in it.
    """
    for copy in migrations.copies(file):
        try:
            _erase_in(copy, what)
        except sqlite3.Error:
            copy.unlink()


def _erase_in(copy: Path, what: Deleted) -> None:
    with closing(sqlite3.connect(copy, isolation_level=None)) as db:
        pragmas: Sequence[str] = ("secure_delete = ON", "foreign_keys = ON", "temp_store = MEMORY")
        for pragma in pragmas:
            db.execute(f"PRAGMA {pragma}")
        db.execute("BEGIN IMMEDIATE")
        erase(db, what)
        db.execute("COMMIT")
