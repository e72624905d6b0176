"""Everything that can be done with the models on this computer, for the window and the commands.

All methods block. Those that change something let no other process change anything meanwhile,
leave nothing half behind, and raise `AppError`.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from app.core.errors import AppError
from app.core.handoff import CancelToken
from app.models import disk, importing, manifest, verification
from app.models.disk import Tell, silent
from app.models.duplicates import Duplicate, duplicates
from app.models.library import InstalledModel, Library
from app.models.manifest import Manifest, ManifestFile
from app.models.placement import Placement
from app.models.relocation import Mover
from app.models.shelf import Shelf
from app.models.verification import Report


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """What became of a removed model; `freed_bytes` is 0 for one that was only forgotten."""

    id: str
    freed_bytes: int
    was_reference: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """What was moved aside, and what has to be fetched before the model works again.

    `manifest` says from where: `repository`, `commit` and `folder` on the hub, or "".
    """

    manifest: Manifest
    moved: tuple[Path, ...]
    missing: tuple[ManifestFile, ...]


class ModelManager:
    """Changes the library.

    `journal` remembers a move that was begun, `switch` makes another folder the main one.
    """

    def __init__(self, shelf: Shelf, *, journal: Path, switch: Callable[[Path], None]) -> None:
        self.shelf = shelf
        self._mover = Mover(shelf, journal, switch)
        self._is_recovered = False

    @property
    def library(self) -> Library:
        """What finds the models."""
        return self.shelf.library

    def scan(self) -> list[InstalledModel]:
        """All models, broken ones too, by id."""
        return self.recovered().scan()

    def recovered(self) -> Library:
        """The library, after what an ended process left was put right; that happens once."""
        if not self._is_recovered:
            self._is_recovered = True
            with contextlib.suppress(AppError):  # tried again at the next start
                self.recover()
        return self.library

    def verify(
        self, model_id: str, tell: Tell = silent, cancel: CancelToken | None = None
    ) -> Report:
        """Compare every byte of a model with its manifest."""
        model = self.library.find(model_id)
        return verification.verify(model.folder, self.shelf.checks, tell, cancel)

    def repair(
        self, model_id: str, tell: Tell = silent, cancel: CancelToken | None = None
    ) -> Repair | None:
        """Verify, and move what is damaged aside; None where there is no manifest.

        Files of a reference belong to somebody else and stay: only what is missing is told.
        """
        model = self.library.find(model_id)
        report = verification.verify(model.folder, self.shelf.checks, tell, cancel)
        if report.manifest is None:
            return None
        if model.root is None:
            flawed = {flaw.name for flaw in report.flaws}
            wrong = tuple(f for f in report.manifest.files if f.name in flawed)
            return Repair(manifest=report.manifest, moved=(), missing=wrong)
        with disk.writing(model.root), disk.errors("The damaged files could not be moved aside"):
            place = self.shelf.quarantine(model)
            moved = verification.quarantine(model.folder, report, place)
        return Repair(
            manifest=report.manifest,
            moved=moved,
            missing=verification.missing(model.folder, report.manifest),
        )

    def remove(self, model_id: str) -> Removed:
        """Delete a model; one that is used where it lies is only forgotten."""
        model = self.library.find(model_id)
        with contextlib.ExitStack() as stack:
            for folder in {self.shelf.main, model.root or self.shelf.main}:
                stack.enter_context(disk.writing(folder))
            stack.enter_context(disk.errors("The model could not be removed"))
            if model.root is not None:
                self._delete(model, model.root)
            self.shelf.records.forget(model_id)
            self.shelf.checks.forget(model.folder)
            self.shelf.trials.forget(model_id)
        freed = 0 if model.is_reference else model.size_bytes
        return Removed(id=model_id, freed_bytes=freed, was_reference=model.is_reference)

    def rename(self, model_id: str, name: str) -> InstalledModel:
        """Show a model under another name, "" for its own again; its id stays."""
        self.library.find(model_id)
        with disk.writing(self.shelf.main), disk.errors("The name could not be kept"):
            self.shelf.records.rename(model_id, name)
        return self.library.find(model_id)

    def place(self, model_id: str, placement: Placement) -> None:
        """Remember what a model runs on, for the window and the commands."""
        self.library.find(model_id)
        with disk.writing(self.shelf.main), disk.errors("The device could not be kept"):
            self.shelf.records.place(model_id, placement)

    def import_folder(
        self,
        source: Path,
        *,
        copy: bool,
        name: str = "",
        tell: Tell = silent,
        cancel: CancelToken | None = None,
    ) -> InstalledModel:
        """Bring a folder with a model in, copied or used where it lies."""
        if copy:
            model_id = importing.copy_in(self.shelf, source, name, tell, cancel)
        else:
            model_id = importing.refer_to(self.shelf, source, name)
        return self.library.find(model_id)

    def import_package(
        self, file: Path, tell: Tell = silent, cancel: CancelToken | None = None
    ) -> InstalledModel:
        """Install a model from the one file that `export` writes."""
        from app.models import package  # with what it needs to read archives

        return self.library.find(package.bring_in(self.shelf, file, tell, cancel))

    def export(
        self, model_id: str, file: Path, tell: Tell = silent, cancel: CancelToken | None = None
    ) -> Manifest:
        """Write a model into one file, for a computer without a network."""
        from app.models import package

        return package.export(self.library.find(model_id), file, tell, cancel)

    def move(self, target: Path, tell: Tell = silent, cancel: CancelToken | None = None) -> int:
        """Move the library to another folder; returns the bytes that were moved."""
        return self._mover.move(target, tell, cancel)

    def recover(self) -> None:
        """Finish what an ended process had begun; cheap, and to be called at start.

        Raises `AppError` LIBRARY_BUSY where another process is at it right now.
        """
        self._mover.recover()
        main = self.shelf.main
        if disk.has_previous(main):
            with disk.writing(main), disk.errors("A model could not be put back"):
                disk.restore_previous(main)

    def duplicates(self) -> list[Duplicate]:
        """Models that are there twice."""
        return duplicates(self.library.scan())

    def manifest(self, model_id: str) -> Manifest | None:
        """The manifest of a model, None where it has none."""
        return manifest.read(self.library.find(model_id).folder)

    def _delete(self, model: InstalledModel, root: Path) -> None:
        place = self.shelf.quarantine(model)
        disk.discard(model.folder)
        disk.remove_tree(place)
        parent = model.folder.parent
        while parent != root and parent.is_relative_to(root) and not any(parent.iterdir()):
            parent.rmdir()
            parent = parent.parent
