"""The file: private, one writer, never overwritten, and every refusal in words."""

from __future__ import annotations

import contextlib
import os
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.core.errors import AppError, ErrorCode
from app.core.messages import Role
from app.store.connecting import connect
from app.store.database import Database
from app.store.history import History

ROOT = Path(__file__).parents[3]
posix = pytest.mark.skipif(os.name != "posix", reason="file modes are a matter of POSIX")


def contents(folder: Path) -> dict[str, bytes]:
    """The files without SQLite's index of the log and without the lock."""
    return {
        f.name: f.read_bytes() for f in folder.iterdir() if not f.name.endswith(("-shm", ".lock"))
    }


def refused(action: Callable[[], object], code: ErrorCode) -> AppError:
    with pytest.raises(AppError) as caught:
        action()
    assert caught.value.code is code
    assert caught.value.what.endswith(".")
    assert caught.value.todo.endswith(".")
    return caught.value


def filled(file: Path, text: str = "kept") -> None:
    history = History(file)
    history.open()
    conversation = history.create_conversation()
    history.add_message(conversation.id, None, Role.USER, text)
    history.close()


def texts(history: History) -> list[str]:
    return [m.text for c in history.conversations() for m in history.path(c.id)]


def test_every_safety_of_sqlite_is_on(file: Path) -> None:
    database = Database(file)
    database.open()
    with database.read() as connection:
        values = {
            name: connection.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
        }
    assert values == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "secure_delete": 1,
    }
    database.close()


