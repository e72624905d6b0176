"""Files that the history goes to and comes from, and the care for its own: one job at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Signal

from app.core.errors import AppError
from app.core.handoff import CancelToken, Worker
from app.core.tasks import Tasks
from app.exchange.exporting import ExportProgress, export_to, export_with
from app.exchange.importing import import_from
from app.exchange.looking import look
from app.exchange.reading import Progress
from app.exchange.writers import ExportFormat
from app.paths import Paths
from app.store import backup, recovery
from app.store.copying import NotWantedError
from app.store.history import History
from app.store.worker import HistoryWorker

T = TypeVar("T")
_TEXTS_AT_ONCE = 200
_SETTINGS = "settings.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class StorageFacts:
    """What is stored: `size_bytes` of the history file, and its daily copies, newest first."""

    conversations: int
    in_trash: int
    file: Path
    size_bytes: int
    copies: tuple[Path, ...]


class StorageController(QObject):
    """Holds no widget. `before_closing` ends what writes to the history, `after_opening` reads
    it anew, both for what puts another file in its place.

    Signals:
        began(str what): a job runs; `cancel` stops it where it can be stopped.
        progressed(object float | None, str words): how far it is, 0 to 1, None where unknown.
        ended: it has ended, in whatever way.
        facts_read(object StorageFacts).
        looked(object Contents, object Path): what a file holds, of which nothing was imported.
        exported(object ExportReport, object Path), imported(object ImportReport),
        backed_up(object Backup, object Path), restored(object Backup, list of Path),
        checked(object CheckReport), recovered(object RecoveryReport): what it came to.
        failed(object AppError): or why it could not be done.
    """

    began = Signal(str)
    progressed = Signal(object, str)
    ended = Signal()
    facts_read = Signal(object)
    looked = Signal(object, object)
    exported = Signal(object, object)
    imported = Signal(object)
    backed_up = Signal(object, object)
    restored = Signal(object, list)
    checked = Signal(object)
    recovered = Signal(object)
    failed = Signal(object)

    def __init__(
        self,
        history: HistoryWorker,
        paths: Paths,
        tasks: Tasks,
        *,
        before_closing: Callable[[], Awaitable[None]],
        after_opening: Callable[[], Awaitable[None]],
    ) -> None:
        super().__init__()
        self._history = history
        self._paths = paths
        self._tasks = tasks
        self._before_closing = before_closing
        self._after_opening = after_opening
        self._loop = asyncio.get_running_loop()
        self._worker = Worker("history files")
        self._cancel: CancelToken | None = None

    @property
    def is_busy(self) -> bool:
        """Whether a job runs."""
        return self._cancel is not None

    @property
    def has_file(self) -> bool:
        """Whether there is a file at all: a private session has none."""
        return not self._paths.keeps_nothing

    def cancel(self) -> None:
        """Stop the job; what it has finished of its work stays."""
        if self._cancel is not None:
            self._cancel.cancel()

    async def close(self) -> None:
        """Stop what runs and end the worker."""
        self.cancel()
        await self._worker.call(lambda: None)
        self._worker.close()

    # What there is ------------------------------------------------------------------------

    def refresh(self) -> None:
        """Read how much is stored."""
        self._tasks.start("read what is stored", self._read_facts())

    async def _read_facts(self) -> None:
        try:
            found = await self._history.run(partial(_facts, self._paths.history_file))
        except AppError as error:
            self.failed.emit(error)
        else:
            self.facts_read.emit(found)

    # Out and in ---------------------------------------------------------------------------

    def export(self, path: Path, suffix: str, ids: Sequence[str] | None = None) -> None:
        """Write conversations (None: all) to a file, or one file each to a folder.

        `suffix` says the format: ".pdf", or one that `ExportFormat` knows.
        """
        wanted = None if ids is None else list(ids)
        self._start(self.tr("Exporting"), partial(self._export, path, suffix, wanted))

    async def _export(
        self, path: Path, suffix: str, ids: list[str] | None, cancel: CancelToken
    ) -> None:
        run, tell = self._history.run_blocking, self._teller()

        def on_progress(progress: ExportProgress) -> None:
            words = self.tr("{0} of {1} chats").format(progress.written, progress.total)
            tell(progress.written / max(1, progress.total), words)

        def job() -> Any:
            if suffix == ".pdf":
                from app.ui.history.pdf import SUFFIX, write_pdf

                way = (SUFFIX, write_pdf)
                return export_with(path, run, way, ids, on_progress=on_progress, cancel=cancel)
            kind = ExportFormat.of(suffix)
            assert kind is not None, "one of those that are offered"
            return export_to(
                path, run, kind, ids, suffix=suffix, on_progress=on_progress, cancel=cancel
            )

        self.exported.emit(await self._worker.call(job), path)

    def look(self, path: Path) -> None:
        """Find out what a file holds."""
        self._start(self.tr("Looking into the file"), partial(self._look, path))

    async def _look(self, path: Path, cancel: CancelToken) -> None:
        on_progress = self._reading_teller()
        contents = await self._worker.call(
            lambda: look(path, on_progress=on_progress, cancel=cancel)
        )
        self.looked.emit(contents, path)

    def import_(self, path: Path) -> None:
        """Take over the conversations of a file or a folder."""
        self._start(self.tr("Importing"), partial(self._import, path))

    async def _import(self, path: Path, cancel: CancelToken) -> None:
        run, on_progress = self._history.run_blocking, self._reading_teller()
        report = await self._worker.call(
            lambda: import_from(path, run, on_progress=on_progress, cancel=cancel)
        )
        await self._after_opening()
        self.imported.emit(report)
        await self._read_facts()
        while not cancel.is_cancelled:
            self.progressed.emit(None, self.tr("Making everything findable"))
            if not await self._history.run(lambda store: store.index_more(_TEXTS_AT_ONCE)):
                break

    # One file with everything ---------------------------------------------------------------

    def back_up(self, target: Path) -> None:
        """Write the history and the settings to one file."""
        self._start(self.tr("Backing up"), partial(self._back_up, target))

    async def _back_up(self, target: Path, cancel: CancelToken) -> None:
        file, others = self._paths.history_file, self._others()

        def job() -> backup.Backup | None:
            try:
                return backup.write(file, target, others, is_wanted=lambda: not cancel.is_cancelled)
            except NotWantedError:
                return None

        made = await self._worker.call(job)
        if made is not None:
            self.backed_up.emit(made, target)

    def restore(self, source: Path) -> None:
        """Go back to a backup or to a daily copy; what is there now is kept beside it."""
        self._start(self.tr("Restoring"), partial(self._restore, source))

    async def _restore(self, source: Path, _cancel: CancelToken) -> None:
        file, others = self._paths.history_file, self._others()

        def job(store: History) -> tuple[backup.Backup, list[Path]]:
            store.close()
            try:
                return backup.restore(source, file, others)
            finally:
                store.open()

        made, kept = await self._with_another_file(job)
        self.restored.emit(made, kept)

    # Care -----------------------------------------------------------------------------------

    def check(self) -> None:
        """Look at every page of the history file."""
        self._start(self.tr("Checking"), self._check)

    async def _check(self, _cancel: CancelToken) -> None:
        file = self._paths.history_file
        self.checked.emit(await self._worker.call(lambda: recovery.check(file)))

    def recover(self) -> None:
        """Save what can be saved of a damaged history; the damaged file is kept."""
        self._start(self.tr("Saving what can be saved"), lambda _cancel: self.recover_now())

    async def recover_now(self) -> None:
        """The same for who waits for it; raises `AppError`."""

        def job(store: History) -> recovery.RecoveryReport:
            try:
                return store.recover()
            finally:
                store.open()

        self.recovered.emit(await self._with_another_file(job))

    # Inside -----------------------------------------------------------------------------------

    async def _with_another_file(self, job: Callable[[History], T]) -> T:
        """Run what replaces the file while nobody else wants anything of the history."""
        await self._before_closing()
        try:
            return await self._history.run(job)
        finally:
            await self._history.open()
            await self._after_opening()
            await self._read_facts()

    def _start(self, what: str, job: Callable[[CancelToken], Coroutine[Any, Any, None]]) -> None:
        if self._cancel is None:
            self._cancel = CancelToken()
            self.began.emit(what)
            self._tasks.start(what, self._run(job, self._cancel))

    async def _run(
        self, job: Callable[[CancelToken], Coroutine[Any, Any, None]], cancel: CancelToken
    ) -> None:
        try:
            await job(cancel)
        except AppError as error:
            self.failed.emit(error)
        finally:
            self._cancel = None
            self.ended.emit()

    def _teller(self) -> Callable[[float | None, str], None]:
        def tell(share: float | None, words: str) -> None:
            self._loop.call_soon_threadsafe(self.progressed.emit, share, words)

        return tell

    def _reading_teller(self) -> Callable[[Progress], None]:
        tell = self._teller()

        def on_progress(progress: Progress) -> None:
            tell(min(1.0, progress.read / progress.total) if progress.total else None, "")

        return on_progress

    def _others(self) -> dict[str, Path]:
        return {_SETTINGS: self._paths.settings_file}


def _facts(file: Path, store: History) -> StorageFacts:
    copies = store.copies.all()
    return StorageFacts(
        conversations=len(store.transcripts.ids()),
        in_trash=len(store.trash.conversations()) + len(store.trash.messages()),
        file=file,
        size_bytes=file.stat().st_size if file.exists() else 0,
        copies=tuple(reversed(copies)),
    )
