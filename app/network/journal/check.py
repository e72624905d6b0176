"""Doubts the journal: finds a line that was changed, removed, moved, added, or cut off."""

from __future__ import annotations

from pathlib import Path

from app.core.egress import JournalCheck
from app.core.errors import AppError, ErrorCode
from app.network.journal import chain
from app.network.journal.chain import NOTHING_BEFORE, Begin, End, Entry, Note
from app.network.journal.files import Head, JournalFiles


def check(folder: Path) -> JournalCheck:
    """The first fault of the journal in `folder`, if there is one. Blocking.

    What is being written meanwhile does not count. What it cannot find is told in `chain`.
    Raises `AppError` where the journal cannot be read.
    """
    files = JournalFiles(folder)
    if not files.chain.exists() and files.head() is None:
        return JournalCheck(records=0, head=NOTHING_BEFORE)
    try:
        with files.locked():
            head, size = files.head(), files.size()
        walk = _Walk()
        for line in files.lines(size):
            if walk.problem:
                break
            walk.take(line, is_last=walk.size + len(line) == size)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise AppError(
            f"The journal cannot be read: {reason}.",
            "Check that the journal folder in Tacit's data folder can be read.",
            code=ErrorCode.JOURNAL_FAILED,
        ) from error
    if not walk.problem:
        walk.compare(head)
    return JournalCheck(
        records=walk.records, problem=walk.problem, line=walk.fault_line, head=walk.digest
    )


class _Walk:
    """The chain, line by line, up to its first fault."""

    def __init__(self) -> None:
        self.lines = 0
        self.records = 0
        self.size = 0
        self.digest = NOTHING_BEFORE
        self.problem = ""
        self.fault_line = 0
        self._open: set[int] = set()
        self._unfinished = False

    def take(self, line: bytes, *, is_last: bool) -> None:
        """The next line; the last one may be unfinished."""
        if is_last and not line.endswith(b"\n"):
            self._unfinished = True  # the head knows whether that may be
            return
        number = self.lines + 1
        entry = chain.decode(line)
        if entry is None:
            self._fault(number, f"Line {number} is no entry of the journal.")
        elif entry.line != number:
            self._fault(
                number,
                f"Line {number} should be entry {number} and is entry {entry.line}: "
                "an entry was removed, added or moved.",
            )
        elif entry.before != self.digest:
            self._fault(
                max(self.lines, 1),
                f"Line {number} does not follow from the line before it: "
                f"line {max(self.lines, 1)} was changed, or line {number} was added.",
            )
        elif problem := self._problem_of(entry):
            self._fault(number, f"Line {number} {problem}")
        if self.problem:
            return
        self.lines, self.size = number, self.size + len(line)
        self.digest = chain.digest(line)

    def compare(self, head: Head | None) -> None:
        """Hold the end of the chain against its head."""
        if head is None:
            self._fault(0, "The head of the journal is missing: its end cannot be vouched for.")
        elif head.pending and self.lines == head.lines + 1:
            if head.pending != self.digest or self._unfinished:
                self._end_fault(head)
        elif self._unfinished and not head.pending:
            self._fault(self.lines + 1, f"Line {self.lines + 1} was cut short or added.")
        elif self.lines != head.lines or self.digest != head.digest:
            self._end_fault(head)

    def _end_fault(self, head: Head) -> None:
        if self.lines < head.lines:
            missing = head.lines - self.lines
            self._fault(
                self.lines + 1,
                f"The end of the journal was cut off: from line {self.lines + 1} on, "
                f"{missing} of {head.lines} lines are missing.",
            )
        elif self.lines > head.lines:
            line = head.lines + 1
            self._fault(line, f"Line {line} was added by something other than Tacit.")
        else:
            self._fault(self.lines, f"Line {self.lines}, the last one, was changed.")

    def _problem_of(self, entry: Entry) -> str:
        match entry:
            case Note(is_fault=True):
                return f"is a note of the writer: {entry.words}"
            case Begin(record=record):
                if record != self.records + 1:
                    return f"begins record {record} where {self.records + 1} was due."
                self.records = record
                self._open.add(record)
            case End(record=record):
                if record not in self._open:
                    return f"ends record {record}, which is not open."
                self._open.remove(record)
        return ""

    def _fault(self, line: int, problem: str) -> None:
        self.fault_line, self.problem = line, problem
