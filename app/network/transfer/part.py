"""The part of a file that is there already, and what is known about where it comes from."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from io import FileIO
from pathlib import Path

from app.core.errors import AppError, ErrorCode
from app.process import locks
from app.process.plain import ProtocolError, from_plain, to_plain

PART = ".part"
_WRITING = (
    os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)
)  # never through a link that somebody put there
_DISK_FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What the server said of the file that the part belongs to: its ETag ("" for none, or
    one that promises nothing) and its size in bytes (None: unknown)."""

    etag: str = ""
    size: int | None = None


class Part:
    """`NAME.part` beside the final file, with `NAME.part.json` that says what it is part of.

    Without a readable note about its source a part counts for nothing.
    """

    def __init__(self, target: Path) -> None:
        self._target = target
        self.file = target.with_name(target.name + PART)
        self._note = target.with_name(target.name + PART + ".json")
        self._lock = target.with_name(target.name + PART + ".lock")

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Keep every other transfer of the same file out; raises `AppError` where there is one."""
        try:
            with locks.exclusive(self._lock, 0.0, remove=True):
                yield
        except locks.TakenError:
            raise AppError(
                f"{self._target.name} is being fetched already.",
                "Wait until it is there, or stop the other download.",
            ) from None

    def size(self) -> int:
        """Bytes of the part, 0 where there is none."""
        try:
            return self.file.stat().st_size
        except FileNotFoundError:
            return 0

    def source(self) -> Source | None:
        """What the part is part of; None where that is not known, or the part is a link."""
        if self.file.is_symlink():
            return None
        try:
            return from_plain(Source, json.loads(self._note.read_bytes()))
        except (OSError, ValueError, RecursionError, ProtocolError):
            return None

    def note(self, source: Source) -> None:
        """Write down what the part is part of."""
        new = self._note.with_suffix(".new")
        new.write_text(json.dumps(to_plain(source)), encoding="ascii")
        new.replace(self._note)

    def is_whole(self) -> bool:
        """Whether as many bytes are there as the source has."""
        source = self.source()
        return source is not None and self.file.exists() and self.size() == source.size

    def open(self, start: int) -> FileIO:
        """The part, cut to `start` bytes, for writing on from there, unbuffered."""
        descriptor = os.open(self.file, _WRITING, 0o600)
        file = os.fdopen(descriptor, "r+b", buffering=0)
        file.truncate(start)
        file.seek(start)
        return file

    def drop(self) -> None:
        """Forget what is there."""
        self._note.unlink(missing_ok=True)
        self.file.unlink(missing_ok=True)

    def finish(self) -> None:
        """Give the whole and checked part its final name, for good."""
        with self.file.open("r+b") as file:
            os.fsync(file.fileno())
        self.file.replace(self._target)
        self._note.unlink(missing_ok=True)
        if os.name == "posix":
            folder = os.open(self._target.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)

    def check_space(self, missing: int, reserve: int) -> None:
        """Raises `AppError` where `missing` more bytes and a reserve do not fit on the disk."""
        free = shutil.disk_usage(self._target.parent).free
        if free < missing + reserve:
            raise AppError(
                f"{_megabytes(missing + reserve)} are needed for {self._target.name}, and "
                f"{_megabytes(free)} are free.",
                "Free some space, then go on: what is there already is kept.",
                code=ErrorCode.DISK_FULL,
            )


def disk_error(error: OSError, name: str) -> AppError:
    """What it means that a file could not be written."""
    if error.errno in _DISK_FULL:
        return AppError(
            f"The disk is full; {name} is not complete.",
            "Free some space, then go on: what is there already is kept.",
            code=ErrorCode.DISK_FULL,
        )
    reason = (error.strerror or type(error).__name__).lower()
    return AppError(
        f"{name} could not be written: {reason}.", "Check that its folder can be written."
    )


def _megabytes(count: int) -> str:
    return f"{count / 10**6:,.0f} MB"
