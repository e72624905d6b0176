"""The library for the window: bringing models in, moving all of them, and further folders."""

from __future__ import annotations

import os
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.bootstrap import Services
from app.core.errors import AppError, ErrorCode
from app.core.handoff import CancelToken, Worker
from app.core.tasks import Tasks
from app.models.duplicates import Duplicate
from app.models.library import InstalledModel
from app.ui.models_controller import ModelsController
from app.ui.pages.model.naming import told_apart
from app.ui.pages.model.work import Tell, Work
from app.ui.settings_bridge import SettingsBridge
from app.ui.status.figures import size

FURTHER = "model.further_folders"
_OWN_FOLDER = "tacit-models"


class LibraryController(QObject):
    """Holds no widget. `twins` are sentences on models that are there twice, by id.

    Signals:
        changed: the folders or the twins are others now.
    """

    changed = Signal()

    def __init__(
        self,
        services: Services,
        models: ModelsController,
        settings: SettingsBridge,
        work: Work,
        tasks: Tasks,
    ) -> None:
        super().__init__()
        self._services = services
        self._models = models
        self._settings = settings
        self._tasks = tasks
        # Its own thread: looking must not wait for a long job.
        self._worker = Worker("model-library")
        self._is_closed = False
        self._found: list[InstalledModel] = []
        self.work = work
        self.twins: dict[str, str] = {}
        models.changed.connect(self._on_models)
        settings.changed.connect(self._on_setting)

    @property
    def folders(self) -> tuple[Path, ...]:
        """Where models are looked for; the first folder is the one they are installed into."""
        return self._services.library.folders

    def bring_folder(self, folder: Path, *, copy: bool) -> None:
        """Copy a folder with a model in, or use it where it lies."""
        models = self._services.models
        self.work.block(
            self.tr("Bringing {0} in").format(folder.name),
            lambda tell, cancel: models.import_folder(folder, copy=copy, tell=tell, cancel=cancel),
            self._brought,
        )

    def bring_file(self, file: Path) -> None:
        """Install a model from the one file that another Tacit exported."""
        models = self._services.models
        self.work.block(
            self.tr("Bringing {0} in").format(file.name),
            lambda tell, cancel: models.import_package(file, tell, cancel),
            self._brought,
        )

    def move(self, folder: Path) -> None:
        """Move all models to another folder; into one of their own where other things lie there."""
        services = self._services

        async def job(tell: Tell, cancel: CancelToken) -> str:
            await services.local.unload()  # an open file cannot be deleted everywhere
            target = await self.work.call(lambda: target_in(folder))
            moved = await self.work.call(lambda: services.models.move(target, tell, cancel))
            self.changed.emit()
            return self.tr("The models are in {0} now; {1} were moved.").format(target, size(moved))

        self.work.start(self.tr("Moving the models"), job)

    def look_in(self, folder: Path) -> None:
        """Look for models in another folder as well."""
        if folder in self.folders:
            return
        self._keep([*self.folders[1:], folder])

    def forget_folder(self, folder: Path) -> None:
        """Look in a further folder no more; nothing in it is touched."""
        self._keep([known for known in self.folders[1:] if known != folder])

    async def close(self) -> None:
        """Look no more, and end the thread."""
        self._is_closed = True
        await self._worker.call(lambda: None)
        self._worker.close()

    def _keep(self, folders: list[Path]) -> None:
        async def job(_tell: Tell, _cancel: CancelToken) -> str:
            if any(os.pathsep in str(folder) for folder in folders):
                raise AppError(
                    self.tr("This folder has a {0} in its name.").format(os.pathsep),
                    self.tr("Rename it, or choose another one."),
                    code=ErrorCode.USAGE,
                )
            await self._settings.set(FURTHER, os.pathsep.join(str(folder) for folder in folders))
            return ""

        self.work.start(self.tr("Keeping the folders"), job)

    def _brought(self, model: InstalledModel) -> str:
        if model.is_reference:
            return self.tr("{0} is in the list, and stays where it lies.").format(model.name)
        return self.tr("{0} is in the library.").format(model.name)

    def _on_models(self) -> None:
        if self._models.found != self._found and not self._is_closed:
            self._found = list(self._models.found)
            self._tasks.start("look for duplicates", self._find_twins())

    async def _find_twins(self) -> None:
        models = self._services.models
        found = await self._worker.call(models.duplicates)
        twins = self._twins_in(found)
        if twins != self.twins:
            self.twins = twins
            self.changed.emit()

    def _twins_in(self, found: list[Duplicate]) -> dict[str, str]:
        names = told_apart(self._found)
        return {
            model_id: self._twin_words([names.get(o, o) for o in same.ids if o != model_id], same)
            for same in found
            for model_id in same.ids
        }

    def _twin_words(self, others: list[str], same: Duplicate) -> str:
        words = (
            self.tr("The same model as {0}.")
            if same.is_sure
            else self.tr("Perhaps the same model as {0}.")
        ).format(", ".join(others))
        if not same.spare_bytes:
            return words
        spare = self.tr("Keeping one of them would free {0}.").format(size(same.spare_bytes))
        return f"{words} {spare}"

    def _on_setting(self, key: str, _value: object) -> None:
        if key in {FURTHER, "model.folder"}:
            self.changed.emit()
            self._models.refresh()


def target_in(folder: Path) -> Path:
    """Where the library goes when a person chose `folder`: not among what lies there already."""
    try:
        is_free = not folder.exists() or not any(folder.iterdir())
    except OSError:
        is_free = True  # what is wrong with it is said when it is used
    begun = folder / _OWN_FOLDER
    return folder if is_free else begun
