"""The composition root: builds every service by constructor, and closes them again."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from app import routing
from app.chat.session import ChatSession
from app.chat.turn import TurnOptions
from app.core.cancel import CancelToken
from app.core.errors import AppError, ErrorCode
from app.core.handoff import Worker
from app.core.messages import ChatRequest, GenerationParameters, Message, Role
from app.core.proof import Attempt, ProcessProof, Proof
from app.core.status import DeviceStatus, EngineStatus
from app.courier_policy import CourierPolicy
from app.downloading import hub_token, put_together
from app.engine import model_folder
from app.engine.base import Engine
from app.engine.client import EngineClient
from app.models.asking import Hub
from app.models.catalogue import FILE as CATALOGUE_FILE
from app.models.catalogue import Catalogue
from app.models.catalogue import load as load_catalogue
from app.models.downloads.planning import Planner
from app.models.downloads.queue import DownloadQueue
from app.models.library import InstalledModel, Library
from app.models.machine import Machine, bandwidth, examine
from app.models.manager import ModelManager
from app.models.page import weight_bytes
from app.models.records import Records
from app.models.shelf import Shelf
from app.models.starter import Build, StarterModel, Tell
from app.models.starter_build import directly
from app.models.trials import Trial, Trials
from app.models.verification import Checks
from app.network.base import Courier
from app.network.journal.reader import Journal
from app.network.verbs.starter import BUILD_STARTER, BuildStarter
from app.paths import Paths, resources_dir, starter_builder, starter_bundle
from app.process.start import Protection
from app.providers.local import LocalProvider
from app.providers.trial import measure
from app.redaction.words import OwnWords
from app.router.router import AUTO, Router
from app.routing import RulesStore
from app.settings.secrets import Secrets
from app.settings.settings import Settings, generation_parameters
from app.store.history import History
from app.store.worker import HistoryWorker

_CLOSING_S = 10.0
# Enough to have the model read and write once.
_HELLO = ChatRequest(
    messages=(Message(Role.USER, "Hello."),),
    model="",
    parameters=GenerationParameters(temperature=0, max_tokens=2),
)
_KEEPS_NOTHING = AppError(
    "This is a private session, which leaves nothing on this computer: no model either.",
    "Set the model up in an ordinary window, then start the private session again.",
    code=ErrorCode.USAGE,
)


@dataclass(kw_only=True)
class Services:
    """What the window, the command line and a server work with.

    `history` is closed until `open_history`: a single question neither opens nor locks the
    file. `local` is the provider of the models on this machine. `courier` belongs to whoever
    started it, and is ended by them; None where there is none. `courier_policy` keeps it true to
    the settings and the keyring.
    """

    paths: Paths
    settings: Settings
    secrets: Secrets
    library: Library
    models: ModelManager
    starter: StarterModel
    engine: Engine
    local: LocalProvider
    router: Router
    rules: RulesStore
    words: OwnWords
    router_worker: Worker
    history: HistoryWorker
    session: ChatSession
    hub: Hub
    planner: Planner
    downloads: DownloadQueue
    engine_worker: Worker
    protection: Protection
    journal: Journal
    courier: Courier | None
    courier_policy: CourierPolicy | None
    _is_closed: bool = field(default=False, init=False)

    async def open_history(self) -> None:
        """Open the history file; raises `AppError` where that is not possible."""
        await self.history.open()

    def engine_status(self) -> EngineStatus:
        """What the engine does now; cheap, from any thread."""
        return self.engine.status()

    async def prove(self, role: str, more: Sequence[Attempt] = ()) -> Proof:
        """Try from inside this process and the model's what their seals have to refuse.

        `role` is what a person calls this process, `more` what was tried elsewhere. The model
        that the settings prefer is loaded first where none is in memory.
        """
        from app.process.proof.own import prove_window
        from app.process.proof.whole import put_together

        worker = Worker("proof")
        try:
            own = await worker.call(lambda: prove_window(self.protection, role=role, more=more))
            host, notes = await self._prove_host()
            return await worker.call(lambda: put_together(own, host, notes))
        finally:
            worker.close()

    async def _prove_host(self) -> tuple[ProcessProof | None, tuple[str, ...]]:
        """The proof of the model's process, and sentences on what could not be tried."""
        private, folder = (self.paths.history_file, self.paths.settings_file), self.paths.models
        notes: tuple[str, ...] = ()
        if not self.engine_status().device:
            try:
                return await self.local.prove(private, folder=folder, load=_HELLO), ()
            except AppError as error:
                notes = (f"It was tried without a model in memory: {error.what}",)
        try:
            return await self.local.prove(private, folder=folder), notes
        except AppError as error:
            return None, (*notes, error.sentence)

    async def close(self) -> None:
        """Stop what runs, end the engine, write the history out and end every thread.

        Closing twice does nothing more.
        """
        if self._is_closed:
            return
        self._is_closed = True
        if self.courier_policy is not None:
            self.courier_policy.close()
        closing = Worker("closing")
        await closing.call(self.downloads.close)
        closing.close()
        try:
            await self.local.close()
            self.engine_worker.close(_CLOSING_S)
        finally:
            try:
                await self.session.close()
            finally:
                self.router_worker.close(_CLOSING_S)
                await self.history.close()


