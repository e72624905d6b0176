"""Whether the files of a model are the ones that its manifest lists, byte for byte."""

from __future__ import annotations

import hashlib
import os
import stat
import time
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from app.core.errors import AppError, ErrorCode
from app.core.handoff import CancelToken
from app.models import disk, manifest
from app.models.disk import Progress, Tell, silent
from app.models.manifest import Manifest, ManifestFile
from app.models.names import is_read_unasked

Stamp = list[int]
_MOST_NAMED = 3


class Verified(StrEnum):
    """What is known about the bytes of a model.

    `YES`: compared with its manifest and not changed since. `NOT_YET`: it has a manifest and
    is compared when it is loaded. `NO_MANIFEST`: nothing says what it should be.
    """

    YES = "yes"
    NOT_YET = "not-yet"
    NO_MANIFEST = "no-manifest"


class Flaw(StrEnum):
    """What is wrong with one file."""

    MISSING = "missing"
    WRONG_SIZE = "wrong-size"
    WRONG_BYTES = "wrong-bytes"
    NOT_A_FILE = "not-a-file"
    UNLISTED = "unlisted"
    UNREADABLE = "unreadable"


_WORDS = {
    Flaw.MISSING: "is missing",
    Flaw.WRONG_SIZE: "has another size than it should",
    Flaw.WRONG_BYTES: "does not hold the bytes that it should",
    Flaw.NOT_A_FILE: "is a link or no plain file",
    Flaw.UNLISTED: "does not belong to it",
    Flaw.UNREADABLE: "cannot be read",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FlawedFile:
    """A file of a model and what is wrong with it."""

    name: str
    flaw: Flaw

    @property
    def words(self) -> str:
        """For example "model.onnx is missing"."""
        return f"{self.name} {_WORDS[self.flaw]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a comparison found; no manifest means that nothing could be compared."""

    manifest: Manifest | None
    flaws: tuple[FlawedFile, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether every file is as it should be."""
        return self.manifest is not None and not self.flaws

    @property
    def words(self) -> str:
        """The flaws as a part of a sentence."""
        named = [flawed.words for flawed in self.flaws[:_MOST_NAMED]]
        more = len(self.flaws) - len(named)
        return ", ".join(named) + (f", and {more} more" if more else "")


class Checks:
    """Remembers which folders were compared, in a small file of the data folder's cache.

    A file counts as the one that was hashed while its size, time of change and inode are the
    same. What is lost here is only hashed again. Without `keeps` nothing is written.
    """

    def __init__(self, file: Path, *, keeps: bool = True) -> None:
        self._file = file
        self._keeps = keeps

    def holds(self, folder: Path) -> bool:
        """Whether the folder was found whole and has not changed since. Reads no contents."""
        entry = self._entry(folder)
        return (
            entry is not None
            and entry.get("manifest") == manifest.digest(folder)
            and entry.get("files") == _stamps(folder, entry.get("files"))
            and not any(_unlisted(folder, entry["files"]))
        )

    def knows(self, folder: Path) -> bool:
        """Whether the folder was ever found whole, so that it has to have a manifest."""
        return self._entry(folder) is not None

    def checked_at(self, folder: Path) -> float | None:
        """When the folder was last found whole, in seconds since 1970; None where it was not."""
        entry = self._entry(folder)
        at = entry.get("at") if entry is not None else None
        return float(at) if isinstance(at, int | float) else None

    def remember(self, folder: Path, stamps: dict[str, Stamp], digest: str) -> None:
        """The files with these stamps were hashed and are the ones of that manifest."""
        folders = self._folders()
        folders[_key(folder)] = {"manifest": digest, "at": int(time.time()), "files": stamps}
        self._write(folders)

    def accept(self, folder: Path) -> None:
        """Remember a folder whose bytes were hashed on their way into it."""
        if (listed := manifest.read(folder)) is not None:
            stamps = _stamps(folder, [file.name for file in listed.files])
            if stamps is not None:
                self.remember(folder, stamps, manifest.digest(folder))

    def forget(self, folder: Path) -> None:
        """The folder is gone, or changed on purpose."""
        folders = self._folders()
        if folders.pop(_key(folder), None) is not None:
            self._write(folders)

    def _entry(self, folder: Path) -> dict[str, Any] | None:
        entry = self._folders().get(_key(folder))
        is_sound = isinstance(entry, dict) and isinstance(entry.get("files"), dict)
        return entry if is_sound else None

    def _folders(self) -> dict[str, Any]:
        plain = disk.read_json(self._file)
        folders = plain.get("folders") if isinstance(plain, dict) else None
        return folders if isinstance(folders, dict) else {}

    def _write(self, folders: dict[str, Any]) -> None:
        if not self._keeps:
            return
        # A cache that cannot be written costs time, and nothing else.
        try:
            disk.write_json(self._file, {"format": 1, "folders": folders})
        except OSError:
            return


def verify(
    folder: Path,
    checks: Checks,
    tell: Tell = silent,
    cancel: CancelToken | None = None,
) -> Report:
    """Hash every file and compare; blocking. Raises `AppError` only where it was cancelled."""
    digest = manifest.digest(folder)
    listed = manifest.read(folder)
    if listed is None:
        return Report(manifest=None)
    progress = Progress(listed.size, tell, cancel)
    stamps: dict[str, Stamp] = {}
    flaws: list[FlawedFile] = []
    for file in listed.files:
        progress.begin(f"Checking {file.name}")
        flaw = _compare(folder / file.name, file, progress, stamps)
        if flaw is not None:
            flaws.append(FlawedFile(name=file.name, flaw=flaw))
    names = {file.name: 0 for file in listed.files}
    flaws += [FlawedFile(name=name, flaw=Flaw.UNLISTED) for name in _unlisted(folder, names)]
    if flaws:
        checks.forget(folder)
    else:
        checks.remember(folder, stamps, digest)
    return Report(manifest=listed, flaws=tuple(flaws))


def state(folder: Path, checks: Checks) -> Verified:
    """What is known without reading any weights; for lists."""
    if checks.holds(folder):
        return Verified.YES
    return Verified.NO_MANIFEST if manifest.read(folder) is None else Verified.NOT_YET


def require(
    folder: Path,
    name: str,
    checks: Checks,
    tell: Tell = silent,
    cancel: CancelToken | None = None,
) -> Verified:
    """Let a model be loaded only if it is what its manifest says; raises `AppError`.

    Blocking: a few file times where the folder was compared before, else every byte. A folder
    without a manifest was brought by the person: it may be loaded, and is called not verified.
    """
    if checks.holds(folder):
        return Verified.YES
    report = verify(folder, checks, tell, cancel)
    if report.flaws:
        raise refusal(name, report)
    if report.manifest is None:
        if checks.knows(folder):
            raise AppError(
                f'The model "{name}" was not loaded: the list of its files is missing or damaged.',
                "Install the model again; the conversations are not touched.",
                code=ErrorCode.MODEL_BROKEN,
            )
        return Verified.NO_MANIFEST
    return Verified.YES


def refusal(name: str, report: Report) -> AppError:
    """Why a model with flaws is not used, and what helps."""
    return AppError(
        f'The model "{name}" was not loaded because its files have changed: {report.words}.',
        "Verify and repair it: what is damaged is moved aside, and only that is fetched again.",
        code=ErrorCode.MODEL_BROKEN,
    )


def quarantine(folder: Path, report: Report, place: Path) -> tuple[Path, ...]:
    """Move the flawed files to `place`, where nothing reads them; returns their new names.

    Raises `OSError`. What is missing afterwards is told by `missing`.
    """
    moved = []
    for flawed in report.flaws:
        source = folder / flawed.name
        if not os.path.lexists(source):
            continue
        number = 1
        while os.path.lexists(target := place / f"{flawed.name}.damaged-{number}"):
            number += 1
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        source.rename(target)
        moved.append(target)
    return tuple(moved)


def missing(folder: Path, listed: Manifest) -> tuple[ManifestFile, ...]:
    """The files that have to be fetched: not there, or of another size. Reads no contents."""
    return tuple(f for f in listed.files if _flaw_of_kind(folder / f.name, f) is not None)


def _compare(
    path: Path, file: ManifestFile, progress: Progress, stamps: dict[str, Stamp]
) -> Flaw | None:
    if (flaw := _flaw_of_kind(path, file)) is not None:
        progress.add(file.size)
        return flaw
    sha256 = hashlib.sha256()
    try:
        with path.open("rb", buffering=0) as opened:
            before = _stamp(os.fstat(opened.fileno()))
            while piece := opened.read(disk.CHUNK):
                sha256.update(piece)
                progress.add(len(piece))
            after = _stamp(os.fstat(opened.fileno()))
    except OSError:
        return Flaw.UNREADABLE
    if sha256.hexdigest() != file.sha256 or before != after:
        return Flaw.WRONG_BYTES
    stamps[file.name] = before
    return None


def _flaw_of_kind(path: Path, file: ManifestFile) -> Flaw | None:
    """What can be seen without reading the file."""
    try:
        figures = path.lstat()
    except OSError:
        return Flaw.MISSING
    if not stat.S_ISREG(figures.st_mode):
        return Flaw.NOT_A_FILE
    return None if figures.st_size == file.size else Flaw.WRONG_SIZE


def _unlisted(folder: Path, listed: dict[str, Any]) -> Iterator[str]:
    """Files that the runtime would read although the manifest does not know them."""
    try:
        with os.scandir(folder) as entries:
            names = sorted(entry.name for entry in entries)
    except OSError:
        return
    for name in names:
        if name not in listed and name != manifest.FILE and is_read_unasked(name):
            yield name


def _stamps(folder: Path, names: Any) -> dict[str, Stamp] | None:
    """Size, time and inode of each file; None where one is missing or no plain file."""
    found = {}
    try:
        for name in names:
            figures = (folder / name).lstat()
            if not stat.S_ISREG(figures.st_mode):
                return None
            found[name] = _stamp(figures)
    except (OSError, TypeError, ValueError):
        return None
    return found


def _stamp(figures: os.stat_result) -> Stamp:
    return [figures.st_size, figures.st_mtime_ns, figures.st_ino]


def _key(folder: Path) -> str:
    return os.path.realpath(folder)
