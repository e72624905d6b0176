"""What was deleted is gone from the bytes of every file; what was not is all there."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.core.errors import AppError
from app.core.messages import Role
from app.store.connecting import connect
from app.store.errors import GoneError
from app.store.history import History
from app.store.migrations import MIGRATIONS, Migration
from app.store.sqlite import sqlite3

SECRET = "Zwiebelfisch"


def files_with_secret(file: Path) -> list[str]:
    """Names of the files that hold the secret; SQLite's index of the log holds no text."""
    return sorted(
        f.name
        for f in file.parent.iterdir()
        if not f.name.endswith("-shm") and SECRET.encode() in f.read_bytes()
    )


def fill(history: History) -> tuple[str, str]:
    """Ids of a conversation full of secrets, and of a secret message in a harmless one."""
    secret = history.create_conversation(f"about {SECRET}", system_prompt=f"be a {SECRET}")
    history.save_draft(secret.id, f"draft of {SECRET}")
    parent = None
    for number in range(30):
        message = history.add_message(
            secret.id, parent, Role.USER, f"{number} {SECRET} " * (1 + number * 40)
        )
        history.update_message(message.id, reasoning=f"thought of {SECRET}", error=SECRET)
        parent = message.id
    harmless = history.create_conversation("harmless")
    first = history.add_message(harmless.id, None, Role.USER, "first")
    middle = history.add_message(harmless.id, first.id, Role.ASSISTANT, f"{SECRET} " * 3000)
    history.update_message(middle.id, text=f"shorter {SECRET}")
    history.add_message(harmless.id, middle.id, Role.USER, "last")
    return secret.id, middle.id


def _folders(connection: sqlite3.Connection) -> None:
    connection.execute("CREATE TABLE shelf (id)")


@pytest.mark.parametrize("file", ["plain"], indirect=True)
def test_no_byte_of_what_was_deleted_is_left(history: History, file: Path) -> None:
    secret, message = fill(history)
    assert files_with_secret(file)
    history.delete_conversation(secret)
    history.delete_message(message)
    assert files_with_secret(file)
    assert history.purge_deleted() == 2
    assert files_with_secret(file) == []
    assert file.with_name("history.db-wal").stat().st_size == 0
    (left,) = history.conversations()
    assert [m.text for m in history.path(left.id)] == ["first", "last"]
    assert history.path(left.id)[1].parent_id == history.path(left.id)[0].id
    assert history.purge_deleted() == 0
    with pytest.raises(GoneError):
        history.restore_conversation(secret)
    with pytest.raises(GoneError):
        history.restore_message(message)


@pytest.mark.parametrize("file", ["plain"], indirect=True)
def test_the_copies_of_migrations_are_cleaned_too(file: Path) -> None:
    history = History(file)
    history.open()
    secret, message = fill(history)
    history.close()
    later = Migration("m902_folders", _folders)
    history = History(file, steps=[*MIGRATIONS, later])
    history.open()
    copy = file.with_name("history.copy-1-before-m902_folders.db")
    hopeless = file.with_name("history.copy-2-before-m902_folders.db")
    hopeless.write_text(f"no database, but {SECRET}")
    history.delete_conversation(secret)
    history.delete_message(message)
    assert copy.name in files_with_secret(file)
    history.purge_deleted()
    assert files_with_secret(file) == []
    assert not hopeless.exists()
    history.close()
    old = History(copy)
    old.open()
    (left,) = old.conversations()
    assert [m.text for m in old.path(left.id)] == ["first", "last"]
    old.close()


@pytest.mark.parametrize("file", ["plain"], indirect=True)
def test_what_was_written_for_a_folder_is_gone_with_it(file: Path) -> None:
    history = History(file)
    history.open()
    outer = history.folders.create("Clients")
    inner = history.folders.create(f"Case {SECRET}", outer.id)
    for folder in (outer, inner):
        history.folders.set_system_prompt(folder.id, f"never say {SECRET} " * 300)
        history.folders.set_words(folder.id, [SECRET, f"Project {SECRET}"])
    kept = history.folders.create("kept")
    history.folders.set_words(kept.id, ["Falcon"])
    talk = history.create_conversation("talk")
    history.folders.put([talk.id], inner.id)
    history.close()
    history = History(file, steps=[*MIGRATIONS, Migration("m902_folders", _folders)])
    history.open()
    assert len(files_with_secret(file)) == 2
    history.folders.delete(outer.id)
    assert files_with_secret(file) == []
    assert [(one.name, one.words) for one in history.folders.all()] == [("kept", ("Falcon",))]
    assert history.conversation(talk.id).folder_id is None
    history.close()


def test_a_draft_that_was_sent_leaves_no_trace_after_a_purge(history: History, file: Path) -> None:
    history.save_draft(None, SECRET * 1000)
    history.save_draft(None, "")
    history.purge_deleted()
    assert files_with_secret(file) == []


def test_a_reader_that_keeps_traces_alive_is_said(history: History, file: Path) -> None:
    secret, _ = fill(history)
    reader = connect(file)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM message").fetchone()
    history.delete_conversation(secret)
    with pytest.raises(AppError, match="Traces"):
        history.purge_deleted()
    reader.close()
    history.purge_deleted()
    assert len(history.conversations()) == 1
    assert file.with_name("history.db-wal").stat().st_size == 0


def test_an_erased_answer_can_no_longer_be_written(history: History) -> None:
    _, message = fill(history)
    history.delete_message(message)
    history.update_message(message, text="still coming")
    history.purge_deleted()
    with pytest.raises(GoneError):
        history.update_message(message, text="too late")
