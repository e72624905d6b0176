"""The trash: what was deleted, until somebody takes it out or its time is over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.core.history_key import Keys
from app.store import conversations, erase, errors, tree
from app.store.connecting import NO_KEYS
from app.store.copies import Copies
from app.store.database import Database
from app.store.rows import message_of
from app.store.sqlite import sqlite3
from app.store.values import Conversation, StoredMessage

DAY_S = 24 * 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class DeletedMessage:
    """A message in the trash: alone, or with `others` that followed it on its branch.

    `token` is what `History.restore_message` takes.
    """

    token: str
    conversation: Conversation
    message: StoredMessage
    deleted_at: float
    others: int


class Trash:
    """Lists and empties the trash of a history. Blocking; may raise `AppError`.

    Restoring is `History.restore_conversation` and `History.restore_message`.
    """

    def __init__(
        self,
        database: Database,
        clock: Callable[[], float],
        copies: Copies,
        keys: Keys = NO_KEYS,
    ) -> None:
        self._keys = keys
        self._db = database
        self._clock = clock
        self._copies = copies

    def conversations(self) -> list[Conversation]:
        """The deleted conversations, the last deleted first."""
        with self._db.read() as db:
            return conversations.deleted(db)

    def messages(self) -> list[DeletedMessage]:
        """Messages deleted out of conversations that are not, the last deleted first."""
        with self._db.read() as db:
            rows = db.execute(
                "SELECT m.*, (SELECT count(*) FROM deletion AS o WHERE o.branch_id = m.id "
                "AND o.message_id != m.id) AS others FROM message AS m "
                "JOIN deletion AS d ON d.message_id = m.id "
                "JOIN conversation AS c ON c.id = m.conversation_id AND c.deleted_at IS NULL "
                "WHERE m.deleted_at IS NOT NULL AND ifnull(d.branch_id, m.id) = m.id "
                "ORDER BY m.deleted_at DESC, m.seq DESC"
            ).fetchall()
            return [_deleted_message(db, row) for row in rows]

    def purge(self, *, older_than_days: float = 0.0) -> int:
        """Erase what has been in the trash for so many days (0: everything), for good.

        Its bytes are gone from the history, the search index and every copy afterwards.
        Returns how many conversations and messages were erased; raises `AppError` where
        traces of them could not be removed.
        """
        until = self._clock() - older_than_days * DAY_S if older_than_days else None
        with self._db.read() as db:
            what = erase.deleted(db, until)
        self._erase(what)
        return len(what)

    def erase_conversation(self, conversation_id: str) -> None:
        """Erase one conversation of the trash now, for good."""
        with self._db.read() as db:
            if conversation_id not in erase.deleted(db).conversations:
                raise errors.GoneError("conversation")
        self._erase(erase.Deleted(conversations=(conversation_id,)))

    def erase_message(self, token: str) -> None:
        """Erase one message of the trash, and the branch deleted together with it, for good."""
        with self._db.read() as db:
            messages = erase.deleted_together(db, token)
        if not messages:
            raise errors.GoneError("message")
        self._erase(erase.Deleted(messages=messages))

    def erase_rows(self, table: str, *given: str) -> None:
        """Erase rows of a table that knows no trash, by their ids, for good."""
        self._erase(erase.Deleted(others=tuple((table, one) for one in given)))

    def _erase(self, what: erase.Deleted) -> None:
        if what:
            # A copy in the making would keep what is erased here.
            with self._copies.paused():
                with self._db.write() as db:
                    erase.erase(db, what)
                if self._db.is_on_disk:
                    with errors.in_words(self._db.file):
                        erase.erase_in_copies(self._db.file, what, self._keys)
        self._db.truncate_log()


def _deleted_message(db: sqlite3.Connection, row: sqlite3.Row) -> DeletedMessage:
    return DeletedMessage(
        token=row["id"],
        conversation=conversations.get(db, row["conversation_id"]),
        message=message_of(row, tree.parent_of(db, row), ()),
        deleted_at=row["deleted_at"],
        others=row["others"],
    )
