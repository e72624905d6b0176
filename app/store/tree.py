"""The tree of messages: walking, growing, deleting and restoring.

A deleted message stays in its place until it is purged; every walk passes through it, so
that its children hang on what comes before it, and restoring it is exact. A child's `seq`
is always higher than its parent's, which ends every walk even in a damaged file.
"""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Iterable, Iterator, Sequence

from app.core.messages import Message, Role
from app.store.errors import GoneError, is_damage
from app.store.rows import UNREADABLE, Row, message_of
from app.store.sqlite import sqlite3
from app.store.values import Attachment, Mark, StoredMessage

_CHUNK = 500

_WALK = """
WITH RECURSIVE walk (seq, parent_id, is_shown, found) AS (
    SELECT seq, parent_id, deleted_at IS NULL, deleted_at IS NULL
    FROM message WHERE id = :start
    UNION ALL
    SELECT m.seq, m.parent_id, m.deleted_at IS NULL, walk.found + (m.deleted_at IS NULL)
    FROM walk JOIN message AS m ON m.id = walk.parent_id
    WHERE m.seq < walk.seq AND walk.found < :wanted
)
"""
_REACH = """
WITH RECURSIVE reach (top, id, seq, chosen, is_gone) AS (
    SELECT ifnull(parent_id, ''), id, seq, chosen, deleted_at IS NOT NULL
    FROM {place}
    UNION ALL
    SELECT reach.top, m.id, m.seq, m.chosen, m.deleted_at IS NOT NULL
    FROM reach JOIN message AS m ON m.parent_id = reach.id
    WHERE reach.is_gone AND m.seq > reach.seq
)
SELECT top, id, seq, chosen FROM reach WHERE NOT is_gone ORDER BY seq
"""
# Down the branch shown last, as far as nothing on it is deleted: in one statement, because a
# branch may be long.
_DESCENT = """
WITH RECURSIVE descent (id, seq) AS (
    SELECT id, seq FROM message WHERE id = ?
    UNION ALL
    SELECT m.id, m.seq FROM descent JOIN message AS m ON m.id = (
        SELECT id FROM message AS child WHERE child.parent_id = descent.id
        ORDER BY child.chosen DESC, child.seq DESC LIMIT 1
    )
    WHERE m.seq > descent.seq AND m.deleted_at IS NULL
)
SELECT id, seq FROM descent ORDER BY seq DESC LIMIT 1
"""
_ALL = 2**62


def new_id() -> str:
    """An id that says nothing about what it names."""
    return secrets.token_hex(16)


def raw(db: sqlite3.Connection, message_id: str | None) -> sqlite3.Row | None:
    """The row of a message, deleted or not."""
    found: sqlite3.Row | None = db.execute(
        "SELECT * FROM message WHERE id = ?", (message_id,)
    ).fetchone()
    return found


def shown(db: sqlite3.Connection, message_id: str | None) -> sqlite3.Row:
    """The row of a message that is not deleted; raises `GoneError`."""
    row = raw(db, message_id)
    if row is None or row["deleted_at"] is not None:
        raise GoneError("message")
    return row


def parent_of(db: sqlite3.Connection, row: sqlite3.Row) -> str | None:
    """The message that `row` follows, deleted ones left out."""
    found = db.execute(
        f"{_WALK} SELECT m.id FROM walk JOIN message AS m ON m.seq = walk.seq "  # noqa: S608
        "WHERE walk.is_shown ORDER BY walk.seq LIMIT 1",
        {"start": row["parent_id"], "wanted": 1},
    ).fetchone()
    return found["id"] if found else None


def message(db: sqlite3.Connection, message_id: str) -> StoredMessage:
    """One message at its place; raises `GoneError`."""
    row = shown(db, message_id)
    return _placed(db, row["conversation_id"], [row], parent_of(db, row))[0]


