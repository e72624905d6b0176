"""Everything in one file and back: the history and the settings, no keys and no models."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import shutil
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from app import __version__
from app.core.errors import AppError, ErrorCode
from app.core.history_key import Keys
from app.store import conversion, copying, errors, files
from app.store.connecting import NO_KEYS, PLAIN_MARK, connect, head_of, key_id_of
from app.store.migrations import MIGRATIONS, Migration, pending
from app.store.sqlite import sqlite3

FORMAT = "tacit-backup"
VERSION = 1
HISTORY, MANIFEST = "history.db", "manifest.json"

_AT_ONCE = 1 << 20
_LARGEST_MANIFEST = 1_000_000
_LARGEST_OTHER = 10_000_000
_KEPT_REPLACED = 3


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup holds."""

    conversations: int
    messages: int
    created_at: float


def write(
    file: Path,
    target: Path,
    others: Mapping[str, Path],
    *,
    is_wanted: Callable[[], bool] = lambda: True,
    clock: Callable[[], float] = time.time,
    keys: Keys = NO_KEYS,
) -> Backup:
    """Write the history `file` and the small files `others` (name to place) to `target`.

    Somebody may write to the history meanwhile. Of an encrypted one the backup stays encrypted
    with its key. `target` is there complete or not at all.
    Raises `AppError`, and `copying.NotWantedError` when `is_wanted` says so.
    """
    # Beside the target: the disk that the history is on may be the one that is full.
    copy = target.with_name(f".{target.name}.partial{file.suffix}")
    partial = target.with_name(f".{target.name}.partial")
    if not file.exists():
        raise _nothing()
    with errors.in_words(file), _removed(copy, partial):
        try:
            counts = _copy(file, copy, is_wanted, keys)
            made = Backup(counts.get("conversation", 0), counts.get("message", 0), clock())
            places = {HISTORY: copy, **{n: place for n, place in others.items() if place.exists()}}
            _pack(places, made, partial)
            partial.replace(target)
        except OSError as error:
            raise _unwritable(target, error) from error
    return made


def restore(
    source: Path,
    file: Path,
    others: Mapping[str, Path],
    steps: Sequence[Migration] = MIGRATIONS,
    keys: Keys = NO_KEYS,
) -> tuple[Backup, list[Path]]:
    """Put what `source` holds in the place of the history `file` and of `others`.

    `source` is a backup, or a copy of a history. What was there is kept beside it; where it
    lies now is the second value. What is restored becomes plain or
    encrypted as that was. Nothing is changed unless all of `source` is sound. Raises
    `AppError`, also where another process has the history open.
    """
    lock = files.WriterLock(file.with_name(f"{file.name}.lock"))
    with errors.in_words(file):
        files.prepare_folder(file.parent)
        lock.acquire()
        try:
            new = {
                name: place.with_name(f"{place.stem}.restore.partial{place.suffix}")
                for name, place in {HISTORY: file, **others}.items()
            }
            with _removed(*new.values()):
                there = _unpack(source, new)
                made = _look_at(new[HISTORY], steps, keys)
                conversion.settle(file)
                conversion.alike(new[HISTORY], file, keys)
                kept = [
                    _swap(new[name], place, keys)
                    for name, place in {**others, HISTORY: file}.items()
                    if name in there
                ]
            lock.mark(opened=False)
        finally:
            lock.release()
    return made, [place for place in kept if place is not None]


def _copy(file: Path, target: Path, is_wanted: Callable[[], bool], keys: Keys) -> dict[str, int]:
    with closing(connect(file, keys, mode="mode=ro")) as source:
        source.execute("BEGIN")
        counts = copying.counts(source)
        copying.copy_to(source, target, is_wanted)
        return counts


def _pack(places: Mapping[str, Path], made: Backup, archive_file: Path) -> None:
    os.close(os.open(archive_file, os.O_RDWR | os.O_CREAT, files.PRIVATE_FILE))
    with archive_file.open("rb+") as out:
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
            listed = [_put(archive, name, place) for name, place in places.items()]
            archive.writestr(MANIFEST, json.dumps(_manifest(made, listed), indent=2))
        out.flush()
        os.fsync(out.fileno())


def _manifest(made: Backup, listed: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "version": VERSION,
        "program": f"tacit {__version__}",
        "created_at": made.created_at,
        "conversations": made.conversations,
        "messages": made.messages,
        "files": listed,
    }


def _put(archive: zipfile.ZipFile, name: str, place: Path) -> dict[str, Any]:
    digest, size = hashlib.sha256(), 0
    with place.open("rb") as source, archive.open(name, "w", force_zip64=True) as target:
        while piece := source.read(_AT_ONCE):
            digest.update(piece)
            size += len(piece)
            target.write(piece)
    return {"name": name, "size": size, "sha256": digest.hexdigest()}


