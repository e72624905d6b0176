"""The files of the journal: the chain, its head, and the lock that keeps writers apart."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, cast

from app.network.journal import chain
from app.network.journal.chain import NOTHING_BEFORE
from app.process import locks
from app.process.plain import ProtocolError, from_plain, to_plain

_PRIVATE_FILE = 0o600
_PRIVATE_FOLDER = 0o700
_BLOCK = 65_536
_LOCK_S = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The end of the chain: lines, records and bytes so far, and the last line's digest.

    `pending` is the digest of a line that is just being written, "" at rest. So a crash
    between the two files is told from a line that somebody added or took away.
    """

    lines: int = 0
    records: int = 0
    size: int = 0
    digest: str = NOTHING_BEFORE
    pending: str = ""

    def after(self, line: bytes, *, is_begin: bool) -> Head:
        """The head once `line` is the last one."""
        return Head(
            lines=self.lines + 1,
            records=self.records + is_begin,
            size=self.size + len(line),
            digest=chain.digest(line),
        )

    def expecting(self, line: bytes) -> Head:
        """The head while `line` is being written."""
        return replace(self, pending=chain.digest(line))


class JournalFiles:
    """The journal's files in `folder`, which only its owner may enter."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.chain = folder / "journal.jsonl"
        self._head = folder / "head.json"
        self._lock = folder / "lock"

    def create(self) -> None:
        """Make the folder; raises `OSError`."""
        self._folder.mkdir(mode=_PRIVATE_FOLDER, parents=True, exist_ok=True)

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Keep every other writer out; raises `OSError` where that takes too long."""
        try:
            with locks.exclusive(self._lock, _LOCK_S):
                yield
        except locks.TakenError:
            raise TimeoutError("the journal is in use") from None

    def head(self) -> Head | None:
        """The head; None where there is none that can be read."""
        try:
            return from_plain(Head, json.loads(self._head.read_bytes()))
        except (OSError, ValueError, RecursionError, ProtocolError):
            return None

    def set_head(self, head: Head) -> None:
        """Replace the head at once, and for good."""
        new = self._head.with_suffix(".new")
        with private(new, os.O_WRONLY | os.O_TRUNC) as file:
            file.write(json.dumps(to_plain(head)).encode("ascii"))
            sync(file)
        new.replace(self._head)
        self._sync_folder()

    def size(self) -> int:
        """Bytes of the chain, 0 where there is none."""
        try:
            return self.chain.stat().st_size
        except FileNotFoundError:
            return 0

    def lines(self, end: int) -> Iterator[bytes]:
        """The lines of the first `end` bytes, oldest first; the last may lack its break.

        A line longer than `chain.MAX_LINE` comes in pieces, none of which is an entry.
        """
        if end == 0:
            return
        with self.chain.open("rb") as file:
            while (left := end - file.tell()) > 0:
                line = file.readline(min(chain.MAX_LINE, left))
                if not line:
                    return
                yield line

    def lines_backwards(self) -> Iterator[bytes]:
        """The lines, newest first, without holding more than a block of them."""
        if self.size() == 0:
            return
        with self.chain.open("rb") as file:
            position = file.seek(0, os.SEEK_END)
            rest = b""
            while position > 0:
                step = min(_BLOCK, position)
                position -= step
                file.seek(position)
                first, *whole = (file.read(step) + rest).split(b"\n")
                yield from (line for line in reversed(whole) if line)
                rest = first if len(first) <= chain.MAX_LINE else b""  # no entry is as long
            if rest:
                yield rest

    def _sync_folder(self) -> None:
        if os.name != "posix":
            return
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def private(file: Path, flags: int) -> BinaryIO:
    """`file`, opened with `flags`, made for its owner only where it is missing."""
    mode = "r+b" if flags & os.O_RDWR else "wb"
    opened = os.fdopen(os.open(file, flags | os.O_CREAT, _PRIVATE_FILE), mode)
    return cast("BinaryIO", opened)


def sync(file: BinaryIO) -> None:
    """Have everything written so far on the disk."""
    file.flush()
    os.fsync(file.fileno())
