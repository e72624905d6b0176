"""The composition root: builds every service by constructor, and closes them again."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

from app.chat.session import ChatSession
from app.chat.turn import TurnOptions
from app.core.handoff import CancelToken, Worker
from app.core.status import DeviceStatus, EngineStatus
from app.engine import model_folder
from app.engine.base import Engine
from app.engine.client import EngineClient
from app.models.catalogue import FILE as CATALOGUE_FILE
from app.models.catalogue import Catalogue
from app.models.catalogue import load as load_catalogue
from app.models.library import InstalledModel, Library
from app.models.machine import Machine, bandwidth, examine
from app.models.manager import ModelManager
from app.models.page import weight_bytes
from app.models.records import Records
from app.models.shelf import Shelf
from app.models.starter import StarterModel
from app.models.trials import Trial, Trials
from app.models.verification import Checks
from app.paths import Paths, resources_dir, starter_builder, starter_bundle
from app.providers.local import LocalProvider
from app.providers.trial import measure
from app.router.router import AUTO, Router
from app.settings.settings import Settings, generation_parameters
from app.store.history import History
from app.store.worker import HistoryWorker

_CLOSING_S = 10.0


@dataclass(kw_only=True)
class Services:
    """What the window, the command line and a server work with.

    `history` is closed until `open_history`: a single question neither opens nor locks the
    file. `local` is the provider of the models on this machine.
    """

    paths: Paths
    settings: Settings
    library: Library
    models: ModelManager
    starter: StarterModel
    engine: Engine
    local: LocalProvider
    router: Router
    history: HistoryWorker
    session: ChatSession
    engine_worker: Worker
    _is_closed: bool = field(default=False, init=False)

    async def open_history(self) -> None:
        """Open the history file; raises `AppError` where that is not possible."""
        await self.history.run(lambda history: history.open())

    def engine_status(self) -> EngineStatus:
        """What the engine does now; cheap, from any thread."""
        return self.engine.status()

    async def close(self) -> None:
        """Stop what runs, end the engine, write the history out and end every thread.

        Closing twice does nothing more.
        """
        if self._is_closed:
            return
        self._is_closed = True
        try:
            await self.local.close()
            self.engine_worker.close(_CLOSING_S)
        finally:
            try:
                await self.session.close()
            finally:
                await self.history.close()


def build(
    paths: Paths, *, settings: Settings | None = None, engine: Engine | None = None
) -> Services:
    """All services over `paths`, whose folders exist; nothing heavy is loaded or started.

    `settings` may be passed in where they are loaded already.
    """
    if settings is None:
        settings = Settings(paths.settings_file)
        settings.load()
    loaded = settings
    models = model_manager(paths, loaded)
    library = models.library
    engine = engine or EngineClient(run_dir=paths.run)
    worker = Worker("engine")
    local = LocalProvider(
        engine,
        library=lambda model_id: find_model(models.recovered(), loaded, model_id),
        check=lambda model, cancel: library.check(model.id, model.folder, cancel),
        worker=worker,
        device=lambda: str(loaded.get("model.device")),
        idle_unload_s=lambda: float(loaded.get("model.idle_unload_minutes")) * 60,
    )
    router = Router({local.name: local})
    history = HistoryWorker(History(paths.history_file))
    return Services(
        paths=paths,
        settings=loaded,
        library=library,
        models=models,
        starter=starter_model(paths, library.main),
        engine=engine,
        local=local,
        router=router,
        history=history,
        session=ChatSession(history, router, lambda: turn_options(loaded)),
        engine_worker=worker,
    )


def model_library(paths: Paths, settings: Settings) -> Library:
    """The models of this root, in all folders that the settings name."""
    return model_manager(paths, settings).library


def model_manager(paths: Paths, settings: Settings) -> ModelManager:
    """What changes the models of this root."""
    records = Records(paths.root / "models.json", paths.cache / "model-use.json")
    checks = Checks(paths.cache / "verified-models.json")
    library = Library(lambda: model_folders(paths, settings), records=records, checks=checks)
    return ModelManager(
        Shelf(
            library=library,
            records=records,
            checks=checks,
            trials=model_trials(paths),
            inspect=model_folder.read,
        ),
        journal=paths.run / "library-move.json",
        switch=lambda folder: settings.set("model.folder", str(folder)),
    )


def model_trials(paths: Paths) -> Trials:
    """How fast the models of this root were when they were tried."""
    return Trials(paths.root / "model-trials.json")


def machine(paths: Paths, library: Path) -> Machine:
    """What this computer has for a model; blocking, at most 0.3 s the first time."""
    from app.engine.devices import built_in

    return examine(library, built_in(), model_trials(paths).efficiency(bandwidth()))


def catalogue() -> Catalogue:
    """The models that Tacit knows of; blocking. Raises `AppError` where the list is damaged."""
    return load_catalogue(resources_dir() / CATALOGUE_FILE)


async def try_model(services: Services, model_id: str, cancel: CancelToken) -> Trial:
    """Measure a model, and keep the result in its history; raises `AppError`."""
    model = services.library.get(model_id)
    trial = await measure(services.local, model.id, weight_bytes(model.folder), cancel)
    services.models.shelf.trials.add(model.id, trial)
    return trial


def model_folders(paths: Paths, settings: Settings) -> tuple[Path, ...]:
    """Where models are looked for; the first folder is the one they are installed into."""
    main = str(settings.get("model.folder"))
    further = str(settings.get("model.further_folders")).split(os.pathsep)
    named = [Path(text.strip()).expanduser() for text in further if text.strip()]
    return (Path(main) if main else paths.models, *(p for p in named if p.is_absolute()))


def starter_model(paths: Paths, models_dir: Path | None = None) -> StarterModel:
    """What puts the starter model in place; raises `AppError` for a damaged installation."""
    return StarterModel(
        models_dir or paths.models, paths.cache, bundle=starter_bundle(), builder=starter_builder()
    )


def find_model(library: Library, settings: Settings, model_id: str) -> InstalledModel:
    """The model of that id, or for "" the one that the settings prefer; raises `AppError`."""
    if model_id:
        return library.get(model_id)
    return library.default(str(settings.get("model.default")))


def turn_options(settings: Settings) -> TurnOptions:
    """How a turn is answered where the conversation says nothing else."""
    return TurnOptions(
        model="",
        parameters=generation_parameters(settings),
        system_prompt=str(settings.get("generation.system_prompt")),
        provider=AUTO,
        context_limit=int(settings.get("model.context_limit")) or None,
    )


def devices() -> list[DeviceStatus]:
    """What a model can run on here, and why not on the others.

    Whether a graphics card works is only known once a model was tried on it.
    """
    from app.engine.devices import built_in

    available = built_in()
    processor = DeviceStatus(name="cpu", available=True, reason="The processor always works.")
    return [processor, *(_graphics(name, name in available) for name in ("cuda", "dml"))]


def _graphics(name: str, is_built_in: bool) -> DeviceStatus:
    reason = (
        "The installed runtime knows it; it is tried when a model is loaded."
        if is_built_in
        else "The installed runtime has no code for it."
    )
    return DeviceStatus(name=name, available=is_built_in, reason=reason)