def page(
    db: sqlite3.Connection, conversation_id: str, last_id: str | None, limit: int | None
) -> list[StoredMessage]:
    """The messages up to and with `last_id`, oldest first, at most `limit` of them."""
    # One more than asked for: it is what the first one follows.
    wanted = _ALL if limit is None else limit + 1
    values: dict[str, object] = {"start": last_id, "wanted": wanted}
    try:
        rows: list[Row] = db.execute(
            f"{_WALK} SELECT m.* FROM walk JOIN message AS m ON m.seq = walk.seq "  # noqa: S608
            "WHERE walk.is_shown ORDER BY walk.seq",
            values,
        ).fetchall()
    except sqlite3.DatabaseError as error:
        if not is_damage(error):
            raise
        rows = _one_by_one(db, values)
    before = rows.pop(0)["id"] if limit is not None and len(rows) > limit else None
    return _placed(db, conversation_id, rows, before)


def walked(db: sqlite3.Connection, last_id: str | None) -> list[sqlite3.Row]:
    """Id and time of all messages up to and with `last_id`, oldest first; no texts are read."""
    return db.execute(
        f"{_WALK} SELECT m.id, m.created_at FROM walk JOIN message AS m ON m.seq = walk.seq "  # noqa: S608
        "WHERE walk.is_shown ORDER BY walk.seq",
        {"start": last_id, "wanted": _ALL},
    ).fetchall()


def spoken(
    db: sqlite3.Connection, last_id: str | None, characters: int
) -> tuple[list[Message], int]:
    """What was said up to and with `last_id`, empty messages aside, and how many older ones
    were left out because all together have more than `characters`.
    """
    rows = db.execute(
        f"{_WALK} SELECT m.role, m.text FROM walk JOIN message AS m ON m.seq = walk.seq "  # noqa: S608
        "WHERE walk.is_shown ORDER BY walk.seq DESC",
        {"start": last_id, "wanted": _ALL},
    )
    said: list[Message] = []
    left_out = 0
    for role, text in rows:
        if role not in set(Role) or not isinstance(text, str) or not text.strip():
            continue
        characters -= len(text)
        if said and characters < 0:
            left_out += 1
        else:
            said.append(Message(Role(role), text))
    said.reverse()
    return said, left_out


def attachments(db: sqlite3.Connection, ids: Sequence[str]) -> dict[str, list[Attachment]]:
    """The files in front of these messages, for those that have any."""
    found: dict[str, list[Attachment]] = {}
    for start in range(0, len(ids), _CHUNK):
        chunk = ids[start : start + _CHUNK]
        rows = db.execute(
            "SELECT message_id, name, characters, mark FROM attachment "  # noqa: S608
            f"WHERE message_id IN ({', '.join('?' * len(chunk))}) ORDER BY message_id, place",
            chunk,
        )
        for message_id, name, characters, mark in rows:
            # A mark that is unknown here may not let go of what it was to hold.
            held = Mark.CONFIDENTIAL if mark != Mark.NONE else Mark.NONE
            one = Attachment(name=name, characters=characters, mark=held)
            found.setdefault(message_id, []).append(one)
    return found


def leaf(db: sqlite3.Connection, conversation_id: str) -> str | None:
    """The end of the shown path; the newest message where the stored end is of no use."""
    found = db.execute(
        "SELECT m.id FROM conversation AS c JOIN message AS m ON m.id = c.leaf_id "
        "WHERE c.id = :id AND m.conversation_id = :id AND m.deleted_at IS NULL "
        "UNION ALL SELECT * FROM (SELECT id FROM message WHERE conversation_id = :id "
        "AND deleted_at IS NULL ORDER BY seq DESC LIMIT 1) LIMIT 1",
        {"id": conversation_id},
    ).fetchone()
    return found["id"] if found else None


def children(
    db: sqlite3.Connection, conversation_id: str, parent_id: str | None
) -> list[StoredMessage]:
    """All messages that follow `parent_id` (None: those at the beginning), oldest first."""
    ids = _followers(db, conversation_id, [parent_id]).get(parent_id or "", [])
    return _placed_at(db, ids, parent_id)


