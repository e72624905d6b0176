"""A connection to a file of the store, which survives a broken page of an encrypted one."""

from __future__ import annotations

from functools import partial
from typing import Any

from app.core.history_key import HistoryKey
from app.store import errors
from app.store.sqlite import sqlite3

_BUSY_TIMEOUT_S = 2.0


class Connection(sqlite3.Connection):
    """No implicit transactions, rows by name; it knows the `key` of its file (None: plain).

    SQLCipher reads nothing any more through a connection that has met a page which it could
    not decrypt. Where such a page was met, the next statement outside a transaction is done by
    a new one under the same object, so that one broken page costs no more than in a plain file.
    """

    key: HistoryKey | None = None
    _name = ""
    _specification = ""
    _settings: tuple[str, ...] = ()
    _is_spoilt = False

    @classmethod
    def to(cls, name: str, specification: str, key: HistoryKey | None) -> Connection:
        """A connection to the file that SQLite knows as `name`; `specification` is the key in
        SQLCipher's words.
        """
        made = sqlite3.connect(name, **_options(name), factory=cls)
        assert isinstance(made, Connection)
        made.key, made._name, made._specification = key, name, specification  # noqa: SLF001
        made._begin()  # noqa: SLF001
        return made

    def use(self, *settings: str) -> None:
        """Set these pragmas, now and whenever it has to begin anew."""
        for setting in settings:
            self.execute(f"PRAGMA {setting}")
        self._settings += settings

    def execute(self, *arguments: Any) -> sqlite3.Cursor:
        """As in the library."""
        if self._is_spoilt and not self.in_transaction:
            self._begin_anew()
        try:
            return super().execute(*arguments)
        except sqlite3.DatabaseError as error:
            self.notice(error)
            raise

    def cursor(self, *arguments: Any) -> Any:
        """As in the library; of an encrypted file one that notices broken pages."""
        if self.key is None:
            return super().cursor(*arguments)
        return super().cursor(_Cursor)

    def notice(self, error: sqlite3.DatabaseError) -> None:
        """Remember a page that could not be decrypted."""
        self._is_spoilt = self.key is not None and errors.is_damage(error)

    def _begin(self) -> None:
        self.row_factory = sqlite3.Row
        # One broken byte must not keep the rest of a conversation from being read.
        self.text_factory = partial(str, encoding="utf-8", errors="replace")
        # The library writes to standard error what it thinks of a damaged page.
        super().execute("PRAGMA cipher_log_level = NONE")
        if self._specification:
            super().execute(f'PRAGMA key = "{self._specification}"')

    def _begin_anew(self) -> None:
        self._is_spoilt = False
        self.close()
        sqlite3.Connection.__init__(self, self._name, **_options(self._name))
        self._begin()
        for setting in self._settings:
            super().execute(f"PRAGMA {setting}")


class _Cursor(sqlite3.Cursor):
    """Has its connection know of the broken pages that are met while rows are fetched."""

    connection: Connection

    def fetchall(self) -> list[Any]:
        """As in the library."""
        try:
            return super().fetchall()
        except sqlite3.DatabaseError as error:
            self.connection.notice(error)
            raise

    def fetchone(self) -> Any:
        """As in the library."""
        try:
            return super().fetchone()
        except sqlite3.DatabaseError as error:
            self.connection.notice(error)
            raise

    def __next__(self) -> Any:
        try:
            return super().__next__()
        except sqlite3.DatabaseError as error:
            self.connection.notice(error)
            raise


def _options(name: str) -> dict[str, Any]:
    return {
        "timeout": _BUSY_TIMEOUT_S,
        "isolation_level": None,
        "check_same_thread": False,
        "uri": name.startswith("file:"),
    }
