"""Copies the files of a model: hashed on the way, on the disk for good, stoppable."""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from app.core.errors import AppError, ErrorCode
from app.models import disk, manifest
from app.models.disk import Progress
from app.models.manifest import ManifestFile
from app.models.names import is_wanted


def belonging(folder: Path) -> list[str]:
    """The files of a folder that a model consists of, the manifest aside; no sub-folders.

    A link counts where its target lies in the folder as well, or in the same repository of the
    Hugging Face cache, whose snapshots are made of links. Raises `AppError` for another link:
    what it leads to was never meant to be copied.
    """
    with disk.errors("The folder cannot be read"):
        names = sorted(entry.name for entry in folder.iterdir())
    wanted = [name for name in names if name != manifest.FILE and is_wanted(name)]
    return [name for name in wanted if _is_file(folder, name)]


def left_out(folder: Path) -> list[str]:
    """Plain files of the folder that no model needs: code, libraries, other kinds of weights."""
    with disk.errors("The folder cannot be read"):
        names = sorted(entry.name for entry in folder.iterdir() if entry.is_file())
    return [name for name in names if name != manifest.FILE and not is_wanted(name)]


def copy_file(source: Path, target: Path, progress: Progress) -> ManifestFile:
    """Copy one file; returns its size and hash as they were read. Raises `OSError`."""
    sha256, size = hashlib.sha256(), 0
    with source.open("rb", buffering=0) as reading, target.open("xb", buffering=0) as writing:
        while piece := reading.read(disk.CHUNK):
            _write_all(writing.fileno(), piece)
            sha256.update(piece)
            size += len(piece)
            progress.add(len(piece))
        os.fsync(writing.fileno())
    return ManifestFile(name=target.name, size=size, sha256=sha256.hexdigest())


def hash_file(file: Path, progress: Progress) -> str:
    """The SHA-256 of a file; raises `OSError`."""
    sha256 = hashlib.sha256()
    with file.open("rb", buffering=0) as reading:
        while piece := reading.read(disk.CHUNK):
            sha256.update(piece)
            progress.add(len(piece))
    return sha256.hexdigest()


@contextlib.contextmanager
def incoming(target: Path) -> Iterator[Path]:
    """A hidden folder beside `target` to fill; gone afterwards unless it got its name.

    Raises `AppError` for what the disk refuses within the block.
    """
    prepared = target.with_name(f".{target.name}{disk.INCOMING}")
    with disk.errors("The model could not be copied"):
        try:
            disk.remove_tree(prepared)
            prepared.mkdir(mode=0o700, parents=True)
            yield prepared
        finally:
            disk.remove_tree(prepared)


def _write_all(handle: int, piece: bytes) -> None:
    view = memoryview(piece)
    while view:
        view = view[os.write(handle, view) :]


def _is_file(folder: Path, name: str) -> bool:
    path = folder / name
    try:
        figures = path.lstat()
        if stat.S_ISLNK(figures.st_mode):
            home = Path(os.path.realpath(folder))
            # models--org--name/snapshots/COMMIT/file -> models--org--name/blobs/HASH
            top = home.parent.parent if home.parent.name == "snapshots" else home
            if not Path(os.path.realpath(path)).is_relative_to(top):
                raise AppError(
                    f"{name} is a link that leads out of the model's folder.",
                    "Put the file itself there, and import the folder again.",
                    code=ErrorCode.MODEL_UNSUPPORTED,
                )
            figures = path.stat()
    except OSError:
        return False
    return stat.S_ISREG(figures.st_mode)
