"""Folders, tags, pins and marks: what a person keeps conversations in order with."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from app.core.errors import AppError, ErrorCode
from app.core.word_list import word_list
from app.store import attachments, conversations, marks, tree
from app.store.database import Database
from app.store.errors import GoneError
from app.store.rows import folder_of, writable
from app.store.sqlite import sqlite3
from app.store.trash import Trash
from app.store.values import DEPTH, Conversation, Folder, Mark

_LONGEST_NAME = 200


class Folders:
    """The folders of a history, two levels deep. Blocking; may raise `AppError`."""

    def __init__(self, database: Database, clock: Callable[[], float], trash: Trash) -> None:
        self._db = database
        self._clock = clock
        self._trash = trash

    def all(self) -> list[Folder]:
        """Every folder in the order of the names, with the number of its conversations."""
        with self._db.read() as db:
            rows = db.execute(
                "SELECT f.*, (SELECT count(*) FROM conversation AS c WHERE c.folder_id = f.id "
                "AND c.deleted_at IS NULL) AS conversations FROM folder AS f "
                "ORDER BY name COLLATE NOCASE, created_at"
            )
            return [folder_of(row) for row in rows]

    def get(self, folder_id: str) -> Folder:
        """One folder."""
        with self._db.read() as db:
            return _folder(db, folder_id)

    def create(self, name: str, parent_id: str | None = None) -> Folder:
        """A new folder, inside of one that is not itself inside of another."""
        values = {
            "id": tree.new_id(),
            "parent_id": parent_id,
            "created_at": self._clock(),
            "name": _name(name, "folder"),
        }
        with self._db.write() as db:
            if parent_id is not None and _folder(db, parent_id).parent_id is not None:
                raise AppError(
                    "A folder inside of a folder cannot hold another one.",
                    "Make the new folder one level higher.",
                    code=ErrorCode.USAGE,
                )
            db.execute(
                "INSERT INTO folder (id, parent_id, created_at, name) "
                "VALUES (:id, :parent_id, :created_at, :name)",
                values,
            )
            return _folder(db, str(values["id"]))

    def rename(self, folder_id: str, name: str) -> Folder:
        """Give a folder another name."""
        return self._change(folder_id, "name", _name(name, "folder"))

    def set_system_prompt(self, folder_id: str, prompt: str | None) -> Folder:
        """What models are told in this folder's conversations that have no prompt of their own."""
        return self._change(folder_id, "system_prompt", writable(prompt) if prompt else None)

    def set_words(self, folder_id: str, words: Iterable[str]) -> Folder:
        """What is replaced in this folder's conversations before anything of them leaves."""
        return self._change(folder_id, "words", "\n".join(word_list(map(writable, words))))

    def set_mark(self, folder_id: str, mark: Mark) -> Folder:
        """Mark a folder, all that is in it and all that was made from that.

        Taking the mark away lets go of the folder alone: its conversations keep theirs. Raises
        `AppError` where the folder around it is marked.
        """
        with self._db.write() as db:
            parent_id = _folder(db, folder_id).parent_id
            if mark is Mark.NONE and marks.of_folder(db, parent_id) is not Mark.NONE:
                raise _held_by_folder()
            db.execute("UPDATE folder SET mark = ? WHERE id = ?", (mark, folder_id))
            if mark is not Mark.NONE:
                marks.spread(db, marks.marked_among(db, folder_id))
            return _folder(db, folder_id)

    def around(self, conversation: Conversation) -> Folder | None:
        """The folder that a conversation is in."""
        if conversation.folder_id is None:
            return None
        with self._db.read() as db:
            return _folder(db, conversation.folder_id)

    def instructing(self, conversation: Conversation) -> Folder | None:
        """The nearest of the folders around a conversation that has instructions for it."""
        around = self._from(conversation.folder_id)
        return next((one for one in around if one.system_prompt is not None), None)

    def prompt_for(self, conversation: Conversation) -> str | None:
        """The instructions of the folder that a conversation is in, or of the one around it."""
        folder = self.instructing(conversation)
        return folder.system_prompt if folder is not None else None

    def words_for(self, conversation: Conversation) -> tuple[str, ...]:
        """What is replaced in a conversation before anything of it leaves."""
        return self.words_in(conversation.folder_id)

    def words_in(self, folder_id: str | None) -> tuple[str, ...]:
        """What is replaced in a folder's conversations: its words and those of the one around."""
        words = (word for folder in self._from(folder_id) for word in folder.words)
        return tuple(dict.fromkeys(words))

    def delete(self, folder_id: str) -> None:
        """Erase a folder and those inside of it, in every copy too.

        Their conversations stay, in no folder.
        """
        with self._db.read() as db:
            _folder(db, folder_id)
            inside = db.execute("SELECT id FROM folder WHERE parent_id = ?", (folder_id,))
            ids = [row["id"] for row in inside]
        self._trash.erase_rows("folder", *ids, folder_id)

    def put(self, conversation_ids: Iterable[str], folder_id: str | None) -> None:
        """Move conversations into a folder, or with None out of any."""
        with self._db.write() as db:
            if folder_id is not None:
                _folder(db, folder_id)
            for conversation_id in conversation_ids:
                conversations.change(db, conversation_id, folder_id=folder_id)
                if marks.of_folder(db, folder_id) is not Mark.NONE:
                    marks.spread(db, [conversation_id])

    def _from(self, folder_id: str | None) -> list[Folder]:
        """A folder and the one around it, the inner one first."""
        found: list[Folder] = []
        with self._db.read() as db:
            while folder_id is not None and len(found) < DEPTH:
                found.append(_folder(db, folder_id))
                folder_id = found[-1].parent_id
        return found

    def _change(self, folder_id: str, column: str, value: str | None) -> Folder:
        with self._db.write() as db:
            _folder(db, folder_id)
            db.execute(
                f"UPDATE folder SET {column} = ? WHERE id = ?",  # noqa: S608
                (value, folder_id),
            )
            return _folder(db, folder_id)


