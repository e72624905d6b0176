"""The mark "confidential": what bears it, and everything made from that."""

from __future__ import annotations

from collections.abc import Iterable

from app.store.sqlite import sqlite3
from app.store.values import Mark

_MADE_FROM = """
WITH RECURSIVE made (id) AS (
    SELECT id FROM conversation WHERE id = ?
    UNION
    SELECT c.id FROM made JOIN conversation AS c ON c.forked_from = made.id
)
UPDATE conversation SET mark = ? WHERE mark = '' AND id IN made
"""


def spread(db: sqlite3.Connection, conversation_ids: Iterable[str]) -> None:
    """Mark what was forked from these conversations, and from that, also in the trash."""
    for conversation_id in conversation_ids:
        db.execute(_MADE_FROM, (conversation_id, Mark.CONFIDENTIAL))


def marked_among(db: sqlite3.Connection, folder_id: str) -> list[str]:
    """The marked conversations in a folder and in those inside of it."""
    rows = db.execute(
        "SELECT id FROM conversation WHERE mark != '' AND folder_id IN "
        "(SELECT id FROM folder WHERE id = ? OR parent_id = ?)",
        (folder_id, folder_id),
    )
    return [row["id"] for row in rows]


def of_folder(db: sqlite3.Connection, folder_id: str | None) -> Mark:
    """The mark of a folder; one that is not known counts as confidential."""
    row = db.execute("SELECT mark FROM folder WHERE id = ?", (folder_id,)).fetchone()
    return Mark.CONFIDENTIAL if row is not None and row["mark"] != Mark.NONE else Mark.NONE
