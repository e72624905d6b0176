"""The history's database in memory alone, for a session that keeps nothing."""

from __future__ import annotations

from typing import NoReturn

from app.store import errors
from app.store.connecting import opened
from app.store.database import Database
from app.store.migrations import migrate


class MemoryDatabase(Database):
    """What a `Database` does, without a file: all of it is gone when it is closed.

    `file` only says whose place it takes; nothing there is opened, locked or made.
    """

    @property
    def is_on_disk(self) -> bool:
        """There is no file."""
        return False

    def open(self, *, read_only: bool = False) -> None:
        """Begin with an empty history; `read_only` makes no difference."""
        del read_only
        if self._connection is not None:
            return
        connection = opened(":memory:")
        # Nothing of a conversation in a temporary file either.
        connection.execute("PRAGMA temp_store = MEMORY")
        migrate(connection, self._file, self._steps)
        connection.execute("PRAGMA foreign_keys = ON")
        self._connection = connection

    def close(self) -> None:
        """Forget everything."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def truncate_log(self) -> None:
        """There is none."""

    def set_aside(self) -> NoReturn:
        """There is no file to be renamed."""
        raise errors.not_open()
