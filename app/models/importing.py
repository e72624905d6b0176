"""Brings a folder with a model into the library: by copying it, or by remembering its place."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from app.core.errors import AppError, ErrorCode
from app.core.handoff import CancelToken
from app.models import copying, disk, manifest
from app.models.description import CONFIG, describe
from app.models.disk import Progress, Tell, silent
from app.models.manifest import Manifest, ManifestFile
from app.models.records import checked_name
from app.models.shelf import Shelf


def copy_in(
    shelf: Shelf,
    source: Path,
    name: str = "",
    tell: Tell = silent,
    cancel: CancelToken | None = None,
) -> str:
    """Copy the model in `source` into the library; returns its id. Blocking.

    A manifest that lies there has to hold; without one the copy gets a manifest of what was
    read, so that later changes show. Raises `AppError`; nothing is left behind then.
    """
    name, source = checked_name(name), _checked(shelf, source)
    listed = manifest.read(source)
    if listed is None:
        names: Sequence[str] = copying.belonging(source)
    else:
        names = [file.name for file in listed.files]
    with disk.errors("The folder cannot be read"):
        size = sum((source / file).stat().st_size for file in names)
    disk.require_room(shelf.main, size)
    with disk.writing(shelf.main):
        disk.sweep(shelf.main)
        model_id = shelf.free_id(name or source.name)
        with copying.incoming(shelf.main / model_id) as prepared:
            progress = Progress(size, tell, cancel)
            copied = [_copy(source, prepared, file, progress) for file in names]
            complete = _manifest(source, listed, copied)
            shelf.install(prepared, model_id, complete)
        _name(shelf, model_id, name)
    return model_id


def refer_to(shelf: Shelf, source: Path, name: str = "") -> str:
    """Use the model in `source` where it lies; returns its id. Raises `AppError`.

    It is never changed or deleted by Tacit, and must not be moved by others.
    """
    name, source = checked_name(name), _checked(shelf, source)
    shelf.inspect(source)  # of a copy, what is installed is inspected
    description = describe(source, source, source.name)
    if description.problem is not None:
        raise AppError(
            description.problem.what,
            "Have the folder copied into the library instead.",
            code=description.problem.code,
        )
    with disk.writing(shelf.main):
        model_id = shelf.free_id(name or source.name)
        with disk.errors("The list of models could not be written"):
            shelf.records.refer(model_id, source)
        _name(shelf, model_id, name)
    return model_id


def _checked(shelf: Shelf, source: Path) -> Path:
    """The real folder; raises `AppError` where it is none that can be brought in."""
    folder = Path(os.path.realpath(source.expanduser()))
    if not (folder / CONFIG).is_file():
        raise AppError(
            f"There is no model in {source.name or source}: it has no {CONFIG}.",
            "Choose the folder that holds this file; a repository often has several, one for "
            "each kind of device.",
            code=ErrorCode.MODEL_MISSING,
        )
    for model in shelf.library.scan():
        if Path(os.path.realpath(model.folder)) == folder:
            raise AppError(
                f'This folder is in the library already, as "{model.id}".',
                "Nothing has to be done.",
                code=ErrorCode.USAGE,
            )
    return folder


def _copy(source: Path, prepared: Path, name: str, progress: Progress) -> ManifestFile:
    progress.begin(f"Copying {name}")
    target = prepared / name
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return replace(copying.copy_file(source / name, target, progress), name=name)


def _manifest(source: Path, listed: Manifest | None, copied: list[ManifestFile]) -> Manifest:
    """The manifest of the copy; raises `AppError` where the source's own does not hold."""
    if listed is None:
        description = describe(source, source, source.name)
        day = time.strftime("%Y-%m-%d")
        return Manifest(
            name=description.name,
            licence=description.licence or "",
            source=f"copied from a folder on {day}",
            files=tuple(copied),
        )
    read = {file.name: (file.size, file.sha256) for file in copied}
    for file in listed.files:
        if read[file.name] != (file.size, file.sha256):
            raise AppError(
                f"The model was not copied: {file.name} is not what its manifest says.",
                "Copy the whole folder again from where it came.",
                code=ErrorCode.MODEL_BROKEN,
            )
    return listed


def _name(shelf: Shelf, model_id: str, name: str) -> None:
    if name:
        with disk.errors("The list of models could not be written"):
            shelf.records.rename(model_id, name)
