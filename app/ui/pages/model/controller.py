"""One model for its page: what is known of it, and everything that can be done with it."""

from __future__ import annotations

import asyncio
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app import placing
from app.bootstrap import Services, try_model
from app.core.errors import AppError
from app.core.handoff import CancelToken, Worker
from app.core.tasks import Tasks
from app.models.manager import Removed
from app.models.placement import PROCESSOR, Placement
from app.models.starter import MODEL_ID as STARTER_ID
from app.models.trials import Trial
from app.models.verification import Report
from app.ui.models_controller import ModelsController
from app.ui.pages.model import facts
from app.ui.pages.model.facts import Facts
from app.ui.pages.model.work import Tell, Work
from app.ui.status.figures import device_name, seconds, size


class ModelController(QObject):
    """Holds no widget. `facts` are those of the model that was opened last; `damage` says what
    verifying found, by id.

    Signals:
        changed: the facts are others now.
        gone: the model is there no more.
        placed: a device was tried; `device_problem` says why it is not used (None: it is).
    """

    changed = Signal()
    gone = Signal()
    placed = Signal()

    def __init__(
        self, services: Services, models: ModelsController, work: Work, tasks: Tasks
    ) -> None:
        super().__init__()
        self._services = services
        self._models = models
        self.work = work
        self._tasks = tasks
        # Its own thread: what is shown must not wait for a long job.
        self._worker = Worker("model-page")
        self._is_closed = False
        self._reading: asyncio.Task[None] | None = None
        self._is_outdated = False
        self.model_id = ""
        self.facts: Facts | None = None
        self.device_problem: AppError | None = None
        self.damage: dict[str, str] = {}
        work.ended.connect(models.refresh)
        models.changed.connect(self.refresh)

    @property
    def is_loaded(self) -> bool:
        """Whether the model is in memory."""
        return bool(self.model_id) and self._models.loaded_id == self.model_id

    @property
    def is_default(self) -> bool:
        """Whether it answers in new chats."""
        return bool(self.model_id) and self._models.default_id == self.model_id

    @property
    def can_open_folders(self) -> bool:
        """Whether a part of the program lives that may start the file manager."""
        courier = self._services.courier
        return courier is not None and courier.status().pid is not None

    def open(self, model_id: str) -> None:
        """Show another model from now on."""
        if model_id != self.model_id:
            self.facts, self.device_problem = None, None
        self.model_id = model_id
        self.refresh()

    def refresh(self) -> None:
        """Read the facts again; once more where they are just being read."""
        self._is_outdated = True
        if self.model_id and self._reading is None and not self._is_closed:
            self._is_outdated = False
            self._reading = self._tasks.start("read a model", self._read(self.model_id))

    def use_for_new_chats(self) -> None:
        """Remember it as the one for new chats."""
        self._models.use_for_new_chats(self.model_id)

    def unload(self) -> None:
        """Give its memory back."""
        self._models.unload()

    def load(self) -> None:
        """Bring it into memory."""
        model_id, name = self.model_id, self._name

        async def job(tell: Tell, cancel: CancelToken) -> str:
            tell(self.tr("Loading {0}").format(name), None)
            await placing.load(self._services, model_id, cancel)
            return self.tr("{0} is in memory.").format(name)

        self.work.start(self.tr("Loading {0}").format(name), job, leaves=False)

    def try_it(self) -> None:
        """Measure how fast it answers, and keep that."""
        model_id, name = self.model_id, self._name

        async def job(tell: Tell, cancel: CancelToken) -> str:
            tell(self.tr("{0} answers a short question").format(name), None)
            self._services.local.allow_load(model_id)
            return self._trial_words(await try_model(self._services, model_id, cancel))

        self.work.start(self.tr("Trying {0}").format(name), job)

    def place(self, placement: Placement) -> None:
        """Have a device tried, and kept where the model answers on it."""
        model_id, name = self.model_id, self._name

        async def job(tell: Tell, cancel: CancelToken) -> str:
            tell(self.tr("{0} is loaded and writes one token").format(name), None)
            trial = await placing.place(self._services, model_id, placement, cancel)
            if not trial.works:
                built_for = self.facts.model.device if self.facts is not None else ""
                self.device_problem = placing.refusal(name, trial, built_for=built_for)
                self.placed.emit()
                return ""
            self.device_problem = None
            self.placed.emit()
            if placement.is_usual:
                return self.tr("The settings decide again what {0} runs on.").format(name)
            return self.tr("{0} answered on {1} after {2}. This is kept.").format(
                name, device_name(trial.used), seconds(trial.load_s + trial.first_token_s)
            )

        self.work.start(self.tr("Trying the device"), job)

    def use_processor(self) -> None:
        """The offer where another device does not work."""
        known = self.facts.placement if self.facts is not None else Placement()
        self.place(
            Placement(device=PROCESSOR, threads=known.threads, context_limit=known.context_limit)
        )

    def verify(self) -> None:
        """Compare every byte with the manifest."""
        models, model_id, name = self._services.models, self.model_id, self._name

        def words(report: Report) -> str:
            if report.manifest is None:
                return self.tr("{0} came without a manifest, so nothing can be compared.").format(
                    name
                )
            if report.flaws:
                self.damage[model_id] = report.words
                raise AppError(
                    self.tr("{0} is damaged: {1}.").format(name, report.words),
                    self._mend(),
                )
            self.damage.pop(model_id, None)
            return self.tr("Every byte of {0} is what it should be.").format(name)

        self.work.block(
            self.tr("Verifying {0}").format(name),
            lambda tell, cancel: models.verify(model_id, tell, cancel),
            words,
        )

    def export(self, file: Path) -> None:
        """Write it into one file, for a computer without a network."""
        models, model_id, name = self._services.models, self.model_id, self._name
        self.work.block(
            self.tr("Exporting {0}").format(name),
            lambda tell, cancel: models.export(model_id, file, tell, cancel),
            lambda listed: self.tr("{0} is in {1}, {2}.").format(name, file, size(listed.size)),
        )

    def rename(self, new: str) -> None:
        """Show it under another name, "" for its own."""
        models, model_id = self._services.models, self.model_id
        self.work.block(
            self.tr("Renaming"),
            lambda _tell, _cancel: models.rename(model_id, new),
            lambda model: self.tr("It is called {0}.").format(model.name),
        )

    def open_folder(self) -> None:
        """Show its folder in the file manager, which only what is not sealed can start."""
        courier, facts_now = self._services.courier, self.facts
        if courier is None or facts_now is None:
            return
        path = str(facts_now.model.folder)
        self.work.block(
            self.tr("Opening the folder"),
            lambda _tell, _cancel: courier.open_folder(path),
            lambda _nothing: "",
        )

    def remove(self) -> None:
        """Delete it, or forget one that is used where it lies."""
        models, model_id, name = self._services.models, self.model_id, self._name
        is_loaded = self.is_loaded

        async def job(tell: Tell, _cancel: CancelToken) -> str:
            tell(self.tr("Deleting {0}").format(name), None)
            if is_loaded:  # an open file cannot be deleted everywhere
                await self._services.local.unload()
            removed = await self.work.call(lambda: models.remove(model_id))
            self.model_id, self.facts = "", None
            self.gone.emit()
            return self._removed_words(name, removed)

        self.work.start(self.tr("Deleting {0}").format(name), job)

    async def close(self) -> None:
        """Read nothing any more, and end the thread."""
        self._is_closed = True
        await self._worker.call(lambda: None)
        self._worker.close()

    @property
    def _name(self) -> str:
        return self._models.name_of(self.model_id)

    async def _read(self, model_id: str) -> None:
        services = self._services
        try:
            found = await self._worker.call(lambda: facts.read(services, model_id))
        except AppError:
            found = None
        finally:
            self._reading = None
        if self._is_outdated or model_id != self.model_id:  # changed or left meanwhile
            self.refresh()
        elif found is None:
            self.model_id, self.facts = "", None
            self.gone.emit()
        else:
            self.facts = found
            self.changed.emit()

    def _mend(self) -> str:
        """What a person can do about damaged files."""
        model = self.facts.model if self.facts is not None else None
        if model is not None and model.repository and not model.is_reference:
            return self.tr("Repair it: only what is damaged is fetched again.")
        if self.model_id == STARTER_ID:
            return self.tr("Delete it, then set the starter model up again.")
        return self.tr("Delete it, and bring it in again from where it came.")

    def _trial_words(self, trial: Trial) -> str:
        return self.tr("The first token came after {0}, then {1} a second on {2}.").format(
            seconds(trial.first_token_s), f"{trial.tokens_per_s:.0f}", device_name(trial.device)
        )

    def _removed_words(self, name: str, removed: Removed) -> str:
        if removed.was_reference:
            return self.tr("{0} is off the list; its folder was not touched.").format(name)
        return self.tr("{0} is deleted; {1} are free.").format(name, size(removed.freed_bytes))
