"""How the file got its shape: named steps in order, each behind a copy of the file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.store import copying, errors, schema
from app.store.connection import Connection
from app.store.sqlite import sqlite3

APPLICATION_ID = 0x54616374  # "Tact": says that the file is a history of this program
KEPT_COPIES = 3


@dataclass(frozen=True, slots=True)
class Migration:
    """One step: `apply` runs inside a transaction and must keep every row."""

    name: str
    apply: Callable[[sqlite3.Connection], None]


def m001_initial(connection: sqlite3.Connection) -> None:
    """Conversations as trees of messages, and a small table for what belongs to none."""
    for statement in schema.INITIAL:
        connection.execute(statement)


def m002_organise(connection: sqlite3.Connection) -> None:
    """Folders, tags, pins and marks for conversations; provenance for messages."""
    for statement in schema.ORGANISED:
        connection.execute(statement)


def m003_search(connection: sqlite3.Connection) -> None:
    """The search index. It is filled afterwards, so that nobody waits for it at the start."""
    for statement in schema.SEARCHABLE:
        connection.execute(statement)


def m004_personas(connection: sqlite3.Connection) -> None:
    """Personas, presets of parameters, saved prompts, and who answers in a conversation."""
    for statement in schema.REUSED:
        connection.execute(statement)


def m005_confidential(connection: sqlite3.Connection) -> None:
    """Marks for folders, which their conversations keep; why an answer came from where."""
    for statement in schema.CONFIDENTIAL:
        connection.execute(statement)


def m006_folder_words(connection: sqlite3.Connection) -> None:
    """A list of words for each folder, which do not leave from its conversations."""
    for statement in schema.FOLDER_WORDS:
        connection.execute(statement)


def m007_attachments(connection: sqlite3.Connection) -> None:
    """The files in front of a question, and those that wait in the composer."""
    for statement in schema.ATTACHED:
        connection.execute(statement)


MIGRATIONS = (
    Migration("m001_initial", m001_initial),
    Migration("m002_organise", m002_organise),
    Migration("m003_search", m003_search),
    Migration("m004_personas", m004_personas),
    Migration("m005_confidential", m005_confidential),
    Migration("m006_folder_words", m006_folder_words),
    Migration("m007_attachments", m007_attachments),
)


def pending(connection: sqlite3.Connection, steps: Sequence[Migration]) -> list[Migration]:
    """The steps that the file still lacks, in order.

    Raises `AppError` for a file of a newer program and for one that is no history at all.
    """
    applied = _applied(connection)
    if applied - {step.name for step in steps}:
        raise errors.newer()
    return [step for step in steps if step.name not in applied]


def migrate(connection: Connection, file: Path, steps: Sequence[Migration]) -> None:
    """Bring the file up to date; a file that has content is copied first."""
    missing = pending(connection, steps)
    if missing and _applied(connection):
        _copy(connection, file, missing[0].name)
    for step in missing:
        _apply(connection, step)


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
        before = copying.counts(connection)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute("CREATE TABLE IF NOT EXISTS migration (name TEXT PRIMARY KEY)")
        step.apply(connection)
        connection.execute("INSERT INTO migration (name) VALUES (?)", (step.name,))
        after = copying.counts(connection)
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


def _copy(connection: Connection, file: Path, before: str) -> None:
    """Copy the whole database beside itself, look that all is there, keep the newest three."""
    copying.copy_to(connection, copying.next_name(file, "copy", f"before-{before}"))
    copying.keep_newest(file, "copy", KEPT_COPIES)
