"""A history in memory: everything a history does, and never a byte on the disk."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest

from app.core.errors import AppError
from app.core.messages import Role
from app.store.history import History


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with what an ordinary history leaves: the file, and a copy of it."""
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "history.db").write_bytes(b"an ordinary history")
    (folder / "history.copy-1.db").write_bytes(b"a copy")
    return folder


def tree(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {f.name: (f.read_bytes(), f.stat().st_mtime_ns) for f in folder.iterdir()}


def test_it_keeps_finds_and_erases_without_touching_a_file(folder: Path) -> None:
    before = tree(folder)
    history = History(folder / "history.db", in_memory=True)
    history.open()
    talk = history.create_conversation()
    message = history.add_message(talk.id, None, Role.USER, "A secret?")
    history.save_draft(None, "half a thought")
    assert [stored.text for stored in history.path(talk.id)] == ["A secret?"]
    assert history.draft(None) == "half a thought"
    history.delete_message(message.id)
    history.delete_conversation(talk.id)
    assert history.purge_deleted() == 2
    assert history.conversations() == []
    history.close()
    assert tree(folder) == before


def test_it_is_searched_and_organised_without_a_copy(folder: Path) -> None:
    before = tree(folder)
    history = History(folder / "history.db", in_memory=True)
    history.open()
    talk = history.create_conversation("about leases")
    message = history.add_message(talk.id, None, Role.USER, "A secret 東京?")
    history.folders.put([talk.id], history.folders.create("Case").id)
    assert [hit.message_id for hit in history.search("東京").hits] == [message.id]
    assert history.branches.fork(message.id).title == "about leases (fork)"
    assert history.copies.make_due() is None
    with pytest.raises(AppError):
        history.recover()
    history.close()
    assert tree(folder) == before


def test_it_is_gone_when_it_was_closed(folder: Path) -> None:
    history = History(folder / "history.db", in_memory=True)
    history.open()
    history.create_conversation()
    history.close()
    assert not history.is_open
    history.close()
    history.open()
    assert history.conversations() == []
    history.close()


def test_a_transaction_is_all_or_nothing(folder: Path) -> None:
    history = History(folder / "history.db", in_memory=True)
    history.open()
    with contextlib.suppress(RuntimeError), history.batch():
        history.create_conversation()
        raise RuntimeError
    assert history.conversations() == []
    history.close()


def test_there_is_no_file_to_be_set_aside(folder: Path) -> None:
    history = History(folder / "history.db", in_memory=True)
    before = tree(folder)
    with pytest.raises(AppError):
        history.set_aside()
    assert tree(folder) == before
