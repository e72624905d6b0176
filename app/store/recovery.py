"""Checks a history, and saves out of a damaged one what can be saved."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from app.core.errors import AppError
from app.core.history_key import HistoryKey, Keys
from app.store import conversion, copying, encryption, errors, files
from app.store.connecting import NO_KEYS, attach, connect, key_id_of, key_of, opened
from app.store.connection import Connection
from app.store.migrations import MIGRATIONS, Migration, migrate
from app.store.sqlite import sqlite3

_MOST_PROBLEMS = 20
_AT_ONCE = 256
# Copies have older ones of these, which nobody wants back.
_OF_TODAY = ("state", "draft_file")
_TABLES = (
    *_OF_TODAY,
    "folder",
    "persona",
    "preset",
    "saved_prompt",
    "conversation",
    "manner",
    "tag",
    "message",
    "deletion",
    "attachment",
)
# How far is looked in a table of which not even that can be read.
_MOST_ROWS = {"conversation": 100_000, "message": 100_000, "deletion": 100_000}
_MOST_OTHER_ROWS = 2_000
_MADE_UP = {
    "title": "",
    "text": "",
    "reasoning": "",
    "error": "",
    "role": "assistant",
    "state": "failed",
    "name": "Recovered",
    "icon": "",
    "system_prompt": "",
    "words": "",
    # A mark that was lost may have been one.
    "mark": "confidential",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckReport:
    """What a check found. `problems` are SQLite's own words, without any of a conversation."""

    exists: bool
    conversations: int = 0
    messages: int = 0
    problems: tuple[str, ...] = ()

    @property
    def is_sound(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveryReport:
    """What could be saved into a new file, and where the damaged one lies now.

    `without_text` messages kept their place, but lost their words; `from_copies` messages and
    conversations were only in a daily copy.
    """

    conversations: int
    messages: int
    without_text: int
    from_copies: int
    aside: Path


def check(file: Path, keys: Keys = NO_KEYS) -> CheckReport:
    """Look at every page and every reference of a history, without changing anything.

    Another process may have it open. Raises `AppError` where the file cannot be opened at all,
    or `keys` has not the key of an encrypted one.
    """
    if not file.exists() or not file.stat().st_size:
        return CheckReport(exists=False)
    problems: list[str] = []
    counts: dict[str, int] = {}
    with errors.in_words(file), closing(connect(file, keys, mode="mode=ro")) as db:
        try:
            rows = db.execute(f"PRAGMA integrity_check({_MOST_PROBLEMS})").fetchall()
            problems += [str(row[0]) for row in rows if row[0] != "ok"]
            problems += [
                f"a row of {row[0]} belongs to nothing"
                for row in db.execute("PRAGMA foreign_key_check").fetchmany(_MOST_PROBLEMS)
            ]
            counts = copying.counts(db)
        except sqlite3.DatabaseError as error:
            if not errors.is_damage(error):
                raise
            problems.append(str(error))
    return CheckReport(
        exists=True,
        conversations=counts.get("conversation", 0),
        messages=counts.get("message", 0),
        problems=tuple(problems),
    )


def recover(
    file: Path, steps: Sequence[Migration] = MIGRATIONS, keys: Keys = NO_KEYS
) -> RecoveryReport:
    """Put a new file with all that can be read of `file` in its place; the old one is kept.

    What only a daily copy still has is taken from there. Raises `AppError` where another
    process has the history open or nothing at all can be read.
    """
    lock = files.WriterLock(file.with_name(f"{file.name}.lock"))
    new = file.with_name(f"{file.stem}.recovered.partial{file.suffix}")
    with errors.in_words(file):
        lock.acquire()
        try:
            conversion.settle(file)
            copying.remove(new)
            files.create_private(new)
            key = key_of(file, keys) or encryption.key_for_new(file, keys)
            without_text = _save(file, new, steps, key)
            with closing(opened(str(new), key)) as db:
                before = copying.counts(db)
                for copy in reversed(copying.copies(file, "daily")):
                    with contextlib.suppress(sqlite3.Error, AppError):
                        _complete(db, copy, keys)
                with_copies = copying.counts(db)
                _mend(db)
                after = copying.counts(db)
            with new.open("rb+") as written:
                os.fsync(written.fileno())
            aside = files.move_aside(file)
            new.replace(file)
            lock.mark(opened=False)
        finally:
            copying.remove(new)
            lock.release()
    return RecoveryReport(
        conversations=after["conversation"],
        messages=after["message"],
        without_text=without_text,
        from_copies=sum(with_copies.values()) - sum(before.values()),
        aside=aside,
    )


def _save(file: Path, new: Path, steps: Sequence[Migration], key: HistoryKey | None) -> int:
    """Copy every row that can be read into `new`; returns how many messages lost their text."""
    without_text = 0
    reader = opened(files.uri(file, "mode=ro"), key if key_id_of(file) else None)
    with closing(reader) as old, closing(opened(str(new), key)) as db:
        db.execute("PRAGMA temp_store = MEMORY")
        migrate(db, new, steps)
        db.execute("PRAGMA foreign_keys = OFF")
        db.execute("BEGIN")
        for table in _TABLES:
            with contextlib.suppress(sqlite3.DatabaseError):
                columns = _columns(old, table) & _columns(db, table)
                for row, is_whole in _rows(old, table, sorted(columns)):
                    _insert(db, table, row)
                    without_text += table == "message" and not is_whole
        db.execute("COMMIT")
        if not any(copying.counts(db).values()) and not copying.copies(file, "daily"):
            raise errors.broken("Nothing in the history file can be read any more.")
    return without_text


def _rows(
    db: sqlite3.Connection, table: str, columns: list[str]
) -> Iterator[tuple[dict[str, object], bool]]:
    """Every row that can be read, and whether all of it could."""
    if not columns:
        return
    names = ", ".join(columns)
    if table == "tag":  # the one without row numbers
        for row in db.execute(f"SELECT {names} FROM tag"):  # noqa: S608
            yield dict(zip(columns, row, strict=True)), True
        return
    waiting = list(_ranges(_highest(db, table)))
    waiting.reverse()
    while waiting:
        low, high = waiting.pop()
        try:
            rows = db.execute(
                f"SELECT {names} FROM {table} WHERE rowid BETWEEN ? AND ?",  # noqa: S608
                (low, high),
            ).fetchall()
        except sqlite3.DatabaseError:
            if low < high:
                middle = (low + high) // 2
                waiting += [(middle + 1, high), (low, middle)]
            elif row := _what_is_left(db, table, columns, low):
                yield row, False
            continue
        for row in rows:
            yield dict(zip(columns, row, strict=True)), True


def _what_is_left(
    db: sqlite3.Connection, table: str, columns: list[str], rowid: int
) -> dict[str, object]:
    """The columns of a row that do not lie on a broken page; none where its id does."""
    found: dict[str, object] = {}
    for name in columns:
        with contextlib.suppress(sqlite3.DatabaseError):
            row = db.execute(f"SELECT {name} FROM {table} WHERE rowid = ?", (rowid,)).fetchone()  # noqa: S608
            if row is not None:
                found[name] = row[0]
    if "id" not in found:
        return {}
    made_up = {name: value for name, value in _MADE_UP.items() if name in columns}
    whole = {**made_up, **found}
    return {**whole, "state": "failed"} if "state" in columns else whole


def _ranges(highest: int) -> Iterator[tuple[int, int]]:
    for low in range(1, highest + 1, _AT_ONCE):
        yield low, low + _AT_ONCE - 1


def _highest(db: sqlite3.Connection, table: str) -> int:
    """A row number that none is above."""
    for question in (
        f"SELECT seq FROM sqlite_sequence WHERE name = '{table}'",  # noqa: S608
        f"SELECT max(rowid) FROM {table}",  # noqa: S608
    ):
        with contextlib.suppress(sqlite3.DatabaseError):
            row = db.execute(question).fetchone()
            if row is not None:
                return row[0] if isinstance(row[0], int) else 0  # empty
    return _MOST_ROWS.get(table, _MOST_OTHER_ROWS)


def _insert(db: sqlite3.Connection, table: str, row: dict[str, object]) -> None:
    names, marks = ", ".join(row), ", ".join(f":{name}" for name in row)
    with contextlib.suppress(sqlite3.IntegrityError):
        db.execute(f"INSERT OR IGNORE INTO {table} ({names}) VALUES ({marks})", row)  # noqa: S608


def _complete(db: Connection, copy: Path, keys: Keys) -> None:
    """Take what is missing from a copy: erased things are in no copy, so nothing comes back
    that was to be gone.
    """
    attach(db, copy, "copy", key_of(copy, keys))
    try:
        db.execute("BEGIN")
        for table in (one for one in _TABLES if one not in _OF_TODAY):
            columns = ", ".join(sorted(_columns(db, table) & _columns(db, table, "copy")))
            if columns:
                db.execute(
                    f"INSERT OR IGNORE INTO main.{table} ({columns}) "  # noqa: S608  # noqa: S608
                    f"SELECT {columns} FROM copy.{table}"
                )
        db.execute("COMMIT")
    finally:
        if db.in_transaction:
            db.execute("ROLLBACK")
        db.execute("DETACH copy")


def _mend(db: sqlite3.Connection) -> None:
    """Let no row refer to one that is lost: what followed a lost message begins anew, and
    messages of a lost conversation get one, named after its first words and confidential.
    """
    db.execute("BEGIN")
    db.execute(
        "INSERT INTO conversation (id, activity, mark, created_at, updated_at, title) SELECT "
        "conversation_id, 0, 'confidential', min(created_at), max(created_at), "
        "rtrim('Recovered: ' || "
        "(SELECT replace(substr(f.text, 1, 48), char(10), ' ') FROM message AS f "
        "WHERE f.conversation_id = m.conversation_id ORDER BY f.seq LIMIT 1), ': ') "
        "FROM message AS m "
        "WHERE conversation_id NOT IN (SELECT id FROM conversation) GROUP BY conversation_id"
    )
    db.execute(
        "UPDATE message SET parent_id = NULL WHERE parent_id NOT IN (SELECT id FROM message)"
    )
    db.execute("DELETE FROM deletion WHERE message_id NOT IN (SELECT id FROM message)")
    db.execute("DELETE FROM tag WHERE conversation_id NOT IN (SELECT id FROM conversation)")
    db.execute("DELETE FROM manner WHERE conversation_id NOT IN (SELECT id FROM conversation)")
    db.execute("DELETE FROM attachment WHERE message_id NOT IN (SELECT id FROM message)")
    db.execute("DELETE FROM draft_file WHERE conversation_id NOT IN (SELECT id FROM conversation)")
    db.execute(
        "UPDATE manner SET persona_id = NULL WHERE persona_id NOT IN (SELECT id FROM persona)"
    )
    db.execute("UPDATE folder SET parent_id = NULL WHERE parent_id NOT IN (SELECT id FROM folder)")
    db.execute(
        "UPDATE conversation SET folder_id = NULL WHERE folder_id NOT IN (SELECT id FROM folder)"
    )
    db.execute("COMMIT")


def _columns(db: sqlite3.Connection, table: str, schema: str = "main") -> set[str]:
    return {row[1] for row in db.execute(f"PRAGMA {schema}.table_info({table})")}
