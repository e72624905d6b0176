"""The models for the window: looked for on a worker, chosen, set up, and given back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QObject, Signal

from app.core.errors import AppError, ErrorCode
from app.core.handoff import CancelToken, Worker
from app.core.status import EngineState, EngineStatus
from app.core.tasks import Tasks
from app.models.library import InstalledModel
from app.models.starter import MODEL_ID as STARTER_ID
from app.ui.settings_bridge import SettingsBridge

_DEFAULT = "model.default"
Tell = Callable[[str, float | None], None]


class Models(Protocol):
    """What finds the models on the disk; blocking."""

    def scan(self) -> list[InstalledModel]:
        """All models, broken ones too."""


class LocalModels(Protocol):
    """What runs them."""

    def allow_load(self, model: str) -> None:
        """Load this model at the next request although an earlier load went wrong."""

    def status(self) -> EngineStatus:
        """What the engine does now."""

    async def unload(self) -> None:
        """Give the model's memory back."""


class Starter(Protocol):
    """What sets the starter model up; blocking."""

    def comes_along(self) -> bool:
        """Whether an installer brought it, and it only has to be put in its place."""

    def advice(self) -> AppError | None:
        """None where it can be set up here, else why not and what to do."""

    def install(self, tell: Tell, cancel: CancelToken) -> None:
        """Set it up; `tell` gets a sentence and a share of 1 (None: unknown). Raises `AppError`."""


class ModelsController(QObject):
    """Knows the models as they were found last; holds no widget.

    Signals:
        changed: the models, the one for new chats or the one in memory are others now.
        setup_told(str, object): the starter model is being set up: what, and the share of 1.
        setup_ended: it is set up, or `setup_problem` says why not, or it was stopped.
        failed(object AppError): something else did not work.
    """

    changed = Signal()
    setup_told = Signal(str, object)
    setup_ended = Signal()
    failed = Signal(object)

    def __init__(
        self,
        models: Models,
        local: LocalModels,
        starter: Starter,
        settings: SettingsBridge,
        tasks: Tasks,
    ) -> None:
        super().__init__()
        self._source = models
        self._local = local
        self._starter = starter
        self._settings = settings
        self._tasks = tasks
        self._worker = Worker("models")
        self._setup: CancelToken | None = None
        self._loop = asyncio.get_running_loop()
        self.found: list[InstalledModel] = []
        self.is_known = False
        self.advice: AppError | None = None
        self.setup_problem: AppError | None = None
        settings.changed.connect(self._on_setting)

    @property
    def usable(self) -> list[InstalledModel]:
        """The models that can answer."""
        return [model for model in self.found if model.problem is None]

    @property
    def default_id(self) -> str:
        """The model that answers in new chats, "" where there is none."""
        preferred = self._settings.text(_DEFAULT)
        ids = [model.id for model in self.usable]
        return preferred if preferred in ids else next(iter(ids), "")

    @property
    def loaded_id(self) -> str:
        """The model that is in memory, "" for none."""
        status = self._local.status()
        is_loaded = status.state in (EngineState.READY, EngineState.BUSY)
        return status.model_id if is_loaded else ""

    @property
    def offers_starter(self) -> bool:
        """Whether the starter model is missing and can be set up here."""
        is_there = any(model.id == STARTER_ID for model in self.usable)
        return self.is_known and self.advice is None and not is_there

    @property
    def is_setting_up(self) -> bool:
        """Whether the starter model is being set up."""
        return self._setup is not None

    def status(self) -> EngineStatus:
        """What the engine does now."""
        return self._local.status()

    def name_of(self, model_id: str) -> str:
        """What people call the model; its id where it is not there."""
        return next((model.name for model in self.found if model.id == model_id), model_id)

    def refresh(self) -> None:
        """Look for models on the disk."""
        self._tasks.start("look for models", self.look())

    async def look(self) -> None:
        """Look for models on the disk, and whether the starter model can be set up."""
        self.found = await self._worker.call(self._source.scan)
        self.advice = await self._worker.call(self._starter.advice)
        is_first, self.is_known = not self.is_known, True
        if is_first and not self.found and await self._worker.call(self._starter.comes_along):
            # Nobody who has just installed the program should have to ask for a model first.
            self.set_up_starter()
        self.changed.emit()

    def use_for_new_chats(self, model_id: str) -> None:
        """Remember the model for new chats."""
        self._tasks.start("choose model", self._use(model_id))

    def unload(self) -> None:
        """Give the memory of the model back."""
        self._tasks.start("unload", self._unload())

    def allow_load(self, model_id: str) -> None:
        """Load a model at the next question although an earlier load went wrong."""
        self._local.allow_load(model_id)

    def set_up_starter(self) -> None:
        """Set the starter model up; `cancel_setup` stops that."""
        if self._setup is None:
            self._setup = CancelToken()
            self.setup_problem = None
            self.setup_told.emit(self.tr("Setting up the starter model"), None)
            self._tasks.start("set up the starter model", self._set_up(self._setup))

    def cancel_setup(self) -> None:
        """Stop setting the starter model up; nothing half is left."""
        if self._setup is not None:
            self._setup.cancel()

    async def close(self) -> None:
        """End what runs, and the worker."""
        self.cancel_setup()
        await self._worker.call(lambda: None)
        self._worker.close()

    async def _use(self, model_id: str) -> None:
        try:
            await self._settings.set(_DEFAULT, model_id)
        except AppError as error:
            self.failed.emit(error)

    async def _unload(self) -> None:
        await self._local.unload()
        self.changed.emit()

    async def _set_up(self, cancel: CancelToken) -> None:
        starter = self._starter

        def tell(what: str, share: float | None) -> None:
            self._loop.call_soon_threadsafe(self.setup_told.emit, what, share)

        problem: AppError | None = None
        try:
            await self._worker.call(lambda: starter.install(tell, cancel))
        except AppError as error:
            problem = error
        finally:
            self._setup = None
        if problem is not None and problem.code is not ErrorCode.CANCELLED:
            self.setup_problem = problem
        await self.look()
        self.setup_ended.emit()

    def _on_setting(self, key: str, _value: object) -> None:
        if key == _DEFAULT:
            self.changed.emit()
