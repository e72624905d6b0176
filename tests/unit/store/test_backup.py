"""A backup holds everything and nothing secret; restoring is all or nothing and keeps the old."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from app.core.errors import AppError, ErrorCode
from app.core.messages import Role
from app.store import backup
from app.store.history import History
from app.store.migrations import MIGRATIONS, Migration


@pytest.fixture
def settings(file: Path) -> dict[str, Path]:
    return {"settings.json": file.with_name("settings.json")}


def filled(file: Path, text: str) -> None:
    history = History(file)
    history.open()
    conversation = history.create_conversation("talk")
    history.add_message(conversation.id, None, Role.USER, text)
    history.close()


def texts(file: Path) -> list[str]:
    history = History(file)
    history.open()
    found = [m.text for c in history.conversations() for m in history.path(c.id)]
    history.close()
    return found


def refused(action: Callable[[], object]) -> AppError:
    with pytest.raises(AppError) as caught:
        action()
    return caught.value


def test_everything_comes_back_and_what_was_there_is_kept(
    file: Path, settings: dict[str, Path], tmp_path: Path
) -> None:
    filled(file, "before")
    settings["settings.json"].write_text('{"a": 1}')
    target = tmp_path / "tacit.zip"
    made = backup.write(file, target, settings)
    assert (made.conversations, made.messages) == (1, 1)
    assert sorted(zipfile.ZipFile(target).namelist()) == [
        "history.db", "manifest.json", "settings.json",
    ]  # fmt: skip
    if os.name == "posix":
        assert target.stat().st_mode & 0o077 == 0
    filled(file, "afterwards")
    settings["settings.json"].write_text('{"a": 2}')
    again, kept = backup.restore(target, file, settings)
    assert again.messages == 1
    assert texts(file) == ["before"]
    assert settings["settings.json"].read_text() == '{"a": 1}'
    assert [place.name.split("-")[0] for place in kept] == [
        "settings.replaced", "history.replaced",
    ]  # fmt: skip
    assert kept[0].read_text() == '{"a": 2}'
    assert sorted(texts(kept[1])) == ["afterwards", "before"]
    assert not list(file.parent.glob("*partial*"))


def test_a_backup_is_made_while_somebody_writes(
    history: History, file: Path, settings: dict[str, Path], tmp_path: Path
) -> None:
    conversation = history.create_conversation("talk")
    history.add_message(conversation.id, None, Role.USER, "only in the log")
    target = tmp_path / "tacit.zip"
    backup.write(file, target, settings)
    assert refused(lambda: backup.restore(target, file, settings)).what.startswith("Another Tacit")
    other = tmp_path / "other" / "history.db"
    backup.restore(target, other, {})
    assert texts(other) == ["only in the log"]


def test_a_daily_copy_is_restored_as_well(history: History, file: Path, tmp_path: Path) -> None:
    conversation = history.create_conversation("talk")
    message = history.add_message(conversation.id, None, Role.USER, "copied").id
    copy = history.copies.make_due()
    assert copy is not None
    history.update_message(message, text="changed")
    history.close()
    backup.restore(copy, file, {})
    assert texts(file) == ["copied"]
    history.open()
    assert history.search("copied").hits
    history.close()


def test_the_log_of_a_killed_program_belongs_to_what_is_kept(
    history: History, file: Path, tmp_path: Path
) -> None:
    filled(tmp_path / "other" / "history.db", "from the backup")
    target = tmp_path / "tacit.zip"
    backup.write(tmp_path / "other" / "history.db", target, {})
    conversation = history.create_conversation("talk")
    history.add_message(conversation.id, None, Role.USER, "only in the log")
    killed = tmp_path / "killed" / "history.db"
    killed.parent.mkdir()
    for name in ("history.db", "history.db-wal"):
        (killed.parent / name).write_bytes((file.parent / name).read_bytes())
    _, (kept,) = backup.restore(target, killed, {})
    assert texts(killed) == ["from the backup"]
    assert texts(kept) == ["only in the log"]


def test_what_cannot_be_opened_is_kept_when_it_is_replaced(file: Path, tmp_path: Path) -> None:
    other = tmp_path / "other" / "history.db"
    filled(other, "from the backup")
    target = tmp_path / "tacit.zip"
    backup.write(other, target, {})
    file.parent.mkdir()
    file.write_text("broken")
    file.with_name("history.db-wal").write_text("its log")
    _, (kept,) = backup.restore(target, file, {})
    assert kept.read_text() == "broken"
    assert kept.with_name(f"{kept.name}-wal").read_text() == "its log"
    assert not file.with_name("history.db-wal").exists()
    assert texts(file) == ["from the backup"]


def changed(source: Path, target: Path, name: str, content: bytes | None) -> None:
    """A copy of the archive in which one member is another or none."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for member in old.namelist():
            if member != name:
                new.writestr(member, old.read(member))
            elif content is not None:
                new.writestr(member, content)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("history.db", None), ("history.db", b"other"), ("settings.json", b'{"a": 9}'),
        ("settings.json", None), ("manifest.json", None), ("manifest.json", b"{}"),
        ("manifest.json", b"[1"), ("manifest.json", b'{"format": "x", "version": 1}'),
    ],
)  # fmt: skip
def test_what_is_not_sound_changes_nothing(
    file: Path, settings: dict[str, Path], tmp_path: Path, name: str, content: bytes | None
) -> None:
    filled(file, "kept")
    settings["settings.json"].write_text('{"a": 1}')
    good, bad = tmp_path / "good.zip", tmp_path / "bad.zip"
    backup.write(file, good, settings)
    changed(good, bad, name, content)
    before = {f.name: f.read_bytes() for f in file.parent.iterdir()}
    assert refused(lambda: backup.restore(bad, file, settings)).code is ErrorCode.USAGE
    assert {f.name: f.read_bytes() for f in file.parent.iterdir()} == before