@posix
@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_only_the_owner_can_read_the_files(file: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        history = History(file)
        history.open()
        history.create_conversation()
        modes = {f.name: stat.S_IMODE(f.stat().st_mode) for f in file.parent.iterdir()}
        history.close()
    finally:
        os.umask(before)
    assert modes == dict.fromkeys(
        ("history.db", "history.db-wal", "history.db-shm", "history.db.lock"), 0o600
    )
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


@posix
def test_a_file_that_others_could_read_is_closed_to_them(file: Path) -> None:
    filled(file)
    file.chmod(0o644)
    history = History(file)
    history.open()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    history.close()


def test_a_second_writer_is_refused_and_a_reader_is_not(history: History, file: Path) -> None:
    second = History(file)
    assert "Another Tacit" in refused(second.open, ErrorCode.STORE_UNWRITABLE).what
    history.create_conversation("seen by the reader")
    second.open(read_only=True)
    assert [c.title for c in second.conversations()] == ["seen by the reader"]
    refused(second.create_conversation, ErrorCode.STORE_UNWRITABLE)
    history.create_conversation("meanwhile")
    assert len(second.conversations()) == 2
    second.close()
    history.close()
    second.open()
    assert len(second.conversations()) == 2
    second.close()


@pytest.mark.parametrize("file", ["plain"], indirect=True)
def test_another_process_keeps_the_lock_until_it_ends(file: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from app.store.history import History\n"
        "h = History(Path(sys.argv[1])); h.open(); h.create_conversation('theirs')\n"
        "print('open', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(file)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "open\n"
        history = History(file)
        refused(history.open, ErrorCode.STORE_UNWRITABLE)
        refused(history.set_aside, ErrorCode.STORE_UNWRITABLE)
        other.kill()
        other.wait(10)
    history.open()
    assert [c.title for c in history.conversations()] == ["theirs"]
    history.close()


def test_a_reader_of_nothing_sees_nothing_and_makes_nothing(file: Path) -> None:
    history = History(file)
    history.open(read_only=True)
    assert history.conversations() == []
    history.close()
    assert not file.parent.exists()


@pytest.mark.parametrize("kind", ["text", "database", "folder"])
@pytest.mark.parametrize("read_only", [False, True])
def test_what_is_no_history_is_left_as_it_is_until_set_aside(
    file: Path, kind: str, read_only: bool
) -> None:
    file.parent.mkdir()
    if kind == "text":
        file.write_text("my shopping list " * 100)
    elif kind == "database":
        with contextlib.closing(connect(file)) as other, other:
            other.execute("CREATE TABLE message (id)")
    else:
        file.mkdir()
    before = None if kind == "folder" else contents(file.parent)
    history = History(file)
    refused(lambda: history.open(read_only=read_only), ErrorCode.STORE_BROKEN)
    assert not history.is_open
    if before is not None:
        assert contents(file.parent) == before
    aside = history.set_aside()
    assert aside.name == "history.broken-1.db"
    if before is not None:
        assert aside.read_bytes() == before["history.db"]
    history.open()
    assert history.conversations() == []
    history.close()


def test_an_empty_file_is_a_new_history(file: Path) -> None:
    file.parent.mkdir()
    file.touch()
    filled(file)


def damaged(file: Path) -> bytes:
    """A history of many pages, of which the second half is overwritten."""
    filled(file)
    history = History(file)
    history.open()
    conversation = history.conversations()[0]
    with history.batch():
        for number in range(50):
            history.add_message(conversation.id, None, Role.USER, f"{number} " * 2000)
    history.close()
    content = bytearray(file.read_bytes())
    half = len(content) // 8192 * 4096
    content[half:] = b"\xa5" * (len(content) - half)
    file.write_bytes(content)
    return bytes(content)


def test_damage_is_looked_for_after_an_unclean_end_only(file: Path) -> None:
    content = damaged(file)
    lock = file.with_name("history.db.lock")
    assert lock.read_bytes() == b"done\n"
    lock.write_bytes(b"open\n")
    for _ in range(2):  # the mark stays until the damage is dealt with
        refused(History(file).open, ErrorCode.STORE_BROKEN)
        assert file.read_bytes() == content
    aside = History(file).set_aside()
    assert aside.read_bytes() == content
    filled(file)
    assert lock.read_bytes() == b"done\n"


def test_damage_met_while_reading_is_said_and_nothing_is_written(file: Path) -> None:
    content = damaged(file)
    history = History(file)
    history.open()
    refused(lambda: texts(history), ErrorCode.STORE_BROKEN)
    history.close()
    assert file.read_bytes() == content


def test_several_broken_files_are_all_kept(file: Path) -> None:
    history = History(file)
    for number in (1, 2):
        file.parent.mkdir(exist_ok=True)
        file.write_text(f"broken {number} " * 100)
        assert history.set_aside().name == f"history.broken-{number}.db"
    assert file.with_name("history.broken-1.db").read_text().startswith("broken 1")


def test_the_log_of_a_killed_writer_is_read_and_goes_aside_with_the_file(
    history: History, file: Path, tmp_path: Path
) -> None:
    conversation = history.create_conversation()
    history.add_message(conversation.id, None, Role.USER, "only in the log")
    killed = tmp_path / "killed" / "history.db"
    killed.parent.mkdir()
    for name, content in contents(file.parent).items():
        (killed.parent / name).write_bytes(content)
    assert killed.with_name("history.db-wal").stat().st_size
    reader = History(killed)
    reader.open(read_only=True)
    assert texts(reader) == ["only in the log"]
    reader.close()
    aside = History(killed).set_aside()
    again = History(aside)
    again.open()
    assert texts(again) == ["only in the log"]
    again.close()


def test_a_held_database_is_said_and_works_again(history: History, file: Path) -> None:
    history.create_conversation("before")
    with contextlib.closing(connect(file)) as other:
        other.execute("BEGIN IMMEDIATE")
        error = refused(lambda: history.create_conversation("x"), ErrorCode.STORE_UNWRITABLE)
        assert "Another program" in error.what
        assert [c.title for c in history.conversations()] == ["before"]
        other.execute("ROLLBACK")
    history.create_conversation("after")
    assert len(history.conversations()) == 2


@pytest.fixture
def as_somebody() -> Iterator[Path]:
    """A folder, while this process has no more rights than any user."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        path.chmod(0o755)
        is_root = os.geteuid() == 0
        if is_root:
            os.chown(path, 65534, 65534)
            os.seteuid(65534)
        try:
            yield path
        finally:
            path.chmod(0o755)
            if is_root:
                os.seteuid(0)


@posix
def test_a_read_only_folder_is_said_and_works_again(as_somebody: Path) -> None:
    file = as_somebody / "history.db"
    as_somebody.chmod(0o555)
    error = refused(History(file).open, ErrorCode.STORE_UNWRITABLE)
    assert str(as_somebody) in error.todo
    refused(History(file / "deeper" / "history.db").open, ErrorCode.STORE_UNWRITABLE)
    as_somebody.chmod(0o755)
    filled(file)
    as_somebody.chmod(0o555)
    file.chmod(0o444)
    refused(History(file).open, ErrorCode.STORE_UNWRITABLE)
    as_somebody.chmod(0o755)
    file.chmod(0o600)
    history = History(file)
    history.open()
    assert texts(history) == ["kept"]
    history.close()


def overfill(history: History) -> None:
    """Write until the disk is full; what was written before must still be there."""
    conversation = history.conversations()[0]
    before = texts(history)
    refused(
        lambda: history.add_message(conversation.id, None, Role.USER, "x" * 3_000_000),
        ErrorCode.DISK_FULL,
    )
    assert texts(history) == before


def test_a_database_that_may_not_grow_loses_nothing(history: History) -> None:
    conversation = history.create_conversation()
    first = history.add_message(conversation.id, None, Role.USER, "first")
    with history._db.read() as connection:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages}")
    overfill(history)
    with history._db.read() as connection:
        connection.execute("PRAGMA max_page_count = 1000000")
    history.add_message(conversation.id, first.id, Role.USER, "second")
    assert texts(history) == ["first", "second"]


def fill(filler: Path) -> None:
    with contextlib.suppress(OSError), filler.open("ab", buffering=0) as file:
        while True:
            file.write(b"x" * 1024)


def test_a_full_disk_loses_nothing_and_writing_goes_on_when_there_is_room(
    small_disk: Path,
) -> None:
    file = small_disk / "data" / "history.db"
    history = History(file)
    history.open()
    conversation = history.create_conversation("title")
    first = history.add_message(conversation.id, None, Role.USER, "first")
    filler = small_disk / "filler"
    fill(filler)
    overfill(history)
    history.close()
    fill(filler)
    history.open()  # reading goes on
    overfill(history)
    history.close()
    refused(History(small_disk / "new" / "history.db").open, ErrorCode.DISK_FULL)
    filler.unlink()
    again = History(file)
    again.open()
    assert texts(again) == ["first"]
    again.add_message(conversation.id, first.id, Role.USER, "second")
    overfill(again)
    again.close()
    again.open()
    assert texts(again) == ["first", "second"]
    again.close()
