"""The history's files: private to their owner, one writer, moved aside only when asked."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from app.store import errors

PRIVATE_FILE = 0o600
PRIVATE_FOLDER = 0o700
_OPEN, _CLOSED = b"open\n", b"done\n"
# Windows keeps others from reading a locked byte, so the lock lies behind the mark.
_LOCKED_BYTE = 1024


def prepare_folder(folder: Path) -> None:
    """Make `folder` and what is missing above it, readable by the owner only."""
    if not folder.is_dir():
        folder.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        folder.chmod(PRIVATE_FOLDER)


def create_private(file: Path) -> None:
    """Make sure that `file` exists and that only its owner can read it, whatever the umask."""
    os.close(os.open(file, os.O_RDWR | os.O_CREAT, PRIVATE_FILE))
    for one in with_companions(file):
        if os.name == "posix" and one.exists() and one.stat().st_mode & 0o077:
            one.chmod(PRIVATE_FILE)


def sync_folder(folder: Path) -> None:
    """Make sure that a name that was just given in `folder` is still there after a power cut."""
    if os.name == "posix":  # elsewhere a folder cannot be opened for that
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def uri(file: Path, mode: str) -> str:
    """The name of `file` that SQLite takes together with how to open it ("mode=ro")."""
    name = file.absolute().as_uri()
    if not name.startswith("file:///"):  # a share: SQLite wants its host within the path
        name = f"file://{name.removeprefix('file:')}"
    return f"{name}?{mode}"


def with_companions(file: Path) -> tuple[Path, Path, Path]:
    """The database and the two files that SQLite keeps beside it."""
    return file, file.with_name(f"{file.name}-wal"), file.with_name(f"{file.name}-shm")


def move_aside(file: Path) -> Path:
    """Rename `file` and its companions to a name that is free, and return the new one."""
    number = 1
    while (target := file.with_name(f"{file.stem}.broken-{number}{file.suffix}")).exists():
        number += 1
    file.rename(target)
    # The write-ahead log is a part of the database: it follows under the matching name.
    for old, new in zip(with_companions(file)[1:], with_companions(target)[1:], strict=True):
        if old.exists():
            old.rename(new)
    return target


class WriterLock:
    """Lets one process at a time write, and remembers whether the last one ended well.

    The system gives the lock back when a process ends in whatever way; the mark inside the
    file stays and tells the next one to look at the database more closely.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._handle: int | None = None

    def acquire(self) -> bool:
        """Take the lock; returns whether the last writer ended without closing.

        Raises `AppError` where another process holds it.
        """
        flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0)
        handle = os.open(self._file, flags, PRIVATE_FILE)
        try:
            _lock(handle)
            unclean = _read(handle)
        except BlockingIOError:
            os.close(handle)
            raise errors.in_use() from None
        except BaseException:
            os.close(handle)
            raise
        self._handle = handle
        return unclean

    def mark(self, *, opened: bool) -> None:
        """Write down whether the database is open now."""
        if self._handle is not None:
            # Always the same length: on a full disk there is still room for it.
            os.lseek(self._handle, 0, os.SEEK_SET)
            os.write(self._handle, _OPEN if opened else _CLOSED)

    def release(self) -> None:
        """Let others write."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


def _read(handle: int) -> bool:
    os.lseek(handle, 0, os.SEEK_SET)
    return os.read(handle, len(_OPEN)) == _OPEN


def _lock(handle: int) -> None:
    """Lock without waiting; raises `BlockingIOError` where another process holds it."""
    if sys.platform == "win32":
        import msvcrt

        os.lseek(handle, _LOCKED_BYTE, os.SEEK_SET)
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except PermissionError as error:
            raise BlockingIOError from error
    else:
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