def test_hostile_archives_write_nowhere_else(
    file: Path, settings: dict[str, Path], tmp_path: Path
) -> None:
    filled(file, "kept")
    evil = tmp_path / "evil.zip"
    entries = [{"name": name, "size": 1, "sha256": "x"}
               for name in ("history.db", "../../evil", "/tmp/evil")]  # fmt: skip
    manifest = {"format": "tacit-backup", "version": 1, "files": entries}
    with zipfile.ZipFile(evil, "w") as archive:
        archive.writestr("manifest.json", json.dumps(manifest))
        for entry in entries:
            archive.writestr(str(entry["name"]), "x" * 100)
    refused(lambda: backup.restore(evil, file, settings))
    assert texts(file) == ["kept"]
    assert not list(tmp_path.rglob("evil"))


@pytest.mark.parametrize("content", [b"", b"hello", b"PK\x03\x04", b"SQLite format 3\x00" + b"x"])
def test_what_is_no_backup_is_said(file: Path, tmp_path: Path, content: bytes) -> None:
    filled(file, "kept")
    other = tmp_path / "photo.zip"
    other.write_bytes(content)
    refused(lambda: backup.restore(other, file, {}))
    refused(lambda: backup.restore(tmp_path / "nothing", file, {}))
    assert texts(file) == ["kept"]


def test_a_backup_of_a_newer_program_is_refused(file: Path, tmp_path: Path) -> None:
    def step(db: object) -> None:
        db.execute("CREATE TABLE later (id)")  # type: ignore[attr-defined]

    newer = History(file, steps=[*MIGRATIONS, Migration("m999_later", step)])
    newer.open()
    newer.close()
    target = tmp_path / "tacit.zip"
    backup.write(file, target, {})
    other = tmp_path / "other" / "history.db"
    filled(other, "kept")
    assert refused(lambda: backup.restore(target, other, {})).code is ErrorCode.STORE_NEWER
    assert texts(other) == ["kept"]


def test_what_cannot_be_written_is_said(file: Path, tmp_path: Path) -> None:
    assert refused(lambda: backup.write(file, tmp_path / "x.zip", {})).code is ErrorCode.USAGE
    filled(file, "kept")
    error = refused(lambda: backup.write(file, tmp_path / "nowhere" / "x.zip", {}))
    assert "x.zip" in error.what
    assert not list(tmp_path.rglob("*partial*"))


def test_erasing_reaches_what_a_restore_replaced(file: Path, tmp_path: Path) -> None:
    filled(file, "Zwiebelfisch")
    target = tmp_path / "elsewhere" / "tacit.zip"
    target.parent.mkdir()
    backup.write(file, target, {})
    backup.restore(target, file, {})
    history = History(file)
    history.open()
    history.delete_conversation(history.conversations()[0].id)
    history.purge_deleted()
    history.close()
    left = [f.name for f in file.parent.iterdir() if b"wiebelfisch" in f.read_bytes()]
    assert left == []
