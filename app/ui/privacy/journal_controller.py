"""Reads the journal page by page on a worker, checks it, and exports it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.core.egress import JournalCheck, JournalRecord, Purpose
from app.core.errors import AppError
from app.core.handoff import Worker
from app.core.tasks import Tasks
from app.ui.privacy.sources import Journal, Traffic

PAGE = 200


class JournalController(QObject):
    """Holds no widget, and never more of the journal than was looked at.

    Signals:
        reset: other records are wanted; those of before are no longer.
        loaded(list): more records, older than those of before.
        counted(list): what every month held, `Traffic` of each purpose.
        checking: the journal is being checked.
        checked(object JournalCheck): what that found.
        exported(str): the journal lies in this file now.
        failed(object AppError): one of these did not work.
    """

    reset = Signal()
    loaded = Signal(list)
    counted = Signal(list)
    checking = Signal()
    checked = Signal(object)
    exported = Signal(str)
    failed = Signal(object)

    def __init__(self, journal: Journal | None, tasks: Tasks) -> None:
        super().__init__()
        self._journal = journal
        self._tasks = tasks
        self._worker = Worker("journal")
        self._purpose: Purpose | None = None
        self._month = ""
        self._rest: Iterator[JournalRecord] = iter(())
        self._round = 0
        self._is_loading = False
        self._is_checking = False
        self.has_more = False

    @property
    def has_journal(self) -> bool:
        """Whether connections are recorded at all."""
        return self._journal is not None

    def refresh(self) -> None:
        """Read it anew from its newest record on."""
        if self._journal is not None:
            self._tasks.start("count the journal", self._count(self._journal))
            self._begin()

    def filter(self, purpose: Purpose | None, month: str) -> None:
        """Only the records of this purpose (None: all) and this month ("": all)."""
        if (purpose, month) != (self._purpose, self._month):
            self._purpose, self._month = purpose, month
            self._begin()

    def more(self) -> None:
        """Read the next page; nothing happens while one is being read."""
        if self.has_more and not self._is_loading:
            self._is_loading = True
            self._tasks.start("read the journal", self._read(self._rest, self._round))

    def check(self) -> None:
        """Look for changed, missing, added and reordered records."""
        if self._journal is not None and not self._is_checking:
            self._is_checking = True
            self.checking.emit()
            self._tasks.start("check the journal", self._check(self._journal))

    def export(self, file: Path) -> None:
        """Write all of it to `file`."""
        if self._journal is not None:
            self._tasks.start("export the journal", self._export(self._journal, file))

    async def close(self) -> None:
        """End the worker."""
        await self._worker.call(lambda: None)
        self._worker.close()

    def _begin(self) -> None:
        if self._journal is None:
            return
        self._round += 1
        self._rest = self._journal.records(purpose=self._purpose, month=self._month)
        self._is_loading = False
        self.has_more = True
        self.reset.emit()
        self.more()

    async def _read(self, rest: Iterator[JournalRecord], round_: int) -> None:
        found: list[JournalRecord] = []
        problem: AppError | None = None
        try:
            found = await self._worker.call(lambda: list(islice(rest, PAGE)))
        except AppError as error:
            problem = error
        if round_ != self._round:
            return  # something else was asked for meanwhile
        self._is_loading = False
        self.has_more = len(found) >= PAGE
        self.loaded.emit(found)
        if problem is not None:
            self.failed.emit(problem)

    async def _count(self, journal: Journal) -> None:
        found: Sequence[Traffic] = ()
        try:
            found = await self._worker.call(journal.totals)
        except AppError as error:
            self.failed.emit(error)
        self.counted.emit(list(found))

    async def _check(self, journal: Journal) -> None:
        try:
            result: JournalCheck = await self._worker.call(journal.check)
        except AppError as error:
            self.failed.emit(error)
        else:
            self.checked.emit(result)
        finally:
            self._is_checking = False

    async def _export(self, journal: Journal, file: Path) -> None:
        try:
            await self._worker.call(lambda: journal.export(file))
        except AppError as error:
            self.failed.emit(error)
        else:
            self.exported.emit(str(file))