def add(
    db: sqlite3.Connection, conversation_id: str, parent_id: str | None, values: dict[str, object]
) -> str:
    """Hang a new message under `parent_id`, put it on the shown path, and return its id."""
    if parent_id is not None and shown(db, parent_id)["conversation_id"] != conversation_id:
        raise GoneError("message")
    values = {
        "id": new_id(),
        "conversation_id": conversation_id,
        "parent_id": parent_id,
        **values,
    }
    names, marks = ", ".join(values), ", ".join(f":{name}" for name in values)
    db.execute(f"INSERT INTO message ({names}) VALUES ({marks})", values)  # noqa: S608
    move_leaf(db, conversation_id, str(values["id"]))
    return str(values["id"])


def change(db: sqlite3.Connection, message_id: str, values: dict[str, object]) -> None:
    """Write columns of a message."""
    settings = ", ".join(f"{name} = :{name}" for name in values)
    if settings:
        db.execute(
            f"UPDATE message SET {settings} WHERE id = :id",  # noqa: S608
            {"id": message_id, **values},
        )


def move_leaf(db: sqlite3.Connection, conversation_id: str, new: str | None) -> None:
    """Show the path to `new`, and remember the choice at every fork that it takes."""
    (old, choices) = db.execute(
        "SELECT leaf_id, choices + 1 FROM conversation WHERE id = ?", (conversation_id,)
    ).fetchone()
    db.execute(
        "UPDATE conversation SET leaf_id = ?, choices = ? WHERE id = ?",
        (new, choices, conversation_id),
    )
    db.executemany(
        "UPDATE message SET chosen = ? WHERE seq = ?",
        [(choices, seq) for seq in _branch(db, old, new)],
    )


def leaf_below(db: sqlite3.Connection, conversation_id: str, start: str) -> str:
    """The end of the branch of `start` that was shown last."""
    current = shown(db, start)
    while True:
        current = db.execute(_DESCENT, (current["id"],)).fetchone()
        found = _follower_rows(db, conversation_id, [current["id"]])
        below = [row for row in found if row["seq"] > current["seq"]]
        if not below:
            return str(current["id"])
        current = max(below, key=lambda row: row["chosen"])


def delete(db: sqlite3.Connection, message_id: str, now: float) -> None:
    """Take a message out; what follows it hangs on what comes before it from now on."""
    row = shown(db, message_id)
    conversation_id = row["conversation_id"]
    parent_id = parent_of(db, row)
    end = leaf(db, conversation_id)
    siblings = _followers(db, conversation_id, [parent_id]).get(parent_id or "", [])
    db.execute("UPDATE message SET deleted_at = ? WHERE id = ?", (now, message_id))
    after = end
    if end == message_id:
        place = siblings.index(message_id)
        neighbours = siblings[:place][-1:] or siblings[place + 1 : place + 2]
        # The other answer to the same question, where there is one: nothing gets out of reach.
        after = leaf_below(db, conversation_id, neighbours[0]) if neighbours else parent_id
        move_leaf(db, conversation_id, after)
    db.execute(
        "INSERT OR REPLACE INTO deletion (message_id, leaf_before, leaf_after) VALUES (?, ?, ?)",
        (message_id, end, after),
    )


def restore(db: sqlite3.Connection, message_id: str) -> None:
    """Put a deleted message back, and show what was shown before if nothing moved since."""
    row = raw(db, message_id)
    undo = db.execute("SELECT * FROM deletion WHERE message_id = ?", (message_id,)).fetchone()
    if row is None or undo is None:
        raise GoneError("message")
    db.execute("UPDATE message SET deleted_at = NULL WHERE id = ?", (message_id,))
    db.execute("DELETE FROM deletion WHERE message_id = ?", (message_id,))
    (end,) = db.execute(
        "SELECT leaf_id FROM conversation WHERE id = ?", (row["conversation_id"],)
    ).fetchone()
    before = raw(db, undo["leaf_before"])
    if end == undo["leaf_after"] and before is not None and before["deleted_at"] is None:
        move_leaf(db, row["conversation_id"], before["id"])
    elif end == parent_of(db, row):  # undone out of order: still not to be out of sight
        move_leaf(db, row["conversation_id"], leaf_below(db, row["conversation_id"], message_id))


