"""Conversations as rows: listed by their last use, renamed, deleted and restored."""

from __future__ import annotations

from dataclasses import replace

from app.store import tree
from app.store.errors import GoneError
from app.store.filters import EVERYTHING, Filters, Sort
from app.store.rows import conversation_of, writable
from app.store.sqlite import sqlite3
from app.store.values import Conversation

_AGREED = "agreed-hosts:"
NEW_DRAFT = "draft.new"


_WITH_TAGS = (
    "SELECT id, title, title_by_user, created_at, updated_at, model, draft, system_prompt, "
    "leaf_id, folder_id, pinned, mark, deleted_at, "
    "(SELECT group_concat(name, char(31)) FROM tag WHERE conversation_id = c.id) AS tags "
    "FROM conversation AS c "
)
_ORDER = {
    # Imported ones share the place in the list of what was used before them.
    Sort.ACTIVITY: "activity DESC, updated_at DESC",
    Sort.CREATED: "seq DESC",
    Sort.TITLE: "title COLLATE NOCASE, activity DESC",
}


def listed(
    db: sqlite3.Connection,
    limit: int,
    offset: int,
    filters: Filters = EVERYTHING,
    sort: Sort = Sort.ACTIVITY,
) -> list[Conversation]:
    """The conversations that `filters` let through, in the order of `sort`."""
    where = filters.of_conversations() + filters.of_times("c.updated_at")
    rows = db.execute(
        f"{_WITH_TAGS} WHERE deleted_at IS NULL {where} "
        f"ORDER BY {_ORDER[sort]} LIMIT :limit OFFSET :offset",
        {**filters.values(), "limit": limit, "offset": offset},
    )
    return [conversation_of(row) for row in rows]


def get(db: sqlite3.Connection, conversation_id: str) -> Conversation:
    """One conversation that is not deleted; raises `GoneError`."""
    row = db.execute(
        f"{_WITH_TAGS} WHERE id = ? AND deleted_at IS NULL", (conversation_id,)
    ).fetchone()
    if row is None:
        raise GoneError("conversation")
    return replace(conversation_of(row), leaf_id=tree.leaf(db, conversation_id))


def deleted(db: sqlite3.Connection) -> list[Conversation]:
    """The conversations in the trash, the last deleted first."""
    rows = db.execute(
        f"{_WITH_TAGS} WHERE deleted_at IS NOT NULL ORDER BY deleted_at DESC, activity DESC"
    )
    return [conversation_of(row) for row in rows]


def create(db: sqlite3.Connection, values: dict[str, object], now: float) -> Conversation:
    """A new conversation, which then is the first of the list."""
    values = {
        "id": tree.new_id(),
        "activity": _next_activity(db),
        "created_at": now,
        "updated_at": now,
        **values,
    }
    names, marks = ", ".join(values), ", ".join(f":{name}" for name in values)
    db.execute(f"INSERT INTO conversation ({names}) VALUES ({marks})", values)  # noqa: S608
    return get(db, str(values["id"]))


def change(db: sqlite3.Connection, conversation_id: str, **values: object) -> None:
    """Write columns of a conversation that is not deleted; raises `GoneError`."""
    settings = ", ".join(f"{name} = :{name}" for name in values)
    done = db.execute(
        f"UPDATE conversation SET {settings} WHERE id = :id AND deleted_at IS NULL",  # noqa: S608
        {"id": conversation_id, **values},
    )
    if not done.rowcount:
        raise GoneError("conversation")


def touch(db: sqlite3.Connection, conversation_id: str, now: float) -> None:
    """Make a conversation the one used last."""
    db.execute(
        "UPDATE conversation SET activity = ?, updated_at = ? WHERE id = ?",
        (_next_activity(db), now, conversation_id),
    )


def mark_deleted(db: sqlite3.Connection, conversation_id: str, at: float | None) -> None:
    """Delete (or with None restore) a conversation; raises `GoneError`."""
    done = db.execute("UPDATE conversation SET deleted_at = ? WHERE id = ?", (at, conversation_id))
    if not done.rowcount:
        raise GoneError("conversation")


def draft(db: sqlite3.Connection, conversation_id: str | None) -> str:
    """What stands in the composer of a conversation, or of the one not yet begun."""
    if conversation_id is not None:
        return get(db, conversation_id).draft
    row = db.execute("SELECT value FROM state WHERE key = ?", (NEW_DRAFT,)).fetchone()
    return str(row["value"]) if row else ""


def save_draft(db: sqlite3.Connection, conversation_id: str | None, text: str) -> None:
    """Keep what stands in the composer."""
    if conversation_id is not None:
        change(db, conversation_id, draft=writable(text))
    elif text:
        db.execute(
            "INSERT OR REPLACE INTO state (key, value) VALUES (?, ?)", (NEW_DRAFT, writable(text))
        )
    else:
        db.execute("DELETE FROM state WHERE key = ?", (NEW_DRAFT,))


def _next_activity(db: sqlite3.Connection) -> int:
    (last,) = db.execute("SELECT max(activity) FROM conversation").fetchone()
    return (last or 0) + 1


def agreed_hosts(db: sqlite3.Connection, conversation_id: str) -> frozenset[str]:
    """The hosts to which the person agreed to send this conversation."""
    key = _AGREED + conversation_id
    row = db.execute("SELECT value FROM state WHERE key = ?", (key,)).fetchone()
    return frozenset() if row is None else frozenset(str(row["value"]).split())


def agree(db: sqlite3.Connection, conversation_id: str, host: str) -> None:
    """Remember that the person agreed; what erased conversations left is swept out."""
    get(db, conversation_id)
    hosts = " ".join(sorted({*agreed_hosts(db, conversation_id), host}))
    db.execute(
        "INSERT OR REPLACE INTO state (key, value) VALUES (?, ?)",
        (_AGREED + conversation_id, hosts),
    )
    db.execute(
        "DELETE FROM state WHERE substr(key, 1, ?) = ? "
        "AND substr(key, ? + 1) NOT IN (SELECT id FROM conversation)",
        (len(_AGREED), _AGREED, len(_AGREED)),
    )
