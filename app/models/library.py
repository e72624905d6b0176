"""The models on this machine: which folders hold one, and whether each can be used."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from app.core.errors import AppError, ErrorCode
from app.models.description import CONFIG, describe

MAX_DEPTH = 3

# Folders of several builds of one model are called "cpu_and_mobile" or "int4-rtn-block-32".
_VARIANT = re.compile(r"(cpu|cuda|gpu|dml|directml|mobile|onnx|u?int\d|fp\d|bf16)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class InstalledModel:
    """A folder with a model, whether it can be used or not.

    `id` is the folder's path below the models folder with "/" between its parts.
    `context_length` is in tokens and None where the model does not say; `quantization` is
    for example "int4" and "" where nothing tells. `problem` says why it cannot be used.
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


class Library:
    """Finds models below `models_dir`, and in `extra` folders that are shipped or named.

    An extra folder is a model itself or holds some; where two have the same id, the one in
    `models_dir` counts. Only small files are read, and no link leads out of a folder.
    """

    def __init__(self, models_dir: Path, extra: tuple[Path, ...] = ()) -> None:
        self._roots = (models_dir, *extra)

    def scan(self) -> list[InstalledModel]:
        """All models, broken ones too, by id. Blocking; never raises."""
        found: dict[str, InstalledModel] = {}
        for root in self._roots:
            top = Path(os.path.realpath(root))
            for folder in _model_folders(top, MAX_DEPTH):
                model_id = folder.relative_to(top).as_posix() if folder != top else top.name
                if model_id not in found:
                    found[model_id] = _model(model_id, top, folder)
        return [found[key] for key in sorted(found, key=lambda key: (key.casefold(), key))]

    def get(self, model_id: str) -> InstalledModel:
        """The model of that id; raises `AppError`: MODEL_MISSING, or what is wrong with it."""
        for model in self.scan():
            if model.id == model_id:
                if model.problem is not None:
                    raise model.problem
                return model
        raise AppError(
            f'The model "{model_id}" is not on this computer.',
            "Choose another model.",
            code=ErrorCode.MODEL_MISSING,
        )

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
        raise AppError(
            "There is no model yet.",
            "Install the starter model, or put a model folder into the models folder.",
            code=ErrorCode.MODEL_MISSING,
        )


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
