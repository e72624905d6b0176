"""The models on this machine: which folders hold one, and whether each can be used."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from app.core.errors import AppError, ErrorCode
from app.core.handoff import CancelToken
from app.models import disk, verification
from app.models.description import CONFIG, describe
from app.models.records import Records
from app.models.verification import Checks, Verified

MAX_DEPTH = 3

Folders = Callable[[], tuple[Path, ...]]

# Folders of several builds of one model are called "cpu_and_mobile" or "int4-rtn-block-32".
_VARIANT = re.compile(r"(cpu|cuda|gpu|dml|directml|mobile|onnx|u?int\d|fp\d|bf16)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class InstalledModel:
    """A folder with a model, whether it can be used or not.

    `id` is the folder's path below the models folder with "/" between its parts.
    `context_length` is in tokens and None where the model does not say; `quantization` is
    for example "int4" and "" where nothing tells. `problem` says why it cannot be used.
    `device` is the one it was built for, `variant` its folder in the hub's `repository` at
    `commit`. `last_used` is in seconds since 1970. A reference lies elsewhere and belongs to
    somebody else; `root` is the library folder that holds it, None for a reference.
    """

    id: str
    name: str
    folder: Path
    size_bytes: int
    model_type: str
    context_length: int | None
    quantization: str
    licence: str | None
    problem: AppError | None
    device: str = ""
    variant: str = ""
    repository: str = ""
    commit: str = ""
    verified: Verified = Verified.NO_MANIFEST
    last_used: float | None = None
    root: Path | None = None

    @property
    def is_reference(self) -> bool:
        """Whether it is used where it lies, and only forgotten instead of deleted."""
        return self.root is None


class Library:
    """Finds models below the `folders`, which are asked for each time because settings change.

    The first is the one that models are installed into. A further folder is a model itself or
    holds some; where two have the same id, the earlier one counts. `records` know models that
    lie elsewhere. Only small files are read, and no link leads out of a folder.
    """

    def __init__(
        self, folders: Folders, *, records: Records | None = None, checks: Checks | None = None
    ) -> None:
        self._folders = folders
        self._records = records
        self._checks = checks

    @property
    def main(self) -> Path:
        """The folder that models are installed into."""
        return self._folders()[0]

    @property
    def folders(self) -> tuple[Path, ...]:
        """All folders that are looked through, the main one first."""
        return self._folders()

    def scan(self) -> list[InstalledModel]:
        """All models, broken ones too, by id. Blocking; never raises."""
        found: dict[str, InstalledModel] = {}
        for root in self._folders():
            top = Path(os.path.realpath(root))
            for folder in _model_folders(top, MAX_DEPTH):
                model_id = folder.relative_to(top).as_posix() if folder != top else top.name
                if model_id not in found:
                    found[model_id] = replace(_model(model_id, top, folder), root=top)
        for model_id, folder in self._references().items():
            if model_id not in found:
                found[model_id] = _reference(model_id, folder)
        models = [found[key] for key in sorted(found, key=lambda key: (key.casefold(), key))]
        return self._completed(models)

    def check(self, model_id: str, folder: Path, cancel: CancelToken) -> Verified:
        """Called before a model is loaded; raises `AppError` where its files have changed.

        Blocking: some file times, or every byte where they changed. Remembers the use.
        """
        verified = Verified.NO_MANIFEST
        if self._checks is not None:
            verified = verification.require(folder, model_id, self._checks, cancel=cancel)
        if self._records is not None:
            self._records.used(model_id)
        return verified

    def find(self, model_id: str) -> InstalledModel:
        """The model of that id, a broken one too; raises `AppError` MODEL_MISSING."""
        for model in self.scan():
            if model.id == model_id:
                return model
        raise AppError(
            f'The model "{model_id}" is not on this computer.',
            "Choose another model.",
            code=ErrorCode.MODEL_MISSING,
        )

    def get(self, model_id: str) -> InstalledModel:
        """The model of that id; raises `AppError`: MODEL_MISSING, or what is wrong with it."""
        model = self.find(model_id)
        if model.problem is not None:
            raise model.problem
        return model

    def default(self, preferred: str = "") -> InstalledModel:
        """The preferred model where it can be used, else the first that can.

        Raises `AppError` MODEL_MISSING where there is none.
        """
        models = self.scan()
        usable = [model for model in models if model.problem is None]
        for model in usable:
            if model.id == preferred:
                return model
        if usable:
            return usable[0]
        if models:
            raise AppError(
                f'No model on this computer can be used; the first is "{models[0].id}".',
                str(models[0].problem),
                code=ErrorCode.MODEL_MISSING,
            )
        if not self.main.is_dir():
            raise disk.folder_gone()
        raise AppError(
            "There is no model yet.",
            "Install the starter model, or put a model folder into the models folder.",
            code=ErrorCode.MODEL_MISSING,
        )

    def _references(self) -> dict[str, Path]:
        return {} if self._records is None else self._records.references()

    def _completed(self, models: list[InstalledModel]) -> list[InstalledModel]:
        """The models with what is known beside their folders."""
        names = {} if self._records is None else self._records.names()
        uses = {} if self._records is None else self._records.uses()
        return [
            replace(
                model,
                name=names.get(model.id, model.name),
                last_used=uses.get(model.id),
                verified=self._state(model),
            )
            for model in models
        ]

    def _state(self, model: InstalledModel) -> Verified:
        if self._checks is None:
            return Verified.NO_MANIFEST
        return verification.state(model.folder, self._checks)


def _reference(model_id: str, folder: Path) -> InstalledModel:
    """A model that lies elsewhere; its folder may be gone, or on a disk that is not there."""
    top = Path(os.path.realpath(folder))
    model = _model(model_id, top, top)
    if not top.is_dir():
        gone = AppError(
            f'The folder of the model "{model_id}" is gone.',
            "Connect its disk, or remove the model from the list.",
            code=ErrorCode.MODEL_MISSING,
        )
        return replace(model, problem=gone)
    return model


def _model_folders(folder: Path, depth: int) -> Iterator[Path]:
    """Every folder with a configuration, at most `depth` below `folder`; none inside another."""
    if os.path.lexists(folder / CONFIG):
        yield folder
    elif depth > 0:
        for entry in _entries(folder):
            # A link or junction resolves elsewhere: it is not a part of this folder.
            if entry.is_dir() and os.path.realpath(entry) == str(entry):
                yield from _model_folders(entry, depth - 1)


def _entries(folder: Path) -> list[Path]:
    """What is in a folder, without hidden and unfinished things; nothing where it is closed."""
    try:
        entries = sorted(folder.iterdir())
    except OSError:
        return []
    return [e for e in entries if not e.name.startswith(".") and not e.name.endswith(".partial")]


def _model(model_id: str, top: Path, folder: Path) -> InstalledModel:
    description = describe(folder, top, model_id)
    return InstalledModel(
        id=model_id,
        name=description.name or _pretty(model_id),
        folder=folder,
        size_bytes=_size(folder),
        model_type=description.model_type,
        context_length=description.context_length,
        quantization=description.quantization,
        licence=description.licence,
        problem=description.problem,
        device=description.device,
        variant=description.variant,
        repository=description.repository,
        commit=description.commit,
    )


def _pretty(model_id: str) -> str:
    """A name to show: the last part of the id that speaks of a model and not of a variant."""
    parts = model_id.split("/")
    named = [part for part in parts if not _VARIANT.match(part)] or parts
    return re.sub(r"[-_ ]+", " ", named[-1]).strip() or model_id


def _size(folder: Path) -> int:
    """Bytes of all files in the folder, links aside."""
    total = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(OSError):
                total += (Path(parent) / name).lstat().st_size
    return total
