"""What every change of the library works with, and how a finished folder gets into it."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from app.models import disk, manifest
from app.models.library import InstalledModel, Library
from app.models.manifest import Manifest
from app.models.names import slug
from app.models.records import Records
from app.models.trials import Trials
from app.models.verification import Checks

DOWNLOADING = ".download"


@dataclass(frozen=True, kw_only=True)
class Shelf:
    """The library with its memory.

    `inspect` refuses a folder that must not reach the runtime, with an `AppError`; the
    engine's reader of model folders is passed in from the composition root.
    """

    library: Library
    records: Records
    checks: Checks
    trials: Trials
    inspect: Callable[[Path], object]

    @property
    def main(self) -> Path:
        """The folder that models are installed into."""
        return self.library.main

    def free_id(self, wanted: str) -> str:
        """An id like `wanted` that no model has, also usable as the name of a folder."""
        taken = {model.id.casefold() for model in self.library.scan()}
        plain, number = slug(wanted), 1
        model_id = plain
        while model_id.casefold() in taken or os.path.lexists(self.main / model_id):
            number += 1
            model_id = f"{plain}-{number}"
        return model_id

    def download_folder(self, model_id: str) -> Path:
        """Where a download collects its files; hidden, and kept until it ends or is deleted."""
        return self.main / f".{slug(model_id)}{DOWNLOADING}"

    def quarantine(self, model: InstalledModel) -> Path:
        """Where damaged files of the model go; below its library folder."""
        return (model.root or self.main) / disk.PRIVATE / "quarantine" / slug(model.id)

    def install(self, prepared: Path, model_id: str, listed: Manifest) -> Path:
        """Give a folder whose files were hashed as they came its place in the library.

        `prepared` lies in the main folder under a hidden name and holds exactly the files of
        `listed`. Only while `disk.writing(main)`. Raises `AppError`, also for a folder that
        must not be loaded; nothing is listed then.
        """
        target = self.main / model_id
        with disk.errors("The model could not be put into the library"):
            manifest.write(prepared, listed)
            self.inspect(prepared)
            disk.publish(prepared, target)
        self.checks.accept(target)
        return target

    def update(self, prepared: Path, model: InstalledModel, listed: Manifest) -> None:
        """Like `install`, in the place of a model of the main folder, which is deleted.

        Ended in between, either the old or the new one is there after `ModelManager.recover`.
        """
        with disk.errors("The model could not be updated"):
            manifest.write(prepared, listed)
            self.inspect(prepared)
            disk.exchange(prepared, model.folder)
        self.checks.accept(model.folder)

    def restore(self, prepared: Path, model: InstalledModel, name: str) -> None:
        """Put one file, fetched anew and hashed, back into a repaired model.

        `prepared` lies on the same disk, outside the model's folder: whatever lies in there
        and does not belong is a flaw. Raises `AppError`.
        """
        target = model.folder / name
        with disk.errors("The file could not be put back"):
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            prepared.replace(target)
            disk.flush_folder(target.parent)
