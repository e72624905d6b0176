"""Files are replaced whole, folders appear whole, and one writer works at a time."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.core.errors import AppError, ErrorCode
from app.core.handoff import CancelToken
from app.models import disk
from app.models.disk import Progress

HOLD = """
import sys
from pathlib import Path
from app.models import disk
with disk.writing(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_one_process_writes_at_a_time(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        with pytest.raises(AppError) as busy, disk.writing(tmp_path):
            pass
        assert busy.value.code is ErrorCode.LIBRARY_BUSY
        other.kill()  # the system gives the lock back, whatever happened
        other.wait()
        with disk.writing(tmp_path):
            pass


def test_one_thread_writes_at_a_time(tmp_path: Path) -> None:
    with disk.writing(tmp_path), pytest.raises(AppError), disk.writing(tmp_path):
        pass
    with disk.writing(tmp_path):
        pass


@pytest.mark.skipif(os.name != "posix", reason="other rights on Windows")
def test_a_written_file_is_private_and_whole(tmp_path: Path) -> None:
    file = tmp_path / "new" / "a.json"
    disk.write_json(file, {"a": "ä"})
    assert disk.read_json(file) == {"a": "ä"}
    assert file.stat().st_mode & 0o077 == 0
    with pytest.raises(TypeError):
        disk.write_json(file, {"a": object()})
    assert disk.read_json(file) == {"a": "ä"}
    assert list(file.parent.iterdir()) == [file]


@pytest.mark.parametrize("content", ["", "{", "[" * 100_000])
def test_what_is_no_json_reads_as_none(tmp_path: Path, content: str) -> None:
    (tmp_path / "a.json").write_text(content)
    assert disk.read_json(tmp_path / "a.json") is None
    assert disk.read_json(tmp_path / "none.json") is None
    assert disk.read_json(tmp_path) is None
    assert disk.read_json(tmp_path / "a.json", longest=-1) is None


def test_a_name_that_is_taken_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    (tmp_path / "old").mkdir()
    with pytest.raises(FileExistsError):
        disk.publish(tmp_path / "new", tmp_path / "old")
    disk.publish(tmp_path / "new", tmp_path / "free")
    assert (tmp_path / "free").is_dir()


def test_leftovers_are_swept_and_models_are_not(tmp_path: Path) -> None:
    for name in (".a.incoming", "org/.b.0.outgoing", ".c.download", "d", ".e.partial"):
        (tmp_path / name / "inner").mkdir(parents=True)
    disk.sweep(tmp_path)
    left = sorted(p.relative_to(tmp_path).as_posix() for p in tmp_path.iterdir())
    assert left == [".c.download", ".e.partial", "d", "org"]
    assert list((tmp_path / "org").iterdir()) == []


def test_an_exchange_is_whole_or_taken_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("old", ".new.download"):
        (tmp_path / name).mkdir()
        (tmp_path / name / name.strip(".")).touch()
    renamed: list[Path] = []
    rename = Path.rename

    def end_behind_the_first(path: Path, target: Path) -> Path:
        if renamed:
            raise KeyboardInterrupt  # as abrupt as a power cut, as far as the disk can tell
        renamed.append(path)
        return rename(path, target)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", end_behind_the_first)
        with pytest.raises(KeyboardInterrupt):
            disk.exchange(tmp_path / ".new.download", tmp_path / "old")
    assert not (tmp_path / "old").exists()
    assert disk.has_previous(tmp_path)
    disk.restore_previous(tmp_path)
    assert (tmp_path / "old" / "old").is_file()
    disk.exchange(tmp_path / ".new.download", tmp_path / "old")
    assert [p.name for p in tmp_path.rglob("*")] == ["old", "new.download"]
    assert not disk.has_previous(tmp_path)


def test_a_folder_that_is_not_there_is_never_made(tmp_path: Path) -> None:
    with pytest.raises(AppError, match="Connect its disk"), disk.writing(tmp_path / "usb"):
        pass
    assert not (tmp_path / "usb").exists()


def test_deleting_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / ".a.0.outgoing").mkdir()
    disk.discard(tmp_path / "a")
    assert [p.name for p in tmp_path.iterdir()] == [".a.0.outgoing"]


def test_progress_counts_and_stops() -> None:
    told: list[tuple[str, float | None]] = []
    cancel = CancelToken()
    progress = Progress(10, lambda *words: told.append(words), cancel)
    progress.begin("Copying")
    progress.add(5)
    progress.add(500)
    assert told == [("Copying", 0.0), ("Copying", 0.5), ("Copying", 1.0)]
    cancel.cancel()
    with pytest.raises(AppError) as stopped:
        progress.add(1)
    assert stopped.value.code is ErrorCode.CANCELLED


def test_too_little_room_is_refused_with_numbers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disk, "disk", lambda _folder: (5_000_000_000, 100_000_000_000))
    disk.require_room(tmp_path, 4_000_000_000)
    with pytest.raises(AppError) as full:
        disk.require_room(tmp_path, 4_000_000_001)
    assert full.value.code is ErrorCode.DISK_FULL
    assert "needs 4.0 GB on the disk, and only 5.0 GB are free (1.0 GB stay" in full.value.what


@pytest.mark.parametrize(
    ("number", "code", "words"),
    [
        (errno.ENOSPC, ErrorCode.DISK_FULL, "the disk is full"),
        (errno.EACCES, ErrorCode.STORE_UNWRITABLE, "permission denied"),
    ],
)
def test_what_the_system_refuses_is_a_sentence(number: int, code: ErrorCode, words: str) -> None:
    with pytest.raises(AppError) as failed, disk.errors("It was not copied"):
        raise OSError(number, os.strerror(number))
    assert (failed.value.code, failed.value.what) == (code, f"It was not copied: {words}.")
