"""Moves the library to another place: copy, compare, switch, delete; safe at every moment.

Before the switch, which is one setting written at once, the old place holds all models; after
it the new one does. A journal tells a later run what an ended one had begun.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from app.core.errors import AppError, ErrorCode
from app.core.handoff import CancelToken
from app.models import copying, disk
from app.models.disk import Progress, Tell, silent
from app.models.shelf import DOWNLOADING, Shelf


@dataclass(frozen=True, kw_only=True)
class Move:
    """A move that was begun: from where, to where, and which folders (below both)."""

    source: Path
    target: Path
    folders: tuple[str, ...]


class Mover:
    """Moves the main folder of `shelf`. `switch` makes another folder the main one, at once."""

    def __init__(self, shelf: Shelf, journal: Path, switch: Callable[[Path], None]) -> None:
        self._shelf = shelf
        self._journal = journal
        self._switch = switch

    def unfinished(self) -> Move | None:
        """The move that an ended process had begun, None where there is none."""
        plain = disk.read_json(self._journal)
        if not isinstance(plain, dict):
            return None
        source, target, folders = plain.get("source"), plain.get("target"), plain.get("folders")
        if not isinstance(source, str) or not isinstance(target, str):
            return None
        names = folders if isinstance(folders, list) else []
        return Move(
            source=Path(source),
            target=Path(target),
            folders=tuple(name for name in names if isinstance(name, str) and _stays(name)),
        )

    def move(self, target: Path, tell: Tell = silent, cancel: CancelToken | None = None) -> int:
        """Move the library to `target`; returns the bytes that were moved. Blocking.

        Begun again after it ended in whatever way, it goes on with what is there. Raises
        `AppError`; stopped or failed before the switch, the library stays where it was.
        """
        source = Path(os.path.realpath(self._shelf.main))
        target = Path(os.path.realpath(target.expanduser()))
        self.recover()
        if source == target:
            return 0
        _check_places(source, target)
        with ExitStack() as stack:
            stack.enter_context(disk.writing(source))
            stack.enter_context(disk.errors("The library was not moved"))
            target.mkdir(mode=0o700, parents=True, exist_ok=True)
            stack.enter_context(disk.writing(target))
            disk.sweep(source)
            disk.sweep(target)
            move = Move(source=source, target=target, folders=tuple(self._folders(source)))
            for name in move.folders:
                if name.endswith(DOWNLOADING):
                    stack.enter_context(disk.collecting(source / name, "A model"))
            begun = self.unfinished()
            is_resumed = begun is not None and (begun.source, begun.target) == (source, target)
            if begun is not None and not is_resumed:
                _take_back(begun)
            _check_free(move, set(begun.folders) if begun and is_resumed else set())
            size = sum(_size(source / name) for name in move.folders)
            if not _is_one_disk(source, target):
                disk.require_room(target, size)
            self._write(move)
            progress = Progress(2 * size, tell, cancel)
            for name in move.folders:
                self._copy(move, name, progress)
            self._switch(target)
            self._delete_originals(move)
        return size

    def recover(self) -> None:
        """Finish what an ended process had begun behind the switch; before it, nothing is lost.

        Cheap where there is nothing to do. Raises `AppError` where the models are in use.
        """
        move = self.unfinished()
        if move is None or Path(os.path.realpath(self._shelf.main)) != move.target:
            return
        if not move.source.is_dir():
            self._journal.unlink(missing_ok=True)
            return
        with disk.writing(move.source), disk.errors("The old models could not be deleted"):
            self._delete_originals(move)

    def _folders(self, source: Path) -> Iterator[str]:
        """The models, and the downloads that are under way, below `source`."""
        for model in self._shelf.library.scan():
            if model.root == source and model.folder != source:
                yield model.folder.relative_to(source).as_posix()
        for entry in sorted(source.iterdir()):
            if entry.name.startswith(".") and entry.name.endswith(DOWNLOADING):
                yield entry.name

    def _copy(self, move: Move, name: str, progress: Progress) -> None:
        source, target = move.source / name, move.target / name
        size = _size(source)
        if target.is_dir():
            if _size(target) == size:  # published by an earlier run, so compared already
                progress.begin(f"Moving {name}")
                progress.add(2 * size)
                return
            disk.discard(target)
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        was_whole = self._shelf.checks.holds(source)
        with copying.incoming(target) as prepared:
            _copy_tree(source, prepared, name, progress)
            disk.publish(prepared, target)
        if was_whole:
            self._shelf.checks.accept(target)

    def _delete_originals(self, move: Move) -> None:
        """What refuses (a file that is open on Windows) is left for the next `recover`."""
        left = False
        for name in move.folders:
            original = move.source / name
            if original.is_dir() and (move.target / name).is_dir():
                try:
                    disk.discard(original)
                except OSError:
                    left = True
                    continue
                self._shelf.checks.forget(original)
                _remove_empty(original.parent, move.source)
        disk.sweep(move.source)
        if not left:
            self._journal.unlink(missing_ok=True)

    def _write(self, move: Move) -> None:
        plain = {"source": str(move.source), "target": str(move.target)}
        disk.write_json(self._journal, {**plain, "folders": list(move.folders)})


def _copy_tree(source: Path, prepared: Path, name: str, progress: Progress) -> None:
    """Copy all files of a model and read them back; on one disk they get a second name only."""
    for file in _files(source):
        relative = file.relative_to(source)
        progress.begin(f"Moving {name}/{relative.as_posix()}")
        target = prepared / relative
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if file.is_symlink():
            target.symlink_to(file.readlink())
        elif _link(file, target):
            progress.add(2 * file.stat().st_size)
        else:
            copied = copying.copy_file(file, target, progress)
            shutil.copystat(file, target)
            if copying.hash_file(target, progress) != copied.sha256:
                raise AppError(
                    f"The library was not moved: the other disk did not keep {file.name}.",
                    "Check that disk, or choose another one.",
                    code=ErrorCode.STORE_UNWRITABLE,
                )


def _link(source: Path, target: Path) -> bool:
    try:
        os.link(source, target)
    except OSError:  # another disk, or a file system without links
        return False
    return True


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_symlink() or path.is_file())


def _size(folder: Path) -> int:
    return sum(file.lstat().st_size for file in _files(folder) if not file.is_symlink())


def _is_one_disk(source: Path, target: Path) -> bool:
    return source.stat().st_dev == target.stat().st_dev


def _check_places(source: Path, target: Path) -> None:
    if target.is_relative_to(source) or source.is_relative_to(target):
        raise AppError(
            "The new place lies inside the old one, or the other way round.",
            "Choose a folder beside it, or on another disk.",
            code=ErrorCode.USAGE,
        )
    if target.exists() and not target.is_dir():
        raise AppError(f"{target.name} is no folder.", "Choose a folder.", code=ErrorCode.USAGE)


def _check_free(move: Move, begun: set[str]) -> None:
    """Refuse to mix with what lies there already, an earlier run's copies aside."""
    for name in move.folders:
        if name not in begun and os.path.lexists(move.target / name):
            raise AppError(
                f"There is something called {name} in the new place already.",
                "Choose an empty folder.",
                code=ErrorCode.USAGE,
            )


def _take_back(begun: Move) -> None:
    """Delete the copies that a move to another place had made before it ended."""
    if not begun.target.is_dir():
        return
    with disk.writing(begun.target):
        disk.sweep(begun.target)
        for name in begun.folders:
            if (begun.target / name).is_dir() and (begun.source / name).is_dir():
                disk.discard(begun.target / name)
            _remove_empty((begun.target / name).parent, begun.target)


def _remove_empty(folder: Path, top: Path) -> None:
    while folder != top:
        try:
            folder.rmdir()
        except OSError:
            return
        folder = folder.parent


def _stays(name: str) -> bool:
    path = Path(name)
    return bool(name) and not path.is_absolute() and ".." not in path.parts
