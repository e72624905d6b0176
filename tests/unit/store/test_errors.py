"""Whatever SQLite or the system says becomes two sentences and the fitting code."""

from __future__ import annotations

import errno
import sqlite3 as codes
from pathlib import Path

import pytest

from app.core.errors import AppError, ErrorCode
from app.store import errors
from app.store.errors import GoneError
from app.store.sqlite import sqlite3


def database_error(code: int) -> sqlite3.Error:
    error = sqlite3.OperationalError("words of a conversation")
    error.sqlite_errorcode = code
    return error


def in_words(error: Exception, file: Path) -> AppError:
    with pytest.raises(AppError) as caught, errors.in_words(file):
        raise error
    assert "words of a conversation" not in caught.value.sentence
    assert caught.value.what.endswith(".")
    assert caught.value.todo.endswith(".")
    return caught.value


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (codes.SQLITE_FULL, ErrorCode.DISK_FULL),
        (codes.SQLITE_BUSY, ErrorCode.STORE_UNWRITABLE),
        (codes.SQLITE_BUSY_SNAPSHOT, ErrorCode.STORE_UNWRITABLE),
        (codes.SQLITE_READONLY, ErrorCode.STORE_UNWRITABLE),
        (codes.SQLITE_CANTOPEN, ErrorCode.STORE_UNWRITABLE),
        (codes.SQLITE_IOERR_WRITE, ErrorCode.STORE_UNWRITABLE),
        (codes.SQLITE_CORRUPT, ErrorCode.STORE_BROKEN),
        (codes.SQLITE_CORRUPT_INDEX, ErrorCode.STORE_BROKEN),
        (codes.SQLITE_NOTADB, ErrorCode.STORE_BROKEN),
        (codes.SQLITE_ERROR, ErrorCode.STORE_BROKEN),
    ],
)
def test_errors_of_the_database(tmp_path: Path, code: int, expected: ErrorCode) -> None:
    assert in_words(database_error(code), tmp_path / "history.db").code is expected


def test_a_failed_write_on_a_disk_without_room_is_a_full_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = type("Usage", (), {"free": 100})
    monkeypatch.setattr("shutil.disk_usage", lambda _: usage)
    error = in_words(database_error(codes.SQLITE_IOERR_WRITE), tmp_path / "history.db")
    assert error.code is ErrorCode.DISK_FULL


def test_a_constraint_means_that_something_is_gone(tmp_path: Path) -> None:
    error = sqlite3.IntegrityError("words of a conversation")
    error.sqlite_errorcode = codes.SQLITE_CONSTRAINT_FOREIGNKEY
    assert isinstance(in_words(error, tmp_path / "history.db"), GoneError)


def test_misuse_is_no_damage(tmp_path: Path) -> None:
    error = in_words(sqlite3.ProgrammingError("words of a conversation"), tmp_path / "history.db")
    assert error.code is ErrorCode.UNKNOWN


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (errno.ENOSPC, ErrorCode.DISK_FULL),
        (errno.EDQUOT, ErrorCode.DISK_FULL),
        (errno.EACCES, ErrorCode.STORE_UNWRITABLE),
        (errno.EROFS, ErrorCode.STORE_UNWRITABLE),
    ],
)
def test_errors_of_the_system(tmp_path: Path, number: int, expected: ErrorCode) -> None:
    error = OSError(number, "words of a conversation")
    assert in_words(error, tmp_path / "history.db").code is expected


def test_an_error_in_words_stays_as_it_is(tmp_path: Path) -> None:
    with pytest.raises(AppError) as caught, errors.in_words(tmp_path):
        raise errors.newer()
    assert caught.value == errors.newer()