def _unpack(source: Path, new: Mapping[str, Path]) -> set[str]:
    """Write what `source` holds to the places `new`; returns what that was."""
    try:
        if not zipfile.is_zipfile(source):
            with source.open("rb") as whole:
                _write(whole, new[HISTORY], None)
            return {HISTORY}
        with zipfile.ZipFile(source) as archive:
            listed = _listed(archive)
            if HISTORY not in listed or not set(listed) <= {HISTORY, *new}:
                raise _damaged()
            for name, entry in listed.items():
                with archive.open(name) as member:
                    _write(member, new[name], entry)
            return set(listed)
    except FileNotFoundError as error:
        raise AppError(
            f"There is no file {source.name}.", "Choose another one.", code=ErrorCode.USAGE
        ) from error
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError, EOFError, RuntimeError) as error:
        raise _damaged() from error


def _listed(archive: zipfile.ZipFile) -> dict[str, dict[str, Any]]:
    if archive.getinfo(MANIFEST).file_size > _LARGEST_MANIFEST:
        raise _damaged()
    manifest = json.loads(archive.read(MANIFEST))
    if manifest["format"] != FORMAT or not isinstance(manifest["version"], int):
        raise _damaged()
    if manifest["version"] > VERSION:
        raise errors.newer()
    return {str(entry["name"]): entry for entry in manifest["files"]}


def _write(source: BinaryIO | Any, target: Path, entry: dict[str, Any] | None) -> None:
    """Write `source` out; it has to be what the manifest says, no byte more or less."""
    files.create_private(target)
    digest, size = hashlib.sha256(), 0
    most = entry["size"] if entry is not None else None
    if target.suffix != ".db" and most is not None and most > _LARGEST_OTHER:
        raise _damaged()
    with target.open("wb") as out:
        while piece := source.read(_AT_ONCE):
            digest.update(piece)
            size += len(piece)
            if most is not None and size > most:
                raise _damaged()
            out.write(piece)
        out.flush()
        os.fsync(out.fileno())
    if entry is not None and (size != most or digest.hexdigest() != entry["sha256"]):
        raise _damaged()


def _look_at(new: Path, steps: Sequence[Migration], keys: Keys) -> Backup:
    """Raises `AppError` unless `new` is a sound history that this program can read."""
    try:
        with closing(connect(new, keys, mode="mode=ro&immutable=1")) as db:
            pending(db, steps)
            if db.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
                raise _damaged()
            counts = copying.counts(db)
    except sqlite3.DatabaseError as error:
        raise _damaged() from error
    if "conversation" not in counts:
        raise _damaged()
    return Backup(counts["conversation"], counts["message"], 0.0)


def _swap(new: Path, place: Path, keys: Keys) -> Path | None:
    """Put `new` in its place without a moment in which there is none; returns the old one."""
    if not place.exists():
        new.replace(place)
        return None
    kept = copying.next_name(place, "replaced", time.strftime("%Y-%m-%d"))
    _fold_log(place, keys)
    log = files.with_companions(place)[1]
    if log.exists():  # of a file that cannot be opened: it must not be taken for the new one's
        log.rename(files.with_companions(kept)[1])
    try:
        os.link(place, kept)
    except OSError:  # not every file system can
        shutil.copy2(place, kept)
    new.replace(place)
    files.with_companions(place)[2].unlink(missing_ok=True)
    copying.keep_newest(place, "replaced", _KEPT_REPLACED)
    return kept


def _fold_log(place: Path, keys: Keys) -> None:
    """Fold what is in the write-ahead log into its file, where that is a database."""
    if not files.with_companions(place)[1].exists():
        return
    # Of anything else SQLite would throw the log away.
    if head_of(place) != PLAIN_MARK and key_id_of(place) is None:
        return
    with (
        contextlib.suppress(sqlite3.DatabaseError, AppError),
        closing(connect(place, keys)) as db,
    ):
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")


@contextmanager
def _removed(*partials: Path) -> Iterator[None]:
    for partial in partials:
        copying.remove(partial)
    try:
        yield
    finally:
        for partial in partials:
            copying.remove(partial)


def _nothing() -> AppError:
    return AppError("There is no history yet.", "Write something first.", code=ErrorCode.USAGE)


def _unwritable(target: Path, error: OSError) -> AppError:
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return AppError(
            "The disk is full, so there is no backup.",
            "Free some space or choose another place.",
            code=ErrorCode.DISK_FULL,
        )
    reason = (error.strerror or type(error).__name__).lower()
    return AppError(
        f"The backup cannot be written to {target.name}: {reason}.",
        "Choose another place.",
        code=ErrorCode.USAGE,
    )


def _damaged() -> AppError:
    return AppError(
        "This is no sound backup of Tacit, so nothing was changed.",
        "Choose another one.",
        code=ErrorCode.USAGE,
    )
