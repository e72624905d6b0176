"""A model from the hub for its page: damaged files fetched again, and newer versions."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from app.bootstrap import Services
from app.core.errors import AppError, ErrorCode
from app.core.handoff import CancelToken
from app.models.downloads.values import DownloadStatus, Plan, State
from app.models.library import InstalledModel
from app.models.manager import Repair
from app.models.starter import MODEL_ID as STARTER_ID
from app.ui.models_controller import ModelsController
from app.ui.pages.model.work import Tell, Work
from app.ui.status.figures import size

_UNDER_WAY = (State.QUEUED, State.RUNNING)


class Renewal(QObject):
    """Holds no widget. The bytes are fetched by the queue of downloads, which goes on behind.

    Signals:
        changed: a newer version was found, or a download of a model has gone on.
    """

    changed = Signal()

    def __init__(self, services: Services, models: ModelsController, work: Work) -> None:
        super().__init__()
        self._services = services
        self._models = models
        self._work = work
        self._loop = asyncio.get_running_loop()
        self._newer: dict[str, Plan] = {}
        self._under_way: set[str] = set()
        self._forget: Callable[[], None] = services.downloads.on_change(self._from_any_thread)

    def newer(self, model_id: str) -> Plan | None:
        """The newer version that was found for a model, None where none was."""
        return self._newer.get(model_id)

    def download(self, model_id: str) -> DownloadStatus | None:
        """What is fetched for a model at this moment, or waits for the person."""
        for status in self._services.downloads.status():
            if status.plan.model_id == model_id and status.state is not State.DONE:
                return status
        return None

    def repair(self, model_id: str) -> None:
        """Move what is damaged aside, and fetch only that again."""
        services, name = self._services, self._models.name_of(model_id)

        async def job(tell: Tell, cancel: CancelToken) -> str:
            repair = await self._work.call(lambda: services.models.repair(model_id, tell, cancel))
            if repair is not None and not repair.missing:
                return self.tr("{0} is whole; nothing has to be fetched.").format(name)
            model = await self._work.call(lambda: services.library.find(model_id))
            if repair is None or not repair.manifest.repository:
                raise self._without_source(model)
            tell(self.tr("Asking the hub"), None)
            await self._work.call(lambda: self._fetch(model, repair, cancel))
            sizes = size(sum(file.size for file in repair.missing))
            return self.tr("{0} of {1} are fetched again.").format(sizes, name)

        self._work.start(self.tr("Repairing {0}").format(name), job)

    def look_for_newer(self, model_id: str) -> None:
        """Ask the hub whether it has a newer commit."""
        services, name = self._services, self._models.name_of(model_id)

        async def job(tell: Tell, cancel: CancelToken) -> str:
            model = await self._work.call(lambda: services.library.find(model_id))
            if not model.repository or model.root is None:
                raise self._without_source(model)
            tell(self.tr("Asking the hub"), None)
            plan = await self._work.call(lambda: self._plan(model, cancel))
            if plan is None:
                self._newer.pop(model_id, None)
                return self.tr("{0} is the newest version.").format(name)
            self._newer[model_id] = plan
            self.changed.emit()
            return self.tr("There is a newer version of {0}: {1} to download.").format(
                name, size(plan.size)
            )

        self._work.start(self.tr("Looking for a newer version of {0}").format(name), job)

    def update(self, model_id: str) -> None:
        """Fetch the newer version beside the old one, which is deleted once it is replaced."""
        plan = self._newer.get(model_id)
        if plan is None:
            return
        name = self._models.name_of(model_id)

        def queue(_tell: Tell, _cancel: CancelToken) -> None:
            self._add(plan)

        def words(_nothing: None) -> str:
            self._newer.pop(model_id, None)
            return self.tr(
                "The newer version of {0} is fetched; until it is whole and verified, the one "
                "that is here answers."
            ).format(name)

        self._work.block(self.tr("Updating {0}").format(name), queue, words)

    def close(self) -> None:
        """Hear of no download any more."""
        self._forget()

    def _plan(self, model: InstalledModel, cancel: CancelToken) -> Plan | None:
        listing = self._services.hub.variants(model.repository, cancel)
        return self._services.planner.update(model, listing, with_token=False)

    def _fetch(self, model: InstalledModel, repair: Repair, cancel: CancelToken) -> None:
        source = repair.manifest
        listing = self._services.hub.variants(source.repository, cancel, revision=source.commit)
        self._add(self._services.planner.repair(model, repair, listing, with_token=False))

    def _add(self, plan: Plan) -> None:
        self._services.downloads.start()
        self._services.downloads.add(plan)

    def _without_source(self, model: InstalledModel) -> AppError:
        todo = (
            self.tr("Delete it, then set the starter model up again.")
            if model.id == STARTER_ID
            else self.tr("Import it again where it came from, or download it anew.")
        )
        return AppError(
            self.tr("It is not known where {0} came from, so nothing can be fetched.").format(
                model.name
            ),
            todo,
            code=ErrorCode.USAGE,
        )

    def _from_any_thread(self) -> None:
        self._loop.call_soon_threadsafe(self._on_downloads)

    def _on_downloads(self) -> None:
        under_way = {
            status.plan.model_id
            for status in self._services.downloads.status()
            if status.state in _UNDER_WAY
        }
        if self._under_way - under_way:
            self._models.refresh()  # what was fetched changed a model
        self._under_way = under_way
        self.changed.emit()
