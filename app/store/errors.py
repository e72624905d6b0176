"""Failures of the database and of its files, in words."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.core.errors import AppError, ErrorCode
from app.store.sqlite import sqlite3

_FULL_BELOW_BYTES = 1024 * 1024
_UNWRITABLE = (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_CANTOPEN)
_OUTER = (
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_INTERRUPT,
)
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT)


class GoneError(AppError):
    """A conversation or message that was asked for is not in the history any more."""

    def __init__(self, thing: str) -> None:
        super().__init__(
            f"This {thing} is no longer in the history.",
            "Choose another one.",
            code=ErrorCode.USAGE,
        )


def in_use() -> AppError:
    """Another Tacit writes to this history."""
    return AppError(
        "Another Tacit is using this history.",
        "Use that one, or close it and try again.",
        code=ErrorCode.STORE_UNWRITABLE,
    )


def not_open() -> AppError:
    """The history was not opened, or could not be."""
    return AppError(
        "The history is not open, so nothing can be read or saved.",
        "Start Tacit again.",
        code=ErrorCode.STORE_UNWRITABLE,
    )


def broken(what: str = "The history file is damaged.") -> AppError:
    """The file cannot be used, and is left as it is."""
    return AppError(
        what,
        "Set it aside to begin with an empty history; the file itself is kept.",
        code=ErrorCode.STORE_BROKEN,
    )


def newer() -> AppError:
    """The file has a shape that only a later program knows."""
    return AppError(
        "This history was written by a newer version of Tacit.",
        "Install that version again; the history is left as it is.",
        code=ErrorCode.STORE_NEWER,
    )


def older() -> AppError:
    """The file waits for a migration, which a reader may not do."""
    return AppError(
        "This history was written by an older version of Tacit.",
        "Open Tacit once, so that it can bring the history up to date.",
        code=ErrorCode.STORE_UNWRITABLE,
    )


def disk_full() -> AppError:
    """There is no room for another page."""
    return AppError(
        "The disk is full, so the history cannot be saved.",
        "Free some space; what was saved before is kept.",
        code=ErrorCode.DISK_FULL,
    )


def unwritable(folder: Path) -> AppError:
    """The file or its folder refuses to be written."""
    return AppError(
        "The history cannot be written.",
        f"Allow writing to the folder {folder}, or choose another one with --data-dir.",
        code=ErrorCode.STORE_UNWRITABLE,
    )


def traces_left() -> AppError:
    """Deleted rows are gone, but a reader keeps the log with their bytes alive."""
    return AppError(
        "Traces of what was deleted are still on the disk, because something reads the history.",
        "Close other Tacit programs and delete again.",
        code=ErrorCode.STORE_UNWRITABLE,
    )


@contextmanager
def in_words(file: Path) -> Iterator[None]:
    """Turns what SQLite or the system raises about `file` into an `AppError`."""
    try:
        yield
    except sqlite3.Error as error:
        raise _of_database(error, file) from error
    except OSError as error:
        raise _of_system(error, file) from error


def is_damage(error: sqlite3.DatabaseError) -> bool:
    """Whether SQLite complains about the content of the file itself."""
    return _code_of(error) in _DAMAGED


def is_about_the_disk(error: sqlite3.DatabaseError) -> bool:
    """Whether SQLite could not write or not get at the file, whatever is in it."""
    return _code_of(error) in {*_UNWRITABLE, *_OUTER}


def _of_database(error: sqlite3.Error, file: Path) -> AppError:
    code = _code_of(error)
    if code == sqlite3.SQLITE_FULL or (code == sqlite3.SQLITE_IOERR and _no_room(file)):
        return disk_full()
    if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return AppError(
            "Another program holds the history.",
            "Try again in a moment.",
            code=ErrorCode.STORE_UNWRITABLE,
        )
    if code in _UNWRITABLE or code == sqlite3.SQLITE_IOERR:
        return unwritable(file.parent)
    if code in _DAMAGED or isinstance(error, sqlite3.OperationalError):
        return broken()
    if code == sqlite3.SQLITE_CONSTRAINT:
        return GoneError("conversation or message")
    return AppError("The history could not do that.", "Try again.", code=ErrorCode.UNKNOWN)


def _code_of(error: sqlite3.Error) -> int:
    # The low byte is the primary code; the rest only refines it.
    code: int = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
    return code & 0xFF


def _of_system(error: OSError, file: Path) -> AppError:
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return disk_full()
    return unwritable(file.parent)


def _no_room(file: Path) -> bool:
    try:
        return shutil.disk_usage(file.parent).free < _FULL_BELOW_BYTES
    except OSError:
        return False
