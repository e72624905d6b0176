"""Adds lines to the journal's chain, from any thread of any number of processes."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from app.core.egress import Purpose
from app.core.errors import AppError, ErrorCode
from app.network.journal import chain
from app.network.journal.chain import Begin, End, Entry, Note
from app.network.journal.files import Head, JournalFiles, private, sync

RECOVERED = "A line had been cut short (by a crash or a full disk); what was left was removed."
BROKEN = "The journal did not fit its head here: something had been changed before this line."

_DISK_FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}

# What the chain gives to every line: its number and the digest before it.
Make = Callable[[int, str, Head], Entry]


class JournalWriter:
    """Keeps the journal in `folder`. Every call writes through to the disk.

    A line that a crash cut short is removed and noted. Where the chain and its head do not
    fit, the writer goes on after a line that says so: a meddled-with journal is neither
    hidden nor a reason to refuse work, and `check` finds the place for ever.
    """

    def __init__(self, folder: Path) -> None:
        self._files = JournalFiles(folder)

    def begin(
        self, *, purpose: Purpose, host: str, port: int, conversation: str, allowed_by: str
    ) -> int:
        """A connection is about to be made; returns the number of its record.

        Raises `AppError` where that cannot be written: then the connection may not be made.
        """

        def make(line: int, before: str, head: Head) -> Begin:
            return Begin(
                line=line,
                before=before,
                at=chain.now(),
                record=head.records + 1,
                purpose=purpose,
                host=host,
                port=port,
                conversation=conversation,
                allowed_by=allowed_by,
            )

        return self._append(make).records

    def end(
        self,
        record: int,
        *,
        seconds: float,
        address: str,
        peer: str,
        sent_bytes: int,
        received_bytes: int,
        outcome: str,
    ) -> None:
        """The connection of `record` is closed; raises `AppError` as `begin` does."""

        def make(line: int, before: str, _head: Head) -> End:
            return End(
                line=line,
                before=before,
                at=chain.now(),
                record=record,
                seconds=round(seconds, 3),
                address=address,
                peer=peer,
                sent_bytes=sent_bytes,
                received_bytes=received_bytes,
                outcome=outcome,
            )

        self._append(make)

    def _append(self, make: Make) -> Head:
        try:
            self._files.create()
            with self._files.locked():
                return self._write(self._settled(), make)
        except OSError as error:
            raise _unwritable(error) from error

    def _write(self, head: Head, make: Make) -> Head:
        entry = make(head.lines + 1, head.digest, head)
        line = chain.encode(entry)
        self._files.set_head(head.expecting(line))
        with private(self._files.chain, os.O_RDWR) as file:
            file.seek(head.size)
            file.write(line)
            sync(file)
        head = head.after(line, is_begin=isinstance(entry, Begin))
        self._files.set_head(head)
        return head

    def _settled(self) -> Head:
        """The head that fits the chain, after whatever happened since the last line."""
        head, size = self._files.head(), self._files.size()
        if head is None and size == 0:
            return Head()
        if head is not None and not head.pending and size == head.size:
            return head
        if head is not None and head.pending and size >= head.size:
            tail = self._tail(head.size)
            if chain.digest(tail) == head.pending and tail.endswith(b"\n"):
                is_begin = isinstance(chain.decode(tail), Begin)
                return head.after(tail, is_begin=is_begin)
            if b"\n" not in tail:
                return self._cut_back(head)
        return self._noted(self._counted(), BROKEN, is_fault=True)

    def _tail(self, start: int) -> bytes:
        if self._files.size() == 0:
            return b""
        with self._files.chain.open("rb") as file:
            file.seek(start)
            return file.read(chain.MAX_LINE + 1)

    def _cut_back(self, head: Head) -> Head:
        """Remove what a crash left of the line that was being written."""
        was_begun = self._files.size() > head.size
        settled = replace(head, pending="")
        if not was_begun:
            return settled
        with private(self._files.chain, os.O_RDWR) as file:
            file.truncate(head.size)
            sync(file)
        return self._noted(settled, RECOVERED, is_fault=False)

    def _counted(self) -> Head:
        """A head for the chain as it lies there, whatever is wrong with it."""
        head, size = Head(), self._files.size()
        for line in self._files.lines(size):
            if head.size + len(line) == size and not line.endswith(b"\n"):
                line += b"\n"  # noqa: PLW2901  (the last line has to be one)
                self._close_line(head.size, line)
            entry = chain.decode(line)
            records = max(head.records, entry.record if isinstance(entry, Begin) else 0)
            head = replace(head.after(line, is_begin=False), records=records)
        return head

    def _close_line(self, start: int, line: bytes) -> None:
        with private(self._files.chain, os.O_RDWR) as file:
            file.seek(start)
            file.write(line)
            sync(file)

    def _noted(self, head: Head, words: str, *, is_fault: bool) -> Head:
        def make(line: int, before: str, _head: Head) -> Note:
            return Note(line=line, before=before, at=chain.now(), words=words, is_fault=is_fault)

        return self._write(head, make)


def _unwritable(error: OSError) -> AppError:
    if error.errno in _DISK_FULL:
        return AppError(
            "The disk is full, so the connection could not be written into the journal "
            "and was not made.",
            "Free some space and try again.",
            code=ErrorCode.DISK_FULL,
        )
    reason = (error.strerror or str(error) or type(error).__name__).lower()
    return AppError(
        f"The journal cannot be written ({reason}), so no connection is made.",
        "Check that the journal folder in Tacit's data folder can be written.",
        code=ErrorCode.JOURNAL_FAILED,
    )
