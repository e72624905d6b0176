"""Composition of the models on this computer: the library, what runs them, the starter model.

Apart from `bootstrap`, because commands need it without everything else.
"""

from __future__ import annotations

import os
from pathlib import Path

from app.core.cancel import CancelToken
from app.core.errors import AppError, ErrorCode
from app.core.handoff import Worker
from app.core.status import DeviceStatus
from app.engine import model_folder
from app.engine.base import Engine
from app.models.catalogue import FILE as CATALOGUE_FILE
from app.models.catalogue import Catalogue
from app.models.catalogue import load as load_catalogue
from app.models.library import InstalledModel, Library
from app.models.machine import Machine, bandwidth, examine
from app.models.manager import ModelManager
from app.models.manifest import fingerprint
from app.models.records import Records
from app.models.shelf import Shelf
from app.models.starter import Build, StarterModel, Tell
from app.models.starter_build import directly
from app.models.trials import Trials
from app.models.verification import Checks
from app.network.base import Courier
from app.network.verbs.starter import BUILD_STARTER, BuildStarter
from app.paths import Paths, resources_dir, starter_builder, starter_bundle
from app.providers.local import LocalProvider
from app.settings.settings import Settings

_KEEPS_NOTHING = AppError(
    "This is a private session, which leaves nothing on this computer: no model either.",
    "Set the model up in an ordinary window, then start the private session again.",
    code=ErrorCode.USAGE,
)


def local_provider(
    engine: Engine, worker: Worker, models: ModelManager, settings: Settings
) -> LocalProvider:
    """The models of this root on `engine`, which belongs to the thread of `worker`."""
    library = models.library
    return LocalProvider(
        engine,
        library=lambda model_id: find_model(models.recovered(), settings, model_id),
        check=lambda model, cancel: library.check(model.id, model.folder, cancel),
        fingerprint=fingerprint,
        worker=worker,
        device=lambda: str(settings.get("model.device")),
        placement=models.shelf.records.placement,
        idle_unload_s=lambda: float(settings.get("model.idle_unload_minutes")) * 60,
    )


def model_library(paths: Paths, settings: Settings) -> Library:
    """The models of this root, in all folders that the settings name."""
    return model_manager(paths, settings).library


def model_manager(paths: Paths, settings: Settings) -> ModelManager:
    """What changes the models of this root."""
    keeps = not paths.keeps_nothing
    records = Records(paths.root / "models.json", paths.cache / "model-use.json", keeps=keeps)
    checks = Checks(paths.cache / "verified-models.json", keeps=keeps)
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


def model_folders(paths: Paths, settings: Settings) -> tuple[Path, ...]:
    """Where models are looked for; the first folder is the one they are installed into."""
    main = str(settings.get("model.folder"))
    further = str(settings.get("model.further_folders")).split(os.pathsep)
    named = [Path(text.strip()).expanduser() for text in further if text.strip()]
    return (Path(main) if main else paths.models, *(p for p in named if p.is_absolute()))


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


def devices() -> list[DeviceStatus]:
    """What a model can run on here, and why not on the others.

    Whether a graphics card works is only known once a model was tried on it.
    """
    from app.engine.devices import GRAPHICS, known

    available = known()
    processor = DeviceStatus(name="cpu", available=True, reason="The processor always works.")
    names = dict.fromkeys([*GRAPHICS, *sorted(available)])
    return [processor, *(_graphics(name, name in available) for name in names)]


def _graphics(name: str, is_built_in: bool) -> DeviceStatus:
    reason = (
        "The installed runtime knows it; it is tried when a model is loaded."
        if is_built_in
        else "The installed runtime has no code for it."
    )
    return DeviceStatus(name=name, available=is_built_in, reason=reason)
