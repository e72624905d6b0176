"""Writing that survives a crash, one writer at a time, and long work that can be stopped."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import shutil
import stat
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from app.core.errors import AppError, ErrorCode
from app.core.files import replace_text
from app.core.handoff import CancelToken
from app.models import fit
from app.models.machine import disk
from app.process import locks

Tell = Callable[[str, float | None], None]
"""Gets a label and a share of 1 (None: unknown) while something takes long."""

CHUNK = 4 * 2**20
# Ours alone, inside a library folder; hidden, so that no model is ever looked for in it.
PRIVATE = ".tacit"
INCOMING = ".incoming"
OUTGOING = ".outgoing"
_PREVIOUS = ".previous"


def silent(_label: str, _share: float | None) -> None:
    """A `Tell` for whoever does not want to know."""


class Progress:
    """Counts the bytes of a long piece of work; stops it with `CANCELLED` where asked to."""

    def __init__(self, total: int, tell: Tell = silent, cancel: CancelToken | None = None) -> None:
        self._total = max(total, 1)
        self._tell = tell
        self._cancel = cancel
        self._done = 0
        self._label = ""

    def begin(self, label: str) -> None:
        """What is done from now on."""
        self._label = label
        self.add(0)

    def add(self, count: int) -> None:
        """So many bytes more are done; raises `AppError` with `CANCELLED`."""
        if self._cancel is not None and self._cancel.is_cancelled:
            raise AppError("It was stopped.", "Start it again.", code=ErrorCode.CANCELLED)
        self._done += count
        self._tell(self._label, min(self._done / self._total, 1.0))


@contextlib.contextmanager
def writing(library: Path) -> Iterator[None]:
    """Within the block no other process, and no other thread, changes the models of `library`.

    The system gives the lock back when a process ends in whatever way. Raises `AppError` where
    another one holds it, or where the folder cannot be written.
    """
    if not library.is_dir():  # never made here: it may be on a disk that is not connected
        raise folder_gone()
    with errors("The models folder could not be changed"):
        private = library / PRIVATE
        private.mkdir(mode=0o700, exist_ok=True)
        handle = os.open(private / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _lock(handle)
        yield
    finally:
        os.close(handle)


@contextlib.contextmanager
def collecting(folder: Path, name: str) -> Iterator[None]:
    """Within the block nobody else puts the files of the download `name` into `folder`.

    Raises `AppError` where another window or command is at it.
    """
    lock = folder.parent / PRIVATE / f"{folder.name.strip('.')}.lock"
    with errors("The models folder cannot be used"):
        lock.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        with locks.exclusive(lock, 0.0, remove=True):
            yield
    except locks.TakenError:
        raise AppError(
            f"{name} is being downloaded by another window or command of Tacit.",
            "Wait until it is there, or stop it there.",
            code=ErrorCode.LIBRARY_BUSY,
        ) from None


@contextlib.contextmanager
def errors(what: str) -> Iterator[None]:
    """Turns an `OSError` within the block into an `AppError` that begins with `what`."""
    try:
        yield
    except OSError as error:
        raise failure(what, error) from error


def folder_gone() -> AppError:
    """The sentence for a models folder that is not there."""
    return AppError(
        "The folder of the models is not there.",
        "Connect its disk, or choose another folder in the settings (model.folder).",
        code=ErrorCode.MODEL_MISSING,
    )


def failure(what: str, error: OSError) -> AppError:
    """The sentence for what the system refused."""
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return AppError(
            f"{what}: the disk is full.",
            "Free some space and try again.",
            code=ErrorCode.DISK_FULL,
        )
    if error.errno == errno.EFBIG:
        return AppError(
            f"{what}: the file system there takes no file of this size.",
            "Choose another disk, or format it with exFAT or NTFS instead of FAT32.",
            code=ErrorCode.DISK_FULL,
        )
    reason = (error.strerror or type(error).__name__).lower()
    return AppError(
        f"{what}: {reason}.",
        "Check that the folder can be written, and try again.",
        code=ErrorCode.STORE_UNWRITABLE,
    )


def require_room(folder: Path, size: int) -> None:
    """Raise `AppError` with the numbers where `size` bytes more would eat into the reserve."""
    free, total = disk(folder)
    if total and size > free - fit.disk_reserve(total):
        raise AppError(
            f"It needs {fit.gigabytes(size)} on the disk, and only {fit.gigabytes(free)} are free "
            f"({fit.gigabytes(fit.disk_reserve(total))} stay in reserve for the history).",
            "Free some space, or choose another folder.",
            code=ErrorCode.DISK_FULL,
        )


def write_json(file: Path, document: object) -> None:
    """Replace `file` as a whole, readable by its owner only; raises `OSError`."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    replace_text(file, json.dumps(document, indent=2, ensure_ascii=False) + "\n")
    flush_folder(file.parent)