def _one_by_one(db: sqlite3.Connection, values: dict[str, object]) -> list[Row]:
    """The rows of a path of which some cannot be read as a whole: of those, what can be."""
    seqs = db.execute(
        f"{_WALK} SELECT seq FROM walk WHERE is_shown ORDER BY seq",  # noqa: S608
        values,
    ).fetchall()
    return [_what_is_left(db, row["seq"]) for row in seqs]


def _what_is_left(db: sqlite3.Connection, seq: int) -> Row:
    """One row without the columns that a broken page keeps."""
    with contextlib.suppress(sqlite3.DatabaseError):
        whole: sqlite3.Row = db.execute("SELECT * FROM message WHERE seq = ?", (seq,)).fetchone()
        return whole
    names = [row["name"] for row in db.execute("PRAGMA table_info (message)")]
    found: dict[str, object] = {}
    for name in names:
        try:
            (found[name],) = db.execute(
                f"SELECT {name} FROM message WHERE seq = ?",  # noqa: S608
                (seq,),
            ).fetchone()
        except sqlite3.DatabaseError:
            found[name] = UNREADABLE
    return found


def _placed(
    db: sqlite3.Connection, conversation_id: str, rows: Sequence[Row], before: str | None
) -> list[StoredMessage]:
    """The messages of a stretch of a path whose first one follows `before`."""
    parents: list[str | None] = [before, *(row["id"] for row in rows)][: len(rows)]
    followers = _followers(db, conversation_id, parents)
    files = attachments(db, [row["id"] for row in rows])
    return [
        message_of(
            row, parent, tuple(followers.get(parent or "", ())), tuple(files.get(row["id"], ()))
        )
        for row, parent in zip(rows, parents, strict=True)
    ]


def _placed_at(
    db: sqlite3.Connection, ids: list[str], parent_id: str | None
) -> list[StoredMessage]:
    files = attachments(db, ids)
    return [
        message_of(shown(db, one), parent_id, tuple(ids), tuple(files.get(one, ()))) for one in ids
    ]


def _followers(
    db: sqlite3.Connection, conversation_id: str, parents: Iterable[str | None]
) -> dict[str, list[str]]:
    """Parent ("" for the beginning) to the ids that follow it, deleted ones passed through."""
    found: dict[str, list[str]] = {}
    for row in _follower_rows(db, conversation_id, parents):
        found.setdefault(row["top"], []).append(row["id"])
    return found


def _follower_rows(
    db: sqlite3.Connection, conversation_id: str, parents: Iterable[str | None]
) -> list[sqlite3.Row]:
    wanted = list(parents)
    rows: list[sqlite3.Row] = []
    if None in wanted:
        # By itself SQLite takes the index over all messages of the conversation.
        place = "message INDEXED BY message_roots WHERE conversation_id = ? AND parent_id IS NULL"
        rows += db.execute(_REACH.format(place=place), (conversation_id,))
    named = [parent for parent in wanted if parent is not None]
    for start in range(0, len(named), _CHUNK):
        chunk = named[start : start + _CHUNK]
        place = f"message WHERE parent_id IN ({', '.join('?' * len(chunk))})"
        rows += db.execute(_REACH.format(place=place), chunk)
    return rows


def _branch(db: sqlite3.Connection, old: str | None, new: str | None) -> Iterator[int]:
    """The `seq` of every message on the way from `new` up to where `old` has its path, too."""
    left, right = _link(db, old), _link(db, new)
    while right is not None and (left is None or left["id"] != right["id"]):
        if left is None or right["seq"] > left["seq"]:
            yield right["seq"]
            right = _above(db, right)
        else:
            left = _above(db, left)


def _above(db: sqlite3.Connection, row: sqlite3.Row) -> sqlite3.Row | None:
    above = _link(db, row["parent_id"])
    return above if above is not None and above["seq"] < row["seq"] else None


def _link(db: sqlite3.Connection, message_id: str | None) -> sqlite3.Row | None:
    found: sqlite3.Row | None = db.execute(
        "SELECT id, seq, parent_id FROM message WHERE id = ?", (message_id,)
    ).fetchone()
    return found
