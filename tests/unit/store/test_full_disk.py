"""On a full disk everything that writes says so, keeps what there is, and goes on when there is
room again.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from app.core.errors import AppError, ErrorCode
from app.core.messages import Role
from app.exchange.exporting import export_to
from app.exchange.importing import import_from
from app.exchange.writers import ExportFormat
from app.store import backup, copying, recovery
from app.store.history import History
from tests.fakes import old_history
from tests.fakes.direct import Direct


def fill(disk: Path) -> Path:
    """Take all the room; returns the file that has it."""
    filler = disk / "filler"
    with contextlib.suppress(OSError), filler.open("ab", buffering=0) as file:
        while True:
            file.write(b"x" * 1024)
    return filler


def refused(action: Callable[[], object]) -> None:
    with pytest.raises(AppError) as caught:
        action()
    assert caught.value.code is ErrorCode.DISK_FULL


def test_an_import_keeps_what_it_has_and_goes_on_later(small_disk: Path, tmp_path: Path) -> None:
    one = {"chat_messages": [{"uuid": "q", "sender": "human", "text": "word " * 4_000}]}
    export = tmp_path / "conversations.json"
    export.write_text(json.dumps([{**one, "uuid": str(n), "name": str(n)} for n in range(40)]))
    history = History(small_disk / "data" / "history.db")
    history.open()
    refused(lambda: import_from(export, Direct(history)))
    kept = {c.title for c in history.conversations()}
    assert 0 < len(kept) < 40
    history.close()
    assert recovery.check(history._db.file).is_sound
    # More room: the same import brings the rest.
    roomy = tmp_path / "roomy" / "history.db"
    backup.write(small_disk / "data" / "history.db", tmp_path / "b.zip", {})
    backup.restore(tmp_path / "b.zip", roomy, {})
    again = History(roomy)
    again.open()
    report = import_from(export, Direct(again))
    assert (report.added, report.known) == (40 - len(kept), len(kept))
    again.close()


def test_exports_copies_and_backups_leave_nothing_half(small_disk: Path) -> None:
    folder = small_disk / "data"
    history = History(folder / "history.db")
    history.open()
    conversation = history.create_conversation("talk")
    history.add_message(conversation.id, None, Role.USER, "words " * 5_000)
    filler = fill(small_disk)
    before = {f.name for f in folder.iterdir()}
    run = Direct(history)
    for kind in ExportFormat:
        refused(lambda kind=kind: export_to(folder / "out", run, kind))  # type: ignore[misc]
    refused(history.copies.make_due)
    refused(lambda: backup.write(folder / "history.db", folder / "b.zip", {}))
    assert {f.name for f in folder.iterdir()} == before
    filler.unlink()
    assert history.copies.make_due() is not None
    assert export_to(folder / "out", run, ExportFormat.JSON).conversations == 1
    history.close()


def test_a_migration_without_room_leaves_the_old_file(small_disk: Path) -> None:
    file = small_disk / "data" / "history.db"
    old_history.make(file, messages=400)
    filler = fill(small_disk)
    refused(History(file).open)
    assert copying.copies(file) == copying.unfinished(file) == []
    filler.unlink()
    history = History(file)
    history.open()
    assert len(history.path("c1")) == 402
    history.close()


def test_deleting_works_on_a_full_disk_as_soon_as_there_is_a_little_room(
    small_disk: Path,
) -> None:
    history = History(small_disk / "data" / "history.db")
    history.open()
    kept, gone = (history.create_conversation(title) for title in ("kept", "gone"))
    for one in (kept, gone):
        history.add_message(one.id, None, Role.USER, f"{one.title} " * 3_000)
    filler = fill(small_disk)
    with contextlib.suppress(AppError):
        history.delete_conversation(gone.id)
        history.purge_deleted()
    assert [m.text[:4] for m in history.path(kept.id)] == ["kept"]
    filler.unlink()
    with contextlib.suppress(AppError):
        history.delete_conversation(gone.id)
    history.purge_deleted()
    assert b"gone gone" not in (small_disk / "data" / "history.db").read_bytes()
    history.close()