def build(
    paths: Paths,
    *,
    settings: Settings | None = None,
    engine: Engine | None = None,
    protection: Protection | None = None,
    courier: Courier | None = None,
    secrets: Secrets | None = None,
) -> Services:
    """All services over `paths`, whose folders exist; nothing heavy is loaded or started.

    `settings` may be passed in where they are loaded already. `protection` is what shuts this
    process in; `courier`, where one runs, is told what the settings and `secrets` say, now and
    after each change; by default these are the system's keyring.
    Where `paths` keep nothing, the history is in memory and nothing is written anywhere.
    """
    keeps = not paths.keeps_nothing
    if settings is None:
        settings = Settings(paths.settings_file, keep=keeps)
        settings.load()
    loaded = settings
    protection = protection or Protection()
    secrets = secrets or Secrets()
    models = model_manager(paths, loaded)
    library = models.library
    downloading = put_together(
        paths,
        loaded,
        models.shelf,
        catalogue=catalogue,
        courier=courier,
        token=partial(hub_token, secrets),
    )
    engine = engine or EngineClient(run_dir=paths.run if keeps else None)
    worker = Worker("engine")
    local = LocalProvider(
        engine,
        library=lambda model_id: find_model(models.recovered(), loaded, model_id),
        check=lambda model, cancel: library.check(model.id, model.folder, cancel),
        worker=worker,
        device=lambda: str(loaded.get("model.device")),
        idle_unload_s=lambda: float(loaded.get("model.idle_unload_minutes")) * 60,
    )
    words = routing.own_words(paths)
    rules = routing.rules_store(paths)
    router_worker = Worker("router")
    router = Router(
        {local.name: local},
        rules=lambda: routing.with_fall_back(rules.rules(), loaded),
        switches=lambda: routing.switches(
            loaded, lambda: library, models.shelf.trials, private_session=not keeps
        ),
        redact=routing.redactor(loaded, words),
        worker=router_worker,
    )
    history = HistoryWorker(
        History(
            paths.history_file,
            in_memory=not keeps,
            trash_days=lambda: float(loaded.get("history.trash_days")),
        )
    )
    return Services(
        paths=paths,
        settings=loaded,
        secrets=secrets,
        library=library,
        models=models,
        starter=starter_model(paths, library.main, courier, is_sealed=protection.report.enforced),
        engine=engine,
        local=local,
        router=router,
        rules=rules,
        words=words,
        router_worker=router_worker,
        history=history,
        session=ChatSession(history, router, lambda: turn_options(loaded)),
        hub=downloading.hub,
        planner=downloading.planner,
        downloads=downloading.queue(),
        engine_worker=worker,
        protection=protection,
        journal=journal(paths),
        courier=courier,
        courier_policy=None if courier is None else CourierPolicy(courier, paths, loaded, secrets),
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


def journal(paths: Paths) -> Journal:
    """What reads and doubts the journal of every connection."""
    return Journal(paths.journal)


def starter_model(
    paths: Paths,
    models_dir: Path | None = None,
    courier: Courier | None = None,
    *,
    is_sealed: bool = False,
) -> StarterModel:
    """What puts the starter model in place; raises `AppError` for a damaged installation.

    It is built through the courier; directly only where there is none and nothing is sealed.
    """
    build: Build | None = None
    if starter_builder().is_file():
        if courier is not None:
            build = _through(courier)
        else:
            build = _refuse if is_sealed else directly(starter_builder())
    return StarterModel(
        models_dir or paths.models,
        paths.cache,
        bundle=starter_bundle(),
        build=build,
        refusal=_KEEPS_NOTHING if paths.keeps_nothing else None,
    )


def _through(courier: Courier) -> Build:
    def build(target: Path, cache: Path, tell: Tell, cancel: CancelToken) -> None:
        arguments = BuildStarter(
            out=str(target), cache=str(cache), allowed_by="you, setting up the starter model"
        )
        courier.run(
            BUILD_STARTER, arguments, cancel, lambda progress: tell(progress.label, progress.share)
        )

    return build


def _refuse(_target: Path, _cache: Path, _tell: Tell, _cancel: CancelToken) -> None:
    raise AppError(
        "The starter model's parts cannot be fetched: nothing of Tacit can reach the network.",
        "Restart Tacit with connections allowed.",
        code=ErrorCode.SEALED,
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
