"""How the file got its shape: named steps in order, each behind a copy of the file."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from app.store import errors, files

APPLICATION_ID = 0x54616374  # "Tact": says that the file is a history of this program
KEPT_COPIES = 3
_COUNTED = ("conversation", "message")


@dataclass(frozen=True, slots=True)
class Migration:
    """One step: `apply` runs inside a transaction and must keep every row."""

    name: str
    apply: Callable[[sqlite3.Connection], None]


def m001_initial(connection: sqlite3.Connection) -> None:
    """Conversations as trees of messages, and a small table for what belongs to none."""
    for statement in _INITIAL:
        connection.execute(statement)


# `seq` orders by insertion: clocks go backwards, and a child always comes after its parent.
# `activity` orders conversations by their last use in the same way. `chosen` is higher the
# later a message was put on the shown path. Long texts stand last, so that a walk through
# the tree need not read them.
_INITIAL = (
    "CREATE TABLE state (key TEXT PRIMARY KEY, value TEXT NOT NULL)",
    """CREATE TABLE conversation (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        activity INTEGER NOT NULL,
        choices INTEGER NOT NULL DEFAULT 0,
        deleted_at REAL,
        leaf_id TEXT,
        created_at REAL NOT NULL,
        updated_at REAL NOT NULL,
        title_by_user INTEGER NOT NULL DEFAULT 0,
        title TEXT NOT NULL DEFAULT '',
        model TEXT NOT NULL DEFAULT '',
        system_prompt TEXT,
        draft TEXT NOT NULL DEFAULT ''
    )""",
    "CREATE INDEX conversation_activity ON conversation (activity)",
    "CREATE INDEX conversation_shown ON conversation (activity) WHERE deleted_at IS NULL",
    "CREATE INDEX conversation_deleted ON conversation (seq) WHERE deleted_at IS NOT NULL",
    """CREATE TABLE message (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        conversation_id TEXT NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
        parent_id TEXT REFERENCES message (id),
        chosen INTEGER NOT NULL DEFAULT 0,
        deleted_at REAL,
        role TEXT NOT NULL,
        state TEXT NOT NULL,
        created_at REAL NOT NULL,
        provider TEXT NOT NULL DEFAULT '',
        model TEXT NOT NULL DEFAULT '',
        device TEXT NOT NULL DEFAULT '',
        usage TEXT,
        context TEXT,
        error TEXT NOT NULL DEFAULT '',
        text TEXT NOT NULL DEFAULT '',
        reasoning TEXT NOT NULL DEFAULT ''
    )""",
    "CREATE INDEX message_children ON message (parent_id, seq)",
    "CREATE INDEX message_roots ON message (conversation_id, seq) WHERE parent_id IS NULL",
    "CREATE INDEX message_conversation ON message (conversation_id)",
    "CREATE INDEX message_streaming ON message (seq) WHERE state = 'streaming'",
    "CREATE INDEX message_deleted ON message (seq) WHERE deleted_at IS NOT NULL",
    """CREATE TABLE deletion (
        message_id TEXT PRIMARY KEY REFERENCES message (id) ON DELETE CASCADE,
        leaf_before TEXT,
        leaf_after TEXT
    )""",
)

MIGRATIONS = (Migration("m001_initial", m001_initial),)


def pending(connection: sqlite3.Connection, steps: Sequence[Migration]) -> list[Migration]:
    """The steps that the file still lacks, in order.

    Raises `AppError` for a file of a newer program and for one that is no history at all.
    """
    applied = _applied(connection)
    if applied - {step.name for step in steps}:
        raise errors.newer()
    return [step for step in steps if step.name not in applied]


def migrate(connection: sqlite3.Connection, file: Path, steps: Sequence[Migration]) -> None:
    """Bring the file up to date; a file that has content is copied first."""
    missing = pending(connection, steps)
    if missing and _applied(connection):
        _copy(connection, file, missing[0].name)
    for step in missing:
        _apply(connection, step)


def copies(file: Path) -> list[Path]:
    """The copies that were made of `file`, oldest first."""
    return sorted(file.parent.glob(f"{file.stem}.copy-[0-9]*{file.suffix}"), key=_number)


def _applied(connection: sqlite3.Connection) -> set[str]:
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    if not tables and application in {0, APPLICATION_ID}:
        return set()  # new, or the program ended before the first step was written
    if application != APPLICATION_ID or "migration" not in tables:
        raise errors.broken("The file in the history's place is not a history of Tacit.")
    return {name for (name,) in connection.execute("SELECT name FROM migration")}


def _apply(connection: sqlite3.Connection, step: Migration) -> None:
    # A step that rebuilds a table needs this off, which a transaction cannot change.
    connection.execute("PRAGMA foreign_keys = OFF")
    connection.execute("BEGIN IMMEDIATE")
    try:
        before = _counts(connection)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute("CREATE TABLE IF NOT EXISTS migration (name TEXT PRIMARY KEY)")
        step.apply(connection)
        connection.execute("INSERT INTO migration (name) VALUES (?)", (step.name,))
        after = _counts(connection)
        dangling = connection.execute("PRAGMA foreign_key_check").fetchone()
        if dangling or any(after.get(table) != count for table, count in before.items()):
            raise errors.broken("Bringing the history up to date would have lost something.")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    finally:
        connection.execute("PRAGMA foreign_keys = ON")


def _counts(connection: sqlite3.Connection) -> dict[str, int]:
    there = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    return {
        table: int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608
        for table in _COUNTED
        if table in there
    }


def _copy(connection: sqlite3.Connection, file: Path, before: str) -> None:
    """Copy the whole database beside itself, look that all is there, keep the newest three."""
    if shutil.disk_usage(file.parent).free < 2 * file.stat().st_size:
        raise errors.disk_full()
    kept = copies(file)
    number = _number(kept[-1]) + 1 if kept else 1
    target = file.with_name(f"{file.stem}.copy-{number}-before-{before}{file.suffix}")
    partial = file.with_name(f"{file.stem}.copy.partial")
    partial.unlink(missing_ok=True)
    files.create_private(partial)
    with closing(sqlite3.connect(partial)) as copy:
        connection.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")  # one file that can be put back by hand
        if _counts(copy) != _counts(connection):
            raise errors.broken("The copy of the history is not complete.")
    with partial.open("rb+") as written:
        os.fsync(written.fileno())
    partial.replace(target)
    for old in copies(file)[:-KEPT_COPIES]:
        old.unlink()


def _number(copy: Path) -> int:
    digits = copy.name.partition(".copy-")[2].partition("-")[0]
    return int(digits) if digits.isdecimal() else 0
