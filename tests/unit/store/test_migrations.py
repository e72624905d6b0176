"""Steps run once and in order, behind a copy; what they would lose keeps them from running."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from app.core.errors import AppError, ErrorCode
from app.core.messages import Role
from app.store import copying
from app.store.connecting import connect
from app.store.history import History
from app.store.migrations import MIGRATIONS, Migration
from app.store.sqlite import sqlite3


def step(name: str, *statements: str) -> Migration:
    def apply(connection: sqlite3.Connection) -> None:
        for statement in statements:
            connection.execute(statement)

    return Migration(name, apply)


FOLDERS = step("m902_folders", "ALTER TABLE conversation ADD COLUMN shelf TEXT")
NOW = [migration.name for migration in MIGRATIONS]
TAGS = step("m903_tags", "CREATE TABLE label (name TEXT)")


@pytest.fixture
def old(file: Path) -> Path:
    """A history of this version with one message."""
    history = History(file)
    history.open()
    conversation = history.create_conversation("kept")
    history.add_message(conversation.id, None, Role.USER, "old words")
    history.close()
    return file


def opened(file: Path, *steps: Migration) -> list[str]:
    history = History(file, steps=[*MIGRATIONS, *steps])
    history.open()
    texts = [m.text for c in history.conversations() for m in history.path(c.id)]
    history.close()
    return texts


def names(file: Path) -> list[str]:
    with closing(connect(file)) as connection:
        return [name for (name,) in connection.execute("SELECT name FROM migration ORDER BY rowid")]


def copies(file: Path) -> list[str]:
    return [copy.name for copy in copying.copies(file)]


def refused(action: Callable[[], object], code: ErrorCode) -> None:
    with pytest.raises(AppError) as caught:
        action()
    assert caught.value.code is code


def test_names_are_in_order_and_given_once() -> None:
    given = [migration.name for migration in MIGRATIONS]
    assert given[0] == "m001_initial"
    assert given == sorted(set(given))


def test_a_new_file_gets_every_step_and_no_copy(file: Path) -> None:
    assert opened(file, FOLDERS, TAGS) == []
    assert names(file) == [*NOW, "m902_folders", "m903_tags"]
    assert copies(file) == []


def test_an_old_file_is_copied_and_gets_what_it_lacks(old: Path) -> None:
    assert opened(old, FOLDERS, TAGS) == ["old words"]
    assert names(old) == [*NOW, "m902_folders", "m903_tags"]
    assert copies(old) == ["history.copy-1-before-m902_folders.db"]
    copy = copying.copies(old)[0]
    assert os.name != "posix" or copy.stat().st_mode & 0o077 == 0
    assert not list(old.parent.glob("*.partial*"))
    assert names(copy) == NOW
    assert opened(copy) == ["old words"]


def test_a_file_that_is_up_to_date_is_not_copied(old: Path) -> None:
    assert opened(old) == ["old words"]
    assert copies(old) == []


@pytest.mark.parametrize("file", ["plain"], indirect=True)
def test_words_that_are_still_in_the_log_are_in_the_copy(old: Path, tmp_path: Path) -> None:
    history = History(old)
    history.open()
    history.create_conversation("only in the log")
    killed = tmp_path / "killed" / "history.db"
    killed.parent.mkdir()
    for name in ("history.db", "history.db-wal"):
        (killed.parent / name).write_bytes((old.parent / name).read_bytes())
    history.close()
    opened(killed, FOLDERS)
    with closing(connect(copying.copies(killed)[0])) as copy:
        assert tuple(copy.execute("SELECT count(*) FROM conversation").fetchone()) == (2,)


def test_three_copies_are_kept(old: Path) -> None:
    steps = [step(f"m{number + 900}_step") for number in range(2, 13)]
    for count in range(1, len(steps) + 1):
        opened(old, *steps[:count])
    assert copies(old) == [
        "history.copy-9-before-m910_step.db",
        "history.copy-10-before-m911_step.db",
        "history.copy-11-before-m912_step.db",
    ]


@pytest.mark.parametrize("read_only", [False, True])
def test_a_newer_file_is_refused_and_left_untouched(old: Path, read_only: bool) -> None:
    opened(old, FOLDERS)
    before = {f.name: f.read_bytes() for f in old.parent.iterdir()}
    history = History(old)
    refused(lambda: history.open(read_only=read_only), ErrorCode.STORE_NEWER)
    after = {f.name: f.read_bytes() for f in old.parent.iterdir()}
    # A reader may leave SQLite's own two files behind, empty.
    assert {n: c for n, c in after.items() if not n.endswith(("-wal", "-shm"))} == before
    assert opened(old, FOLDERS) == ["old words"]


def test_a_reader_does_not_migrate(old: Path) -> None:
    history = History(old, steps=[*MIGRATIONS, FOLDERS])
    refused(lambda: history.open(read_only=True), ErrorCode.STORE_UNWRITABLE)
    assert names(old) == NOW


def fail(connection: sqlite3.Connection) -> None:
    connection.execute("ALTER TABLE conversation ADD COLUMN half TEXT")
    raise OSError(5, "the power went out")


@pytest.mark.parametrize(
    "bad",
    [
        Migration("m902_fails", fail),
        step("m902_loses_a_message", "DELETE FROM message"),
        step("m902_loses_the_table", "DROP TABLE message"),
        step("m902_cuts_the_tree", "UPDATE message SET parent_id = 'nothing'"),
        step("m902_has_a_fault", "SELECT nonsense"),
    ],
    ids=lambda bad: bad.name,
)
def test_a_step_that_goes_wrong_leaves_the_file_as_it_was(old: Path, bad: Migration) -> None:
    with pytest.raises(AppError):
        opened(old, bad)
    assert names(old) == NOW
    assert opened(old) == ["old words"]
    assert opened(old, FOLDERS) == ["old words"]


def test_a_copy_that_does_not_fit_stops_before_anything_is_done(
    old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: type("Usage", (), {"free": 1}))
    refused(lambda: opened(old, FOLDERS), ErrorCode.DISK_FULL)
    assert copies(old) == []
    assert names(old) == NOW
