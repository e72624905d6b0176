"""Has the seal proven on request, and saves what came out."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.core.errors import AppError
from app.core.handoff import Worker
from app.core.proof import Proof
from app.core.tasks import Tasks
from app.process.proof import text
from app.ui.privacy.sources import Prove


class ProofController(QObject):
    """Holds no widget; without `prove` there is nothing to be proven with.

    Signals:
        changed: a proof has begun, ended or was stopped; read `is_running`, `report`, `problem`.
        saved(str): the report lies in this file now.
        failed(object AppError): it could not be saved.
    """

    changed = Signal()
    saved = Signal(str)
    failed = Signal(object)

    def __init__(self, prove: Prove | None, tasks: Tasks) -> None:
        super().__init__()
        self._prove = prove
        self._tasks = tasks
        self._task: asyncio.Task[None] | None = None
        self._worker = Worker("proof")
        self.report: Proof | None = None
        self.problem: AppError | None = None

    @property
    def can_prove(self) -> bool:
        """Whether there is a proof on this system."""
        return self._prove is not None

    @property
    def is_running(self) -> bool:
        """Whether attempts are being made now."""
        return self._task is not None

    def start(self) -> None:
        """Try to get out, in every process; once at a time."""
        if self._prove is None or self._task is not None:
            return
        self.report = self.problem = None
        self._task = self._tasks.start("prove the seal", self._run(self._prove))
        self.changed.emit()

    def stop(self) -> None:
        """Give the running proof up."""
        if self._task is not None:
            self._task.cancel()

    def save(self, file: Path) -> None:
        """Write the last report to `file`: JSON where it is called so, else text."""
        if self.report is not None:
            self._tasks.start("save the report", self._save(file, self.report))

    async def close(self) -> None:
        """Stop, and end the worker."""
        self.stop()
        await self._worker.call(lambda: None)
        self._worker.close()

    async def _run(self, prove: Prove) -> None:
        try:
            self.report = await prove()
        except AppError as error:
            self.problem = error
        finally:
            self._task = None
            self.changed.emit()

    async def _save(self, file: Path, report: Proof) -> None:
        try:
            await self._worker.call(lambda: write_report(file, report))
        except AppError as error:
            self.failed.emit(error)
        else:
            self.saved.emit(str(file))


def write_report(file: Path, report: Proof) -> None:
    """Write `report` to `file`; raises `AppError` where that is not possible."""
    is_json = file.suffix.lower() == ".json"
    document = json.dumps(text.as_document(report), indent=2, ensure_ascii=False) + "\n"
    try:
        file.write_text(document if is_json else text.as_text(report), encoding="utf-8")
    except OSError as error:
        raise AppError(
            f"The report was not saved to {file}: {(error.strerror or 'it failed').lower()}.",
            "Choose another folder.",
        ) from error
