"""From a folder with verified files to a model in the library, at once or not at all.

Files are collected under a hidden name that no list looks at. Each kind of download ends in
renames only; `Shelf` sees to it that whatever ends the program leaves the old model or the new
one.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from app.core.errors import AppError, ErrorCode
from app.models import disk, verification
from app.models.downloads.fetching import name_of
from app.models.downloads.values import Kind, Plan
from app.models.manifest import Manifest, ManifestFile
from app.models.shelf import Shelf

_PATIENCE_S = 30.0
_POLL_S = 0.2
_OF_A_PART = (".part", ".part.json", ".part.lock")


def folder_of(plan: Plan, shelf: Shelf) -> Path:
    """Where the files of a download are collected: beside the model, on the same disk.

    Asked for at each beginning, because the library may have been moved.
    """
    hidden = shelf.download_folder(plan.model_id)
    if plan.kind is Kind.REPAIR:
        return (shelf.library.find(plan.model_id).root or shelf.main) / hidden.name
    return hidden


@contextlib.contextmanager
def collecting(plan: Plan, shelf: Shelf) -> Iterator[Path]:
    """The folder to collect files in; no other window or command has it within the block.

    What does not belong to `plan` is deleted first. Raises `AppError`.
    """
    folder = folder_of(plan, shelf)
    with disk.collecting(folder, plan.name):
        with disk.errors("The folder of the download cannot be used"):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            _tidy(folder, plan)
        yield folder


def finish(plan: Plan, shelf: Shelf, folder: Path, files: Sequence[ManifestFile]) -> str:
    """Make a model of the collected files; returns its id. Raises `AppError`."""
    with disk.errors("The folder of the download cannot be used"):
        _tidy(folder, plan, is_complete=True)
    with _writing(folder.parent):
        if plan.kind is Kind.REPAIR:
            return _put_back(plan, shelf, folder)
        listed = Manifest(
            name=plan.name,
            licence=plan.licence,
            source=f"{plan.repository} at {plan.commit[:12]}",
            repository=plan.repository,
            commit=plan.commit,
            folder=plan.folder,
            files=tuple(files),
        )
        if plan.kind is Kind.UPDATE:
            shelf.update(folder, shelf.library.find(plan.model_id), listed)
            return plan.model_id
        taken = (shelf.main / plan.model_id).exists()
        model_id = shelf.free_id(plan.model_id) if taken else plan.model_id
        shelf.install(folder, model_id, listed)
        return model_id


def discard(plan: Plan, shelf: Shelf) -> None:
    """Delete what has arrived; raises `AppError` where it is still being fetched."""
    with collecting(plan, shelf) as folder, disk.errors("What has arrived could not be deleted"):
        disk.remove_tree(folder)


def _put_back(plan: Plan, shelf: Shelf, folder: Path) -> str:
    """Move fetched files into the model that lacked them, and compare all of it."""
    model = shelf.library.find(plan.model_id)
    for file in plan.files:
        shelf.restore(folder / name_of(file), model, name_of(file))
    disk.remove_tree(folder)
    report = verification.verify(model.folder, shelf.checks)
    if not report.is_whole:
        raise verification.refusal(plan.model_id, report)
    disk.remove_tree(shelf.quarantine(model))  # what was damaged is of no use any more
    return plan.model_id


@contextlib.contextmanager
def _writing(root: Path) -> Iterator[None]:
    """`disk.writing`, with the patience of something that took an hour to arrive."""
    deadline = time.monotonic() + _PATIENCE_S
    with contextlib.ExitStack() as stack:
        while True:
            try:
                stack.enter_context(disk.writing(root))
                break
            except AppError as error:
                if error.code is not ErrorCode.LIBRARY_BUSY or time.monotonic() > deadline:
                    raise
            time.sleep(_POLL_S)
        yield


def _tidy(folder: Path, plan: Plan, *, is_complete: bool = False) -> None:
    """Delete what lies in the folder and does not belong to the plan; raises `OSError`."""
    names = {name_of(file) for file in plan.files}
    wanted = set(names)
    if not is_complete:
        wanted |= {f"{name}{ending}" for name in names for ending in _OF_A_PART}
    for entry in list(folder.iterdir()):
        if entry.name in wanted:
            continue
        if entry.is_dir() and not entry.is_symlink():
            disk.remove_tree(entry)
        else:
            entry.unlink()
