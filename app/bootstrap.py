"""The composition root: builds every service by constructor, and closes them again."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

from app.chat.session import ChatSession
from app.chat.turn import TurnOptions
from app.core.handoff import Worker
from app.core.status import DeviceStatus, EngineStatus
from app.engine.base import Engine
from app.engine.client import EngineClient
from app.models.library import InstalledModel, Library
from app.models.records import Records
from app.models.starter import StarterModel
from app.models.verification import Checks
from app.paths import Paths, starter_builder, starter_bundle
from app.providers.local import LocalProvider
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
    library = model_library(paths, loaded)
    engine = engine or EngineClient(run_dir=paths.run)
    worker = Worker("engine")
    local = LocalProvider(
        engine,
        library=lambda model_id: find_model(library, loaded, model_id),
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
        starter=starter_model(paths),
        engine=engine,
        local=local,
        router=router,
        history=history,
        session=ChatSession(history, router, lambda: turn_options(loaded)),
        engine_worker=worker,
    )


def model_library(paths: Paths, settings: Settings) -> Library:
    """The models of this root, in all folders that the settings name."""
    return Library(
        lambda: model_folders(paths, settings),
        records=Records(paths.root / "models.json", paths.cache / "model-use.json"),
        checks=Checks(paths.cache / "verified-models.json"),
    )


def model_folders(paths: Paths, settings: Settings) -> tuple[Path, ...]:
    """Where models are looked for; the first folder is the one they are installed into."""
    main = str(settings.get("model.folder"))
    further = str(settings.get("model.further_folders")).split(os.pathsep)
    named = [Path(text.strip()).expanduser() for text in further if text.strip()]
    return (Path(main) if main else paths.models, *(p for p in named if p.is_absolute()))


def starter_model(paths: Paths) -> StarterModel:
    """What puts the starter model in place; raises `AppError` for a damaged installation."""
    return StarterModel(
        paths.models, paths.cache, bundle=starter_bundle(), builder=starter_builder()
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
