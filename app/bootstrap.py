"""The composition root: builds every service by constructor, and closes them again."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

from app import routing
from app.chat.away import Away
from app.chat.naming import Naming
from app.chat.session import ChatSession
from app.chat.turn import TurnOptions
from app.cloud import Cloud
from app.core.cancel import CancelToken
from app.core.errors import AppError
from app.core.handoff import Worker
from app.core.messages import ChatRequest, GenerationParameters, Message, Role
from app.core.proof import Attempt, ProcessProof, Proof
from app.core.status import EngineStatus
from app.courier import hub_address
from app.courier_policy import CourierPolicy
from app.downloading import hub_token, put_together
from app.engine.base import Engine
from app.engine.client import EngineClient
from app.local_models import catalogue, local_provider, machine, model_manager, starter_model
from app.models.asking import Hub
from app.models.downloads.planning import Planner
from app.models.downloads.queue import DownloadQueue
from app.models.library import Library
from app.models.manager import ModelManager
from app.models.offers import Offers
from app.models.page import weight_bytes
from app.models.starter import StarterModel
from app.models.trials import Trial
from app.network.base import Courier
from app.network.journal.reader import Journal
from app.paths import Paths
from app.process.start import Protection
from app.providers.local import LocalProvider
from app.providers.trial import measure
from app.redaction.words import OwnWords
from app.router.router import AUTO, Router
from app.routing import RulesStore
from app.settings.history_keys import HistoryKeys
from app.settings.secrets import Secrets
from app.settings.settings import Settings, generation_parameters
from app.store.history import History
from app.store.worker import HistoryWorker
from app.updates.looking import Updates
from app.updating import put_together as put_updates_together

_CLOSING_S = 10.0
# Enough to have the model read and write once.
_HELLO = ChatRequest(
    messages=(Message(Role.USER, "Hello."),),
    model="",
    parameters=GenerationParameters(temperature=0, max_tokens=2),
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
    history_keys: HistoryKeys
    library: Library
    models: ModelManager
    starter: StarterModel
    engine: Engine
    local: LocalProvider
    router: Router
    cloud: Cloud
    rules: RulesStore
    words: OwnWords
    router_worker: Worker
    history: HistoryWorker
    away: Away
    session: ChatSession
    naming: Naming
    hub: Hub
    planner: Planner
    offers: Offers
    downloads: DownloadQueue
    engine_worker: Worker
    protection: Protection
    journal: Journal
    courier: Courier | None
    courier_policy: CourierPolicy | None
    updates: Updates
    _is_closed: bool = field(default=False, init=False)

    async def open_history(self) -> None:
        """Open the history file; raises `AppError` where that is not possible."""
        await self.history.open()
        if not self.paths.keeps_nothing:
            await self.history.run(lambda history: _take_over_words(history, self.words))

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
    local = local_provider(engine, worker, models, loaded)
    cloud = Cloud(paths, loaded, secrets, courier)
    words = routing.own_words(paths)
    rules = routing.rules_store(paths)
    router_worker = Worker("router")
    router = Router(
        {local.name: local},
        rules=rules.rules,
        switches=lambda: routing.switches(
            loaded, lambda: library, models.shelf.trials, cloud, private_session=not keeps
        ),
        more=cloud.providers,
        redact=routing.redactor(loaded, words),
        worker=router_worker,
    )
    history_keys = HistoryKeys(secrets)
    history = HistoryWorker(
        History(
            paths.history_file,
            keys=history_keys,
            in_memory=not keeps,
            trash_days=lambda: float(loaded.get("history.trash_days")),
        )
    )
    away = Away(history)
    return Services(
        paths=paths,
        settings=loaded,
        secrets=secrets,
        history_keys=history_keys,
        library=library,
        models=models,
        starter=starter_model(paths, library.main, courier, is_sealed=protection.report.enforced),
        engine=engine,
        local=local,
        router=router,
        cloud=cloud,
        rules=rules,
        words=words,
        router_worker=router_worker,
        history=history,
        away=away,
        session=ChatSession(history, router, lambda: turn_options(loaded), away=away),
        naming=Naming(history, local, lambda: turn_options(loaded)),
        hub=downloading.hub,
        planner=downloading.planner,
        offers=Offers(
            downloading.hub,
            downloading.planner,
            catalogue=catalogue,
            machine=lambda: machine(paths, library.main),
            token=partial(hub_token, secrets),
            hub_address=lambda: hub_address(loaded),
        ),
        downloads=downloading.queue(),
        engine_worker=worker,
        protection=protection,
        journal=journal(paths),
        courier=courier,
        courier_policy=None if courier is None else CourierPolicy(courier, paths, loaded, secrets),
        updates=put_updates_together(paths, loaded, courier),
    )


async def try_model(services: Services, model_id: str, cancel: CancelToken) -> Trial:
    """Measure a model, and keep the result in its history; raises `AppError`."""
    worker = services.engine_worker  # the disk may be slow, and a window waits
    model = await worker.call(lambda: services.library.get(model_id))
    size = await worker.call(lambda: weight_bytes(model.folder))
    trial = await measure(services.local, model.id, size, cancel)
    await worker.call(lambda: services.models.shelf.trials.add(model.id, trial))
    return trial


def journal(paths: Paths) -> Journal:
    """What reads and doubts the journal of every connection."""
    return Journal(paths.journal)


def turn_options(settings: Settings) -> TurnOptions:
    """How a turn is answered where the conversation says nothing else."""
    return TurnOptions(
        model="",
        parameters=generation_parameters(settings),
        system_prompt=str(settings.get("generation.system_prompt")),
        provider=AUTO,
        context_limit=int(settings.get("model.context_limit")) or None,
    )


def _take_over_words(history: History, words: OwnWords) -> None:
    """The history keeps the words of folders; they once lay beside it, by the folder's name."""
    lists: dict[str, tuple[str, ...]] = {}
    with contextlib.suppress(AppError):  # said before anything leaves
        lists = words.of_folders()
    if not lists:
        return
    with history.batch():
        for folder in history.folders.all():
            if folder.name in lists:
                history.folders.set_words(folder.id, (*folder.words, *lists[folder.name]))
    words.forget_folders()