class Labels:
    """Tags, pins and marks of conversations. Blocking; may raise `AppError`."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def tags(self) -> dict[str, int]:
        """Every tag in use with the number of its conversations, in the order of the names."""
        with self._db.read() as db:
            rows = db.execute(
                "SELECT name, count(*) FROM tag JOIN conversation AS c ON c.id = conversation_id "
                "WHERE c.deleted_at IS NULL GROUP BY name ORDER BY name COLLATE NOCASE"
            )
            return {str(name): int(count) for name, count in rows}

    def set_tags(self, conversation_id: str, tags: Iterable[str]) -> Conversation:
        """Give a conversation exactly these tags."""
        with self._db.write() as db:
            conversations.get(db, conversation_id)
            set_tags(db, conversation_id, tags)
            return conversations.get(db, conversation_id)

    def pin(self, conversation_id: str, *, pinned: bool = True) -> Conversation:
        """Keep a conversation at the top of the list, or no longer."""
        with self._db.write() as db:
            conversations.change(db, conversation_id, pinned=int(pinned))
            return conversations.get(db, conversation_id)

    def mark(self, conversation_id: str, mark: Mark) -> Conversation:
        """Mark a conversation and all that was forked from it; what it was forked from is not.

        Taking the mark away lets go of this conversation alone. Raises `AppError` where the
        folder around it is marked, or a file in it.
        """
        with self._db.write() as db:
            folder_id = conversations.get(db, conversation_id).folder_id
            if mark is Mark.NONE and marks.of_folder(db, folder_id) is not Mark.NONE:
                raise _held_by_folder()
            if mark is Mark.NONE and attachments.hold_mark(db, conversation_id):
                raise _held_by_file()
            conversations.change(db, conversation_id, mark=mark)
            if mark is not Mark.NONE:
                marks.spread(db, [conversation_id])
            return conversations.get(db, conversation_id)


def set_tags(db: sqlite3.Connection, conversation_id: str, tags: Iterable[str]) -> None:
    """Replace the tags of a conversation; empty ones are left out."""
    names = {_name(tag, "tag") for tag in tags if tag.strip()}
    db.execute("DELETE FROM tag WHERE conversation_id = ?", (conversation_id,))
    db.executemany(
        "INSERT INTO tag (conversation_id, name) VALUES (?, ?)",
        [(conversation_id, name) for name in sorted(names)],
    )


def _name(name: str, thing: str) -> str:
    """`name` on one line; raises `AppError` where nothing is left of it, or too much."""
    plain = " ".join("".join(c if c.isprintable() else " " for c in writable(name)).split())
    if not plain or len(plain) > _LONGEST_NAME:
        raise AppError(
            f"This is no name for a {thing}.",
            f"Choose one of 1 to {_LONGEST_NAME} characters.",
            code=ErrorCode.USAGE,
        )
    return plain


def _held_by_folder() -> AppError:
    return AppError(
        "The folder around it is confidential, and so is everything in it.",
        "Move it out of the folder first, or take the folder's mark away.",
        code=ErrorCode.USAGE,
    )


def _held_by_file() -> AppError:
    return AppError(
        "A file in this chat is confidential, and so is everything made from it.",
        "Delete the message with the file first, from the trash as well.",
        code=ErrorCode.USAGE,
    )


def _folder(db: sqlite3.Connection, folder_id: str) -> Folder:
    row = db.execute(
        "SELECT *, (SELECT count(*) FROM conversation WHERE folder_id = folder.id "
        "AND deleted_at IS NULL) AS conversations FROM folder WHERE id = ?",
        (folder_id,),
    ).fetchone()
    if row is None:
        raise GoneError("folder")
    return folder_of(row)
