"""The one connection to the history's file: how it is opened, written and closed."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from app.core.errors import AppError
from app.core.history_key import HistoryKey, Keys
from app.store import conversion, encryption, errors, files
from app.store.connecting import NO_KEYS, connect, opened
from app.store.connection import Connection
from app.store.migrations import MIGRATIONS, Migration, migrate, pending
from app.store.sqlite import sqlite3

_CACHE = "cache_size = -16384"  # KiB: searching jumps about in the file
_PRAGMAS = (
    "journal_mode = WAL",
    # A power cut may not take the last message: 4 ms a commit is a price nobody notices.
    "synchronous = FULL",
    "foreign_keys = ON",
    # What is deleted is overwritten, not only unlinked.
    "secure_delete = ON",
    # No text of a conversation in a temporary file.
    "temp_store = MEMORY",
    "trusted_schema = OFF",
    "journal_size_limit = 16777216",
    _CACHE,
)


class Database:
    """Opens `file` for one writer, or to read beside one; may change threads, not share them.

    `before_commit` is called at the end of every transaction, inside it. `keys` finds the key
    of an encrypted file. Every failure of SQLite or of the file system comes out as an
    `AppError`.
    """

    def __init__(
        self,
        file: Path,
        steps: Sequence[Migration] = MIGRATIONS,
        *,
        before_commit: Callable[[sqlite3.Connection], object] = lambda _: None,
        keys: Keys = NO_KEYS,
    ) -> None:
        self._file = file
        self._steps = steps
        self._before_commit = before_commit
        self._lock = files.WriterLock(file.with_name(f"{file.name}.lock"))
        self._keys = keys
        self._connection: Connection | None = None

    @property
    def file(self) -> Path:
        """Where the history lies."""
        return self._file

    @property
    def is_on_disk(self) -> bool:
        """Whether there is a file, which others may copy or read."""
        return True

    @property
    def is_open(self) -> bool:
        """Whether `read` and `write` can be used."""
        return self._connection is not None

    def open(self, *, read_only: bool = False) -> None:
        """Open the file, making or migrating it where that is needed (not with `read_only`).

        Raises `AppError`: STORE_UNWRITABLE, STORE_BROKEN, STORE_NEWER, STORE_LOCKED or
        DISK_FULL; the file is then as it was.
        """
        if self._connection is not None:
            return
        with errors.in_words(self._file):
            if self._file.is_dir():
                raise errors.broken("There is a folder where the history file should be.")
            self._connection = self._to_read() if read_only else self._to_write()

    def close(self) -> None:
        """Fold the write-ahead log into the file and let others write."""
        connection, self._connection = self._connection, None
        if connection is None:
            return
        with contextlib.suppress(sqlite3.Error):  # what is in the log is safe there, too
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        with errors.in_words(self._file):
            self._lock.mark(opened=False)
            self._lock.release()

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """The connection, for statements that change nothing."""
        connection = self._opened()
        with errors.in_words(self._file):
            yield connection

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """The connection inside a transaction: all of the block is kept, or nothing.

        Inside another `write` the block is a part of that one.
        """
        connection = self._opened()
        with errors.in_words(self._file):
            if connection.in_transaction:
                yield connection
                return
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                self._before_commit(connection)
                connection.execute("COMMIT")
            except BaseException:
                _roll_back(connection)
                raise

    def truncate_log(self) -> None:
        """Fold the write-ahead log into the file and empty it; raises `AppError` if it cannot."""
        with self.read() as connection:
            (is_busy, _, _) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if is_busy:
            raise errors.traces_left()

    def set_aside(self) -> Path:
        """Close, and rename a file that cannot be used so that a new one can be begun.

        Returns where the old one lies now. Raises `AppError` where another process writes it.
        """
        self.close()
        with errors.in_words(self._file):
            self._lock.acquire()
            try:
                target = files.move_aside(self._file)
                self._lock.mark(opened=False)
                try:
                    encryption.key_for_new(self._file, self._keys)
                except AppError:  # the key is lost, and nobody may be kept out for ever
                    encryption.forget_note(self._file)
            finally:
                self._lock.release()
        return target

    @property
    def key(self) -> HistoryKey | None:
        """The key of the open file; None where that is plain."""
        return self._opened().key

    def convert(
        self,
        key: HistoryKey | None,
        tell: conversion.Tell = conversion.tell_nobody,
        is_wanted: Callable[[], bool] = lambda: True,
    ) -> conversion.Converted:
        """Encrypt the file and its copies with `key`, or with None decrypt them.

        See `conversion.convert`. The database is open again afterwards, whatever came of it.
        """
        if key is not None and self._keys.find(key.id) != key:
            raise errors.broken("The key that was kept is another one.")
        connection, self._connection = self._opened(), None
        connection.close()
        with errors.in_words(self._file):
            try:
                return conversion.convert(
                    self._file, key, self._keys, tell=tell, is_wanted=is_wanted
                )
            finally:
                self._connection = self._connect(check=False)

    def _opened(self) -> Connection:
        if self._connection is None:
            raise errors.not_open()
        return self._connection

    def _to_write(self) -> Connection:
        files.prepare_folder(self._file.parent)
        was_unclean = self._lock.acquire()
        try:
            conversion.settle(self._file)
            self._refuse_what_is_not_ours()
            self._lock.mark(opened=True)
            try:
                return self._connect(check=was_unclean)
            except BaseException:
                self._lock.mark(opened=was_unclean)
                raise
        except BaseException:
            self._lock.release()
            raise

    def _connect(self, *, check: bool) -> Connection:
        is_new = not self._file.exists() or not self._file.stat().st_size
        new_key = encryption.key_for_new(self._file, self._keys) if is_new else None
        files.create_private(self._file)
        connection = connect(self._file, self._keys, new_key=new_key)
        try:
            connection.use(*_PRAGMAS)
            if check and connection.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
                raise errors.broken()
            migrate(connection, self._file, self._steps)
            files.create_private(self._file)
        except BaseException:
            connection.close()
            raise
        return connection

    def _refuse_what_is_not_ours(self) -> None:
        """Look at the file through a connection that cannot change a byte of it."""
        if self._file.exists() and self._file.stat().st_size:
            log = files.with_companions(self._file)[1]
            # Without a log "immutable" keeps SQLite from making files beside this one.
            mode = "mode=ro" if log.exists() else "mode=ro&immutable=1"
            with closing(self._reader(mode)) as connection:
                pending(connection, self._steps)

    def _to_read(self) -> Connection:
        if not self._file.exists() or not self._file.stat().st_size:
            connection = opened(":memory:")
            migrate(connection, self._file, self._steps)
        else:
            connection = self._reader("mode=ro")
            try:
                is_behind = bool(pending(connection, self._steps))
            except BaseException:
                connection.close()
                raise
            if is_behind:
                connection.close()
                raise errors.older()
        connection.use("query_only = ON", _CACHE)
        return connection

    def _reader(self, mode: str) -> Connection:
        return connect(self._file, self._keys, mode=mode)


def _roll_back(connection: sqlite3.Connection) -> None:
    if connection.in_transaction:  # SQLite itself ends it on some errors, a full disk for one
        connection.execute("ROLLBACK")
