"""A model as one file, for computers that never see a network: `NAME.tacit-model`.

It is a ZIP file without compression (any archive program opens it) that holds the files of
the model and their manifest. On arrival every byte is compared with the manifest, which is
not signed: it proves that nothing was damaged on the way, not who made the file.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import stat
import struct
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from app.core.errors import AppError, ErrorCode
from app.core.handoff import CancelToken
from app.models import copying, disk, manifest
from app.models.disk import Progress, Tell, silent
from app.models.library import InstalledModel
from app.models.manifest import Manifest, ManifestFile
from app.models.names import is_wanted
from app.models.shelf import Shelf

SUFFIX = ".tacit-model"
_MOST_FILES = 1001
_MOST_DIRECTORY_BYTES = 2**20
_END, _END_64, _LOCATOR_64 = struct.Struct("<4s4H2LH"), struct.Struct("<4sQ2H2L4Q"), 20


def export(
    model: InstalledModel, file: Path, tell: Tell = silent, cancel: CancelToken | None = None
) -> Manifest:
    """Write the model into `file`, which appears whole or not at all; blocking.

    The model is compared with its manifest on the way; without one it gets a manifest of what
    was read. Raises `AppError`, also where `file` exists.
    """
    if model.problem is not None:
        raise model.problem
    if os.path.lexists(file):
        raise AppError(f"{file.name} exists already.", "Choose another name.", code=ErrorCode.USAGE)
    listed = manifest.read(model.folder)
    names = [f.name for f in listed.files] if listed else copying.belonging(model.folder)
    hidden = file.with_name(f".{file.name}{disk.INCOMING}")
    with disk.errors("The model could not be exported"):
        size = sum((model.folder / name).stat().st_size for name in names)
        disk.require_room(file.parent, size)
        try:
            with hidden.open("wb") as stream:
                progress = Progress(size, tell, cancel)
                complete = _write(stream, model, names, listed, progress)
                stream.flush()
                os.fsync(stream.fileno())
            hidden.replace(file)
            disk.flush_folder(file.parent)
        finally:
            with contextlib.suppress(FileNotFoundError):
                hidden.unlink()
    return complete


def bring_in(
    shelf: Shelf, file: Path, tell: Tell = silent, cancel: CancelToken | None = None
) -> str:
    """Install the model of a package; returns its id. Blocking.

    Raises `AppError` for anything that `export` would not have written, for a byte that is
    not what the manifest says, and for a model that must not be loaded; nothing is left then.
    """
    with disk.errors("The package could not be read"), file.open("rb") as stream:
        _check_directory(stream)
        try:
            with zipfile.ZipFile(stream) as package:
                wanted = file.name.removesuffix(SUFFIX)
                return _unpack(shelf, package, wanted, lambda size: Progress(size, tell, cancel))
        except (zipfile.BadZipFile, NotImplementedError, EOFError, RuntimeError):
            raise _refused("it is damaged, or no package of Tacit") from None


def _write(
    stream: BinaryIO,
    model: InstalledModel,
    names: list[str],
    listed: Manifest | None,
    progress: Progress,
) -> Manifest:
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED, allowZip64=True) as package:
        read = [_add(package, model.folder, name, progress) for name in names]
        if listed is None:
            complete = Manifest(
                name=model.name,
                licence=model.licence or "",
                source=f"exported without a manifest on {time.strftime('%Y-%m-%d')}",
                files=tuple(read),
            )
        else:
            complete = listed
            for file, found in zip(listed.files, read, strict=True):
                if (file.size, file.sha256) != (found.size, found.sha256):
                    raise AppError(
                        f"The model was not exported: {file.name} is not what its manifest says.",
                        "Verify and repair the model first.",
                        code=ErrorCode.MODEL_BROKEN,
                    )
        content = json.dumps(manifest.to_plain(complete), indent=2, ensure_ascii=False)
        package.writestr(_info(manifest.FILE), content)
    return complete


def _add(package: zipfile.ZipFile, folder: Path, name: str, progress: Progress) -> ManifestFile:
    progress.begin(f"Exporting {name}")
    sha256, size = hashlib.sha256(), 0
    with (
        (folder / name).open("rb", buffering=0) as reading,
        package.open(_info(name), "w", force_zip64=True) as writing,
    ):
        while piece := reading.read(disk.CHUNK):
            writing.write(piece)
            sha256.update(piece)
            size += len(piece)
            progress.add(len(piece))
    return ManifestFile(name=name, size=size, sha256=sha256.hexdigest())


def _info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)  # 1980: the same model gives the same bytes
    info.external_attr = (stat.S_IFREG | 0o600) << 16
    return info


def _unpack(
    shelf: Shelf,
    package: zipfile.ZipFile,
    wanted_id: str,
    begin: Callable[[int], Progress],
) -> str:
    entries = _entries(package)
    listed = _listed(package, entries)
    disk.require_room(shelf.main, listed.size)
    progress = begin(listed.size)
    with disk.writing(shelf.main):
        disk.sweep(shelf.main)
        model_id = shelf.free_id(listed.name or wanted_id)
        with copying.incoming(shelf.main / model_id) as prepared:
            for described in listed.files:
                _extract(package, entries[described.name], described, prepared, progress)
            shelf.install(prepared, model_id, listed)
    return model_id


def _entries(package: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """The entries by name; raises `AppError` for any that `export` would not write."""
    entries: dict[str, zipfile.ZipInfo] = {}
    for info in package.infolist():
        kind = stat.S_IFMT(info.external_attr >> 16)
        # orig_filename: the library cuts names at a NUL and turns "\\" around on Windows.
        if not is_wanted(info.orig_filename) or info.filename != info.orig_filename:
            raise _refused("it holds a file that no model needs, or that would leave its folder")
        if kind not in {0, stat.S_IFREG}:
            raise _refused("it holds something that is not a plain file")
        if info.compress_type != zipfile.ZIP_STORED or info.file_size != info.compress_size:
            raise _refused("its files are packed in another way than Tacit does")
        if info.flag_bits & 0x1:
            raise _refused("it is encrypted")
        if info.filename.casefold() in {name.casefold() for name in entries}:
            raise _refused("it holds a file twice")
        entries[info.filename] = info
    return entries


def _listed(package: zipfile.ZipFile, entries: dict[str, zipfile.ZipInfo]) -> Manifest:
    """The manifest, which lists exactly the other entries; raises `AppError`."""
    info = entries.pop(manifest.FILE, None)
    if info is None or info.file_size > manifest.MOST_BYTES:
        raise _refused("it has no list of its files")
    try:
        listed = manifest.parse(json.loads(package.read(info)))
    except (ValueError, RecursionError):
        listed = None
    if listed is None:
        raise _refused("the list of its files is damaged")
    if {f.name: f.size for f in listed.files} != {n: e.file_size for n, e in entries.items()}:
        raise _refused("its files are not those of its list")
    return listed


def _extract(
    package: zipfile.ZipFile,
    info: zipfile.ZipInfo,
    described: ManifestFile,
    prepared: Path,
    progress: Progress,
) -> None:
    progress.begin(f"Importing {described.name}")
    target, sha256, left = prepared / described.name, hashlib.sha256(), described.size
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with package.open(info) as reading, target.open("xb") as writing:
        # Never more than was announced, whatever the archive holds.
        while left > 0 and (piece := reading.read(min(disk.CHUNK, left))):
            writing.write(piece)
            sha256.update(piece)
            left -= len(piece)
            progress.add(len(piece))
        writing.flush()
        os.fsync(writing.fileno())
    if left or sha256.hexdigest() != described.sha256:
        raise _refused(f"{described.name} was damaged on the way")


def _check_directory(stream: BinaryIO) -> None:
    """Refuse an archive with a huge table of contents before anything reads all of it."""
    length = stream.seek(0, os.SEEK_END)
    stream.seek(max(length - _END.size - _LOCATOR_64 - _END_64.size, 0))
    tail = stream.read()
    stream.seek(0)
    if len(tail) < _END.size:
        raise _refused("it is damaged, or no package of Tacit")
    mark, _, _, _, count, size, _, comment = _END.unpack(tail[-_END.size :])
    if mark != b"PK\5\6" or comment:
        raise _refused("it is damaged, or no package of Tacit")
    if tail[-_END.size - _LOCATOR_64 :].startswith(b"PK\6\7"):
        end = tail[-_END.size - _LOCATOR_64 - _END_64.size :]
        if not end.startswith(b"PK\6\6"):
            raise _refused("it is damaged, or no package of Tacit")
        *_, count, size, _ = _END_64.unpack(end[: _END_64.size])
    if count > _MOST_FILES or size > _MOST_DIRECTORY_BYTES:
        raise _refused("it holds far more files than a model has")


def _refused(why: str) -> AppError:
    return AppError(
        f"The package was not imported: {why}.",
        "Export the model again on the other computer, and copy the file once more.",
        code=ErrorCode.MODEL_BROKEN,
    )
