"""Whole copies of a history beside it, and where they lie."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from app.store import errors, files, index
from app.store.connecting import connect
from app.store.connection import Connection
from app.store.sqlite import sqlite3

_COUNTED = ("conversation", "message", "persona", "preset", "saved_prompt")
_PAGES_AT_ONCE = 512
# Made before a migration, once a day, and of what a backup that is restored replaces.
_KINDS = ("copy", "daily", "replaced")


class NotWantedError(Exception):
    """The copy was called off; nothing of it is left."""


def copy_to(source: Connection, target: Path, is_wanted: Callable[[], bool] = lambda: True) -> None:
    """Copy all that `source` sees to `target`, which appears complete or not at all.

    Of an encrypted history the copy is encrypted with the same key. The copy's search index is
    empty and built again where the copy is used: deleted words need not be looked for in it.
    Raises `NotWantedError`, `AppError` where the disk has no room or rows are missing,
    `sqlite3.Error` and `OSError`.
    """
    (pages,) = source.execute("PRAGMA page_count").fetchone()
    (page_size,) = source.execute("PRAGMA page_size").fetchone()
    # SQLCipher gives this one as a text.
    if shutil.disk_usage(target.parent).free < 2 * pages * int(page_size):
        raise errors.disk_full()
    partial = target.with_name(f"{target.name}.partial")
    partial.unlink(missing_ok=True)
    files.create_private(partial)
    try:
        with closing(connect(partial, new_key=source.key)) as copy:
            source.backup(copy, pages=_PAGES_AT_ONCE, progress=_stopping(is_wanted))
            copy.execute("PRAGMA journal_mode = DELETE")  # one file that can be put back by hand
            copy.execute("PRAGMA secure_delete = ON")
            if counts(copy) != counts(source):
                raise errors.broken("The copy of the history is not complete.")
            if index.exists(copy):
                copy.execute("BEGIN")
                index.forget(copy)
                copy.execute("COMMIT")
        with partial.open("rb+") as written:
            os.fsync(written.fileno())
        partial.replace(target)
    except BaseException:
        remove(partial)
        raise


def counts(connection: sqlite3.Connection) -> dict[str, int]:
    """How many rows the tables have that a person would miss."""
    there = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    return {
        table: int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608
        for table in _COUNTED
        if table in there
    }


def copies(file: Path, *kinds: str) -> list[Path]:
    """The copies of `file`, of all kinds or of those named, each kind oldest first."""
    found: list[Path] = []
    for kind in kinds or _KINDS:
        # The last part keeps the companions of SQLite and half copies out.
        pattern = f"{file.stem}.{kind}-[0-9]*{file.suffix}"
        found += sorted(file.parent.glob(pattern), key=number_of)
    return found


def unfinished(file: Path) -> list[Path]:
    """What a program that was killed may have left of a copy."""
    return list(file.parent.glob(f"{file.stem}.*.partial*"))


def next_name(file: Path, kind: str, suffix: str) -> Path:
    """The name of the next copy of that kind: numbered, since clocks go backwards."""
    there = copies(file, kind)
    number = number_of(there[-1]) + 1 if there else 1
    return file.with_name(f"{file.stem}.{kind}-{number}-{suffix}{file.suffix}")


def keep_newest(file: Path, kind: str, count: int) -> None:
    """Remove the older copies of a kind."""
    for old in copies(file, kind)[:-count]:
        remove(old)


def remove(copy: Path) -> None:
    """Remove a copy and what SQLite may keep beside it."""
    journal = copy.with_name(f"{copy.name}-journal")
    for one in (*files.with_companions(copy), journal):
        one.unlink(missing_ok=True)


def number_of(copy: Path) -> int:
    """The number in a copy's name."""
    digits = copy.name.split(".")[-2].partition("-")[2].partition("-")[0]
    return int(digits) if digits.isdecimal() else 0


def _stopping(is_wanted: Callable[[], bool]) -> Callable[[int, int, int], None]:
    def progress(_status: int, _remaining: int, _total: int) -> None:
        if not is_wanted():
            raise NotWantedError

    return progress
