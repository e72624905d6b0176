"""Whole branches and shown paths: deleting, forking, and finding one's way in long ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from app.store import attachments, conversations, tree
from app.store.database import Database
from app.store.errors import GoneError
from app.store.personas import copy_manner
from app.store.sqlite import sqlite3
from app.store.values import Conversation, StoredMessage

_BELOW = """
WITH RECURSIVE below (id, seq, is_gone) AS (
    SELECT id, seq, deleted_at IS NOT NULL FROM message WHERE id = ?
    UNION ALL
    SELECT m.id, m.seq, m.deleted_at IS NOT NULL
    FROM below JOIN message AS m ON m.parent_id = below.id WHERE m.seq > below.seq
)
SELECT id FROM below WHERE NOT is_gone ORDER BY seq
"""
_COPIED = (
    "role, created_at, provider, model, device, is_local, reason, model_hash, cost_usd, ended_at, "
    "reasoning_s, usage, context, parameters, error, text, reasoning"
)


@dataclass(frozen=True, slots=True)
class Step:
    """One message of a shown path, without its text. `created_at` is in Unix seconds."""

    id: str
    created_at: float


class Branches:
    """Works on branches of a history's trees. Blocking; may raise `AppError`."""

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._db = database
        self._clock = clock

    def delete(self, message_id: str) -> str:
        """Take a message out with everything that follows it, on whatever branch.

        Returns the token that `History.restore_message` takes to undo it, until a purge.
        """
        with self._db.write() as db:
            delete(db, message_id, self._clock())
        return message_id

    def fork(self, message_id: str) -> Conversation:
        """A new conversation with a copy of the path that leads to `message_id`.

        It inherits the folder, the tags, the model, the instructions, the persona and the mark.
        """
        with self._db.write() as db:
            return _fork(db, message_id, self._clock())

    def outline(self, conversation_id: str) -> list[Step]:
        """All messages of the shown path, oldest first, without reading their texts."""
        with self._db.read() as db:
            last = conversations.get(db, conversation_id).leaf_id
            return [Step(row["id"], row["created_at"]) for row in tree.walked(db, last)]

    def first_on(self, conversation_id: str, at: float) -> str | None:
        """The first message of the shown path that was written at `at` or later."""
        steps = self.outline(conversation_id)
        return next((step.id for step in steps if step.created_at >= at), None)

    def page_around(
        self, conversation_id: str, message_id: str, limit: int = 50
    ) -> list[StoredMessage]:
        """At most `limit` messages of the shown path, with `message_id` in their middle."""
        with self._db.read() as db:
            last = conversations.get(db, conversation_id).leaf_id
            ids = [row["id"] for row in tree.walked(db, last)]
            if message_id not in ids:
                raise GoneError("message")
            start = max(0, min(ids.index(message_id) - limit // 2, len(ids) - limit))
            chosen = ids[start : start + limit]
            return tree.page(db, conversation_id, chosen[-1], len(chosen))


def delete(db: sqlite3.Connection, message_id: str, now: float) -> None:
    """Mark a message and all below it as deleted, together."""
    row = tree.shown(db, message_id)
    conversation_id = row["conversation_id"]
    ids = [found["id"] for found in db.execute(_BELOW, (message_id,))]
    end = tree.leaf(db, conversation_id)
    # First the message alone, which finds what is shown instead where it was at the end.
    if end in ids[1:]:
        tree.move_leaf(db, conversation_id, message_id)
    tree.delete(db, message_id, now)
    db.executemany("UPDATE message SET deleted_at = ? WHERE id = ?", [(now, one) for one in ids])
    db.executemany(
        "INSERT OR REPLACE INTO deletion (message_id, leaf_before, leaf_after, branch_id) "
        "SELECT ?, ?, leaf_after, ? FROM deletion WHERE message_id = ?",
        [(one, end, message_id, message_id) for one in reversed(ids)],
    )


def restore(db: sqlite3.Connection, token: str) -> None:
    """Undo the deletion of a message, or of a whole branch; raises `GoneError`."""
    branch = db.execute("SELECT message_id FROM deletion WHERE branch_id = ?", (token,)).fetchall()
    for (message_id,) in branch:
        db.execute("UPDATE message SET deleted_at = NULL WHERE id = ?", (message_id,))
        if message_id != token:
            db.execute("DELETE FROM deletion WHERE message_id = ?", (message_id,))
    tree.restore(db, token)


def _fork(db: sqlite3.Connection, message_id: str, now: float) -> Conversation:
    last = tree.shown(db, message_id)
    old = conversations.get(db, last["conversation_id"])
    new = conversations.create(
        db,
        {
            "title": f"{old.title} (fork)" if old.title else "",
            "title_by_user": int(old.title_by_user),
            "model": old.model,
            "system_prompt": old.system_prompt,
            "folder_id": old.folder_id,
            "mark": old.mark,
            "forked_from": old.id,
        },
        now,
    )
    db.execute(
        "INSERT INTO tag (conversation_id, name) SELECT ?, name FROM tag WHERE conversation_id = ?",
        (new.id, old.id),
    )
    copy_manner(db, old.id, new.id)
    parent: str | None = None
    for row in tree.walked(db, message_id):
        copy = tree.new_id()
        db.execute(
            f"INSERT INTO message (id, conversation_id, parent_id, state, {_COPIED}) "  # noqa: S608
            f"SELECT ?, ?, ?, iif(state = 'streaming', 'stopped', state), {_COPIED} "
            "FROM message WHERE id = ?",
            (copy, new.id, parent, row["id"]),
        )
        attachments.copy(db, row["id"], copy)
        parent = copy
    tree.move_leaf(db, new.id, parent)
    return replace(conversations.get(db, new.id), leaf_id=parent)