def read_json(file: Path, longest: int = 4 * 2**20) -> object:
    """The JSON value in `file`, None where there is none that can be read."""
    try:
        figures = file.stat()
        if not stat.S_ISREG(figures.st_mode) or figures.st_size > longest:
            return None  # a pipe would never end
        value: object = json.loads(file.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError):
        return None
    return value


def flush_folder(folder: Path) -> None:
    """Have what was renamed in `folder` survive a power cut, where the system can promise that."""
    if os.name == "posix":
        with contextlib.suppress(OSError):
            handle = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)


def publish(prepared: Path, target: Path) -> None:
    """Give a finished folder its name, for good; raises `OSError` where that is taken."""
    if os.path.lexists(target):
        raise FileExistsError(errno.EEXIST, "the name is taken already", str(target))
    flush_folder(prepared)
    prepared.rename(target)
    flush_folder(target.parent)


def exchange(prepared: Path, target: Path) -> None:
    """Put a finished folder in the place of another one, and delete that; raises `OSError`.

    Ended between the two renames, the old one comes back with `restore_previous`.
    """
    previous = target.with_name(f".{target.name}{_PREVIOUS}")
    remove_tree(previous)
    flush_folder(prepared)
    target.rename(previous)
    try:
        prepared.rename(target)
    except OSError:
        previous.rename(target)
        raise
    flush_folder(target.parent)
    remove_tree(previous)


def restore_previous(library: Path) -> None:
    """Give a model its name back whose exchange was interrupted; only while `writing`."""
    for previous in _hidden(library, (_PREVIOUS,)):
        target = previous.with_name(previous.name[1 : -len(_PREVIOUS)])
        if os.path.lexists(target):
            remove_tree(previous)
        else:
            previous.rename(target)
            flush_folder(target.parent)


def discard(folder: Path) -> None:
    """Delete a folder so that a half of it never looks like a model; raises `OSError`.

    It gets a hidden name first, which happens at once or not at all.
    """
    number = 0
    while os.path.lexists(hidden := folder.with_name(f".{folder.name}.{number}{OUTGOING}")):
        number += 1
    folder.rename(hidden)
    flush_folder(folder.parent)
    # What cannot be deleted now (open on Windows) goes with the next sweep.
    remove_tree(hidden)


def remove_tree(folder: Path) -> None:
    """Delete a folder where there is one; what refuses stays."""
    shutil.rmtree(folder, ignore_errors=True)


def sweep(library: Path) -> None:
    """Tidy up behind an ended process; only while `writing`.

    What was half copied or half deleted goes, what was half exchanged comes back.
    """
    restore_previous(library)
    for folder in _hidden(library, (INCOMING, OUTGOING)):
        remove_tree(folder)


def has_previous(library: Path) -> bool:
    """Whether an exchange was interrupted, or is under way; cheap."""
    return any(True for _ in _hidden(library, (_PREVIOUS,)))


def _hidden(library: Path, suffixes: tuple[str, ...]) -> Iterator[Path]:
    """Our hidden folders beside models, however deep those may lie."""
    for parent, folders, _ in os.walk(library):
        for name in folders:
            if name.startswith(".") and name.endswith(suffixes):
                yield Path(parent) / name
        depth = len(Path(parent).relative_to(library).parts)
        folders[:] = [name for name in folders if not name.startswith(".") and depth < 2]


def _lock(handle: int) -> None:
    """Lock without waiting; raises `AppError` where another process holds it."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        raise AppError(
            "The models are being changed by another window or command of Tacit.",
            "Wait until that is done, and try again.",
            code=ErrorCode.LIBRARY_BUSY,
        ) from None
