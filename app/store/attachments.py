"""The text files in front of questions, and those that wait in the composer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from app.core.draft import TextFile
from app.store import conversations, tree
from app.store.database import Database
from app.store.rows import writable
from app.store.sqlite import sqlite3
from app.store.values import Attachment, Mark


class Attachments:
    """The files of a history. Blocking; may raise `AppError`."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def note(self, message_id: str, files: Iterable[TextFile]) -> None:
        """Say which files the text of a question begins with (see `core.draft.Draft.whole`).

        A confidential one marks the conversation, for as long as the message is there.
        """
        noted = [
            Attachment(name=file.name, characters=len(file.block), mark=_mark_of(file))
            for file in files
        ]
        with self._db.write() as db:
            insert(db, message_id, noted)

    def on_path(self, conversation_id: str) -> list[Attachment]:
        """The files in front of all questions of the shown path."""
        with self._db.read() as db:
            last = conversations.get(db, conversation_id).leaf_id
            ids = [row["id"] for row in tree.walked(db, last)]
            return [one for found in tree.attachments(db, ids).values() for one in found]

    def draft(self, conversation_id: str | None) -> tuple[TextFile, ...]:
        """The files that wait in the composer; None means the chat that is not yet begun."""
        with self._db.read() as db:
            rows = db.execute(
                "SELECT name, text, mark FROM draft_file WHERE conversation_id IS ? ORDER BY place",
                (conversation_id,),
            )
            return tuple(
                TextFile(row["name"], row["text"], row["mark"] != Mark.NONE) for row in rows
            )

    def save_draft(self, conversation_id: str | None, files: Sequence[TextFile]) -> None:
        """Keep the files that wait in the composer."""
        rows = [
            (conversation_id, place, writable(file.name), _mark_of(file), writable(file.text))
            for place, file in enumerate(files)
        ]
        with self._db.write() as db:
            db.execute("DELETE FROM draft_file WHERE conversation_id IS ?", (conversation_id,))
            db.executemany(
                "INSERT INTO draft_file (conversation_id, place, name, mark, text) "
                "VALUES (?, ?, ?, ?, ?)",
                rows,
            )


def insert(db: sqlite3.Connection, message_id: str, files: Iterable[Attachment]) -> None:
    """Write what a message has in front of its words."""
    db.executemany(
        "INSERT INTO attachment (message_id, place, name, characters, mark) VALUES (?, ?, ?, ?, ?)",
        [
            (message_id, place, writable(one.name), one.characters, one.mark)
            for place, one in enumerate(files)
        ],
    )


def copy(db: sqlite3.Connection, old_id: str, new_id: str) -> None:
    """Give a copy of a message the files of the first one."""
    db.execute(
        "INSERT INTO attachment (message_id, place, name, characters, mark) "
        "SELECT ?, place, name, characters, mark FROM attachment WHERE message_id = ?",
        (new_id, old_id),
    )


def hold_mark(db: sqlite3.Connection, conversation_id: str) -> bool:
    """Whether a confidential file keeps a conversation confidential."""
    row = db.execute(
        "SELECT * FROM message AS m JOIN attachment AS a ON a.message_id = m.id "
        "WHERE m.conversation_id = ? AND a.mark != '' LIMIT 1",
        (conversation_id,),
    ).fetchone()
    return row is not None


def _mark_of(file: TextFile) -> Mark:
    return Mark.CONFIDENTIAL if file.is_confidential else Mark.NONE
