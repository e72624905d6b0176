"""Shows the journal: its records, newest first, monthly totals, and copies of it."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterator
from dataclasses import astuple, fields
from pathlib import Path

from app.core.egress import JournalCheck, JournalRecord, MonthTotal, Purpose
from app.core.errors import AppError, ErrorCode
from app.core.files import replacing
from app.network.journal import chain
from app.network.journal.check import check
from app.network.journal.files import JournalFiles

UNFINISHED = "not ended"
_MONTH = len("2026-11")


class Journal:
    """The journal in `folder`, for reading. Everything here blocks; nothing is kept in memory.

    Lines that are no entries are passed over: what they mean is for `check` to say.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files = JournalFiles(folder)

    def records(
        self, *, purpose: Purpose | None = None, host: str = "", month: str = ""
    ) -> Iterator[JournalRecord]:
        """The records, newest first; `host` is part of a name, `month` like "2026-11" (UTC).

        Raises `AppError` where the journal cannot be read.
        """
        wanted = host.strip().lower()
        for record in self._all():
            if purpose is not None and record.purpose is not purpose:
                continue
            if wanted in record.host.lower() and record.began.startswith(month):
                yield record

    def totals(self) -> list[MonthTotal]:
        """What each purpose moved in each month, oldest month first."""
        sums: dict[tuple[str, Purpose], list[int]] = {}
        for record in self._all():
            one = sums.setdefault((record.began[:_MONTH], record.purpose), [0, 0, 0])
            one[0] += 1
            one[1] += record.sent_bytes
            one[2] += record.received_bytes
        return [
            MonthTotal(
                month=month,
                purpose=purpose,
                connections=count,
                sent_bytes=sent,
                received_bytes=received,
            )
            for (month, purpose), (count, sent, received) in sorted(sums.items())
        ]

    def check(self) -> JournalCheck:
        """Whether the journal is whole; see `app.network.journal.check`."""
        return check(self._folder)

    def export(self, file: Path) -> None:
        """Write a copy to `file`, readable by its owner only, which appears whole or not at all.

        A name that ends in ".csv" gets the records as a table, every other one the chain as
        it is. Raises `AppError` where that fails.
        """
        try:
            with replacing(file) as new:
                if file.suffix.lower() == ".csv":
                    self._write_table(new)
                elif self._files.chain.exists():
                    shutil.copyfile(self._files.chain, new)
        except OSError as error:
            raise AppError(
                f"The journal could not be written to {file}: {_reason(error)}.",
                "Choose another place.",
            ) from error

    def _write_table(self, file: Path) -> None:
        with file.open("w", encoding="utf-8", newline="") as opened:
            table = csv.writer(opened)
            table.writerow([field.name for field in fields(JournalRecord)])
            table.writerows(astuple(record) for record in self._all())

    def _all(self) -> Iterator[JournalRecord]:
        # Backwards an end comes before its beginning: only those of open records are held.
        ends: dict[int, chain.End] = {}
        try:
            for line in self._files.lines_backwards():
                entry = chain.decode(line)
                if isinstance(entry, chain.End):
                    ends[entry.record] = entry
                elif isinstance(entry, chain.Begin):
                    yield _record(entry, ends.pop(entry.record, None))
        except OSError as error:
            raise AppError(
                f"The journal cannot be read: {_reason(error)}.",
                "Check that the journal folder in Tacit's data folder can be read.",
                code=ErrorCode.JOURNAL_FAILED,
            ) from error


def _record(begin: chain.Begin, end: chain.End | None) -> JournalRecord:
    return JournalRecord(
        number=begin.record,
        began=begin.at,
        seconds=end.seconds if end else None,
        purpose=begin.purpose,
        host=begin.host,
        port=begin.port,
        address=end.address if end else "",
        peer=end.peer if end else "",
        sent_bytes=end.sent_bytes if end else 0,
        received_bytes=end.received_bytes if end else 0,
        conversation=begin.conversation,
        allowed_by=begin.allowed_by,
        outcome=end.outcome if end else UNFINISHED,
    )


def _reason(error: OSError) -> str:
    return (error.strerror or type(error).__name__).lower()
