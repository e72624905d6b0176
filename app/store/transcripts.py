"""Whole conversations as values: taken out for an export, put in by an import."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from app.store import attachments, conversations, tree
from app.store.database import Database
from app.store.folders import set_tags
from app.store.rows import columns_of, message_of, to_json, writable
from app.store.sqlite import sqlite3
from app.store.values import Conversation, StoredMessage

_ID = re.compile(r"[0-9a-f]{32}")
_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """A conversation with all messages of all branches, parents before children.

    `folder` names the folders around it from the outside in. `source` and `source_id` say
    where it was imported from ("" and None for one of this program's own); `choices` belong
    to `messages`, and are higher the later one was on the shown path. The ids of messages
    need only differ within the transcript, unless `is_own` says that this program gave them.
    """

    conversation: Conversation
    messages: tuple[StoredMessage, ...]
    folder: tuple[str, ...] = ()
    source: str = ""
    source_id: str | None = None
    choices: tuple[int, ...] = ()
    is_own: bool = False


class Added(StrEnum):
    """What became of a transcript: it is new, was there already, or lies in the trash."""

    NEW = "new"
    KNOWN = "known"
    IN_TRASH = "in-trash"


class Transcripts:
    """Reads and adds whole conversations. Blocking; may raise `AppError`."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def ids(self) -> list[str]:
        """The ids of all conversations that are not deleted, the oldest first."""
        with self._db.read() as db:
            rows = db.execute("SELECT id FROM conversation WHERE deleted_at IS NULL ORDER BY seq")
            return [row["id"] for row in rows]

    def read(self, conversation_id: str) -> Transcript:
        """One conversation without what was deleted of it; raises `GoneError`."""
        with self._db.read() as db:
            conversation = conversations.get(db, conversation_id)
            row = db.execute(
                "SELECT source, source_id FROM conversation WHERE id = ?", (conversation_id,)
            ).fetchone()
            messages, choices = _messages(db, conversation_id)
            return Transcript(
                conversation=conversation,
                messages=messages,
                choices=choices,
                folder=_folder_names(db, conversation.folder_id),
                source=row["source"],
                source_id=row["source_id"],
                is_own=True,
            )

    def add(self, transcript: Transcript) -> Added:
        """Put a conversation in, all of it or nothing, and only if it is not there yet.

        In the list it stands where its time of last use puts it.
        """
        with self._db.write() as db:
            if (known := _known(db, transcript)) is not None:
                return known
            _add(db, transcript)
            return Added.NEW


def _known(db: sqlite3.Connection, transcript: Transcript) -> Added | None:
    own_id = transcript.conversation.id if transcript.is_own else None
    row = db.execute(
        "SELECT deleted_at FROM conversation WHERE id = ? OR (source = ? AND source_id = ?)",
        (own_id, writable(transcript.source), writable(transcript.source_id or "") or None),
    ).fetchone()
    if row is None:
        return None
    return Added.KNOWN if row["deleted_at"] is None else Added.IN_TRASH


def _add(db: sqlite3.Connection, transcript: Transcript) -> None:
    given = transcript.conversation
    ids = _new_ids(db, transcript)
    new_id = given.id if transcript.is_own and _ID.fullmatch(given.id) else tree.new_id()
    conversations.create(
        db,
        {
            "id": new_id,
            "activity": _activity_at(db, given.updated_at),
            "created_at": given.created_at,
            "updated_at": given.updated_at,
            "title": writable(given.title),
            "title_by_user": int(given.title_by_user),
            "model": writable(given.model),
            "system_prompt": None if given.system_prompt is None else writable(given.system_prompt),
            "folder_id": _folder_of_names(db, transcript.folder, given.created_at),
            "pinned": int(given.pinned),
            "mark": given.mark,
            "source": writable(transcript.source),
            "source_id": writable(transcript.source_id) if transcript.source_id else None,
        },
        given.created_at,
    )
    set_tags(db, new_id, [" ".join(tag.split())[:_LONGEST_NAME] for tag in given.tags])
    choices = transcript.choices or (0,) * len(transcript.messages)
    for message, chosen in zip(transcript.messages, choices, strict=True):
        _insert(db, message, new_id, ids, chosen)
    leaf = ids.get(given.leaf_id or "") or next(reversed(ids.values()), None)
    if transcript.choices:
        db.execute(
            "UPDATE conversation SET leaf_id = ?, choices = ? WHERE id = ?",
            (leaf, max(choices, default=0), new_id),
        )
    else:
        tree.move_leaf(db, new_id, leaf)


def _insert(
    db: sqlite3.Connection,
    message: StoredMessage,
    conversation_id: str,
    ids: dict[str, str],
    chosen: int,
) -> None:
    values: dict[str, object] = {
        "id": ids[message.id],
        "conversation_id": conversation_id,
        "parent_id": ids.get(message.parent_id or ""),
        "chosen": chosen,
        "role": message.role,
        "state": message.state,
        "created_at": message.created_at,
        "usage": to_json(message.usage),
        "context": to_json(message.context),
        **columns_of(message.provenance),
    }
    for name in ("provider", "model", "device", "error", "text", "reasoning"):
        values[name] = writable(getattr(message, name))
    names, marks = ", ".join(values), ", ".join(f":{name}" for name in values)
    db.execute(f"INSERT INTO message ({names}) VALUES ({marks})", values)  # noqa: S608
    attachments.insert(db, ids[message.id], message.attachments)


def _new_ids(db: sqlite3.Connection, transcript: Transcript) -> dict[str, str]:
    """The ids under which the messages are kept: their own ones where those are free."""
    given = [message.id for message in transcript.messages]
    are_ours = transcript.is_own and all(_ID.fullmatch(one) for one in given)
    if are_ours and not any(tree.raw(db, one) for one in given):
        return {one: one for one in given}
    return {one: tree.new_id() for one in given}


def _activity_at(db: sqlite3.Connection, at: float) -> int:
    """The place in the list behind what was used later, as far as that is in order."""
    row = db.execute(
        "SELECT activity FROM conversation WHERE updated_at <= ? ORDER BY activity DESC LIMIT 1",
        (at,),
    ).fetchone()
    return int(row["activity"]) if row else 0


def _messages(
    db: sqlite3.Connection, conversation_id: str
) -> tuple[tuple[StoredMessage, ...], tuple[int, ...]]:
    rows = db.execute(
        "SELECT * FROM message WHERE conversation_id = ? ORDER BY seq", (conversation_id,)
    ).fetchall()
    files = tree.attachments(db, [row["id"] for row in rows])
    parents: dict[str, str | None] = {}
    kept: list[StoredMessage] = []
    choices: list[int] = []
    gone: set[str] = set()
    for row in rows:
        parent = row["parent_id"]
        # A child comes after its parent, so a deleted parent's own one is known by now.
        parents[row["id"]] = parents.get(parent) if parent in gone else parent
        if row["deleted_at"] is not None:
            gone.add(row["id"])
        else:
            attached = tuple(files.get(row["id"], ()))
            kept.append(message_of(row, parents[row["id"]], (), attached))
            choices.append(row["chosen"])
    return tuple(kept), tuple(choices)


def _folder_names(db: sqlite3.Connection, folder_id: str | None) -> tuple[str, ...]:
    names: list[str] = []
    while folder_id is not None and len(names) < 2:
        row = db.execute("SELECT * FROM folder WHERE id = ?", (folder_id,)).fetchone()
        if row is None:
            break
        names.insert(0, row["name"])
        folder_id = row["parent_id"]
    return tuple(names)


def _folder_of_names(db: sqlite3.Connection, names: tuple[str, ...], now: float) -> str | None:
    """The folder of these names, made where there is none."""
    found: str | None = None
    for given in names[:2]:
        name = " ".join(writable(given).split())[:_LONGEST_NAME]
        if not name:
            break
        row = db.execute(
            "SELECT id FROM folder WHERE name = ? AND parent_id IS ?", (name, found)
        ).fetchone()
        if row is None:
            new = tree.new_id()
            db.execute(
                "INSERT INTO folder (id, parent_id, created_at, name) VALUES (?, ?, ?, ?)",
                (new, found, now, name),
            )
            found = new
        else:
            found = row["id"]
    return found
