"""From a plain history to an encrypted one and back; killed at any moment, one whole is left.

The new file is written beside the old one, checked, and takes its place in one step. Until
then everything is as it was; from then on only copies wait to be converted, and a note beside
the history says so (`encryption`). The bytes of a plain file that was replaced are overwritten,
as far as the file system and the disk do that in the same place.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from app.core.errors import AppError, ErrorCode
from app.core.history_key import HistoryKey, Keys
from app.store import copying, encryption, errors, files, parcel, replacing
from app.store.connecting import PLAIN_MARK, attach, head_of, key_id_of, key_of, opened
from app.store.connection import Connection
from app.store.encryption import Note, Phase
from app.store.sqlite import sqlite3

Tell = Callable[[float], object]

_STEPS_BETWEEN_TICKS = 50_000
_EXPORTED, _CHECKED = 0.6, 0.75
_SPARE_BYTES = 4 << 20
_NEW = "converted.partial"


@dataclass(frozen=True, slots=True, kw_only=True)
class Converted:
    """What was converted; `copies` are the daily ones and all others beside the history."""

    conversations: int
    messages: int
    copies: int


def tell_nobody(share: float) -> None:
    """Nobody wants to know how far it is."""


def convert(
    file: Path,
    key: HistoryKey | None,
    keys: Keys,
    *,
    tell: Tell = tell_nobody,
    is_wanted: Callable[[], bool] = lambda: True,
) -> Converted:
    """Encrypt the history `file` and its copies with `key`, or with None decrypt them.

    The caller holds the writer's lock and has no connection. `tell` hears the share that is
    done; `is_wanted` is asked until the new file takes the old one's place, and calls it off
    with `copying.NotWantedError`. Raises `AppError`, `sqlite3.Error` and `OSError`; the
    history is then as it was.
    """
    old_key = key_of(file, keys)
    if old_key != key:
        _find_room(file)
        begun = Note(Phase.DECRYPTING, old_key.id) if key is None and old_key else None
        begun = begun or Note(Phase.ENCRYPTING, key.id if key else "")
        encryption.write_note(file, begun)
        try:
            new = _exported(file, old_key, key, lambda share: tell(share * _CHECKED), is_wanted)
            replacing.put_in_place(new, file)
        finally:
            settle(file)  # where something went wrong, this takes the beginnings away
    tell(_CHECKED)
    done = finish(file, keys, tell=lambda share: tell(_CHECKED + share * (1 - _CHECKED)))
    with closing(opened(files.uri(file, "mode=ro&immutable=1"), key)) as db:
        counts = copying.counts(db)
    return Converted(
        conversations=counts.get("conversation", 0),
        messages=counts.get("message", 0),
        copies=done,
    )


def settle(file: Path) -> None:
    """After a conversion that may have been killed: one history, nothing half done beside it.

    Copies that still wait to be converted are left for `finish`. The caller holds the
    writer's lock; raises `OSError`.
    """
    replacing.settle(file)
    for leftover in file.parent.glob(f"{file.stem}.*{_NEW}{file.suffix}*"):
        leftover.unlink(missing_ok=True)
    encryption.unfinished_note(file).unlink(missing_ok=True)
    if not file.exists() or not file.stat().st_size:
        return
    note, key_id = encryption.read_note(file), key_id_of(file) or ""
    if note.phase is Phase.ENCRYPTING and key_id == note.key_id:
        return
    if note.phase is Phase.DECRYPTING and not key_id:
        return
    # The file is what counts: it may also have been put there by hand.
    true = Note(Phase.ENCRYPTED, key_id) if key_id else Note()
    if note != true:
        encryption.write_note(file, true) if key_id else encryption.forget_note(file)


def is_unfinished(file: Path) -> bool:
    """Whether copies of the history `file` still wait to be what it is."""
    return encryption.read_note(file).phase in {Phase.ENCRYPTING, Phase.DECRYPTING}


def finish(
    file: Path,
    keys: Keys,
    *,
    tell: Tell = tell_nobody,
    is_wanted: Callable[[], bool] = lambda: True,
) -> int:
    """Convert the copies that still wait; returns how many these were.

    The history itself may be open. Where `is_wanted` says no, the rest waits on. Raises
    `AppError` and `OSError`.
    """
    note = encryption.read_note(file)
    if note.phase not in {Phase.ENCRYPTING, Phase.DECRYPTING}:
        return 0
    key = keys.find(note.key_id) if note.phase is Phase.ENCRYPTING else None
    waiting = [one for one in _beside(file) if not _is_done(one, key)]
    for number, one in enumerate(waiting):
        if not is_wanted():
            return number
        _convert_copy(one, key, keys)
        tell((number + 1) / len(waiting))
    if key is None:
        encryption.forget_note(file)
    else:
        encryption.write_note(file, Note(Phase.ENCRYPTED, key.id))
    return len(waiting)


def alike(new: Path, file: Path, keys: Keys) -> None:
    """Make `new`, which is to take the place of the history `file`, plain or encrypted as that.

    Where the key of `file` is not to be had, `new` stays as it is: going back to a backup may
    be all that is left to somebody who lost it.
    """
    if not file.exists() or not file.stat().st_size:
        return
    try:
        key = key_of(file, keys)
    except AppError:
        return
    if (own := key_of(new, keys)) != key:
        replacing.put_in_place(_exported(new, own, key, tell_nobody, lambda: True), new)


def _exported(
    file: Path,
    old_key: HistoryKey | None,
    new_key: HistoryKey | None,
    tell: Tell,
    is_wanted: Callable[[], bool],
) -> Path:
    """A new file beside `file` with all that it holds, encrypted with `new_key` or plain."""
    new = file.with_name(f"{file.stem}.{_NEW}{file.suffix}")
    copying.remove(new)
    files.create_private(new)
    try:
        with closing(opened(str(file), old_key)) as db:
            # Nobody else may have it open: a reader would keep the log of the old file alive
            # under the name of the new one's.
            db.execute("PRAGMA journal_mode = DELETE")
            before = _counts(db)
            (application,) = db.execute("PRAGMA application_id").fetchone()
            _export(db, new, new_key, tell, is_wanted)
        _check(new, new_key, before, application)
        tell(1.0)
        with new.open("rb+") as written:
            os.fsync(written.fileno())
    except BaseException:
        copying.remove(new)
        raise
    return new


def _export(
    db: Connection, new: Path, key: HistoryKey | None, tell: Tell, is_wanted: Callable[[], bool]
) -> None:
    size = max(1, Path(db.execute("PRAGMA database_list").fetchone()["file"]).stat().st_size)

    def tick() -> int:
        tell(min(1.0, new.stat().st_size / size) * _EXPORTED)
        return 0 if is_wanted() else 1

    attach(db, new, "converted", key)
    # Until it is whole and on the disk nobody will look at it.
    db.execute("PRAGMA converted.journal_mode = OFF")
    db.execute("PRAGMA converted.synchronous = OFF")
    db.set_progress_handler(tick, _STEPS_BETWEEN_TICKS)
    try:
        db.execute("SELECT sqlcipher_export('converted')")
        (application,) = db.execute("PRAGMA main.application_id").fetchone()
        db.execute(f"PRAGMA converted.application_id = {application}")
    except sqlite3.OperationalError:
        if not is_wanted():
            raise copying.NotWantedError from None
        raise
    finally:
        db.set_progress_handler(None, 0)
    if not is_wanted():
        raise copying.NotWantedError
    db.execute("DETACH converted")


def _check(new: Path, key: HistoryKey | None, before: dict[str, int], application: int) -> None:
    """Raises `AppError` unless `new` is sound, complete and encrypted with `key`."""
    with closing(opened(files.uri(new, "mode=ro&immutable=1"), key)) as db:
        is_whole = (
            key_id_of(new) == (key and key.id)
            and db.execute("PRAGMA integrity_check(1)").fetchone()[0] == "ok"
            and db.execute("PRAGMA application_id").fetchone()[0] == application
            and _counts(db) == before
        )
    if not is_whole:
        raise errors.broken("The converted history is not complete, so the old one stays.")


def _counts(db: Connection) -> dict[str, int]:
    """How many rows every table has."""
    names = [
        row[0]
        for row in db.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'"
        )
    ]
    return {
        name: int(db.execute(f"SELECT count(*) FROM {name}").fetchone()[0])  # noqa: S608
        for name in names
    }


def _is_done(copy: Path, key: HistoryKey | None) -> bool:
    if key is None:
        return key_id_of(copy) is None
    # What was packed up may have left its log behind.
    return key_id_of(copy) == key.id and not (
        files.with_companions(copy)[1].exists() and parcel.is_one(copy, key)
    )


def _convert_copy(copy: Path, key: HistoryKey | None, keys: Keys) -> None:
    """Convert one copy; what cannot be read as a history is packed up as the bytes it is."""
    try:
        own = key_of(copy, keys)
    except AppError:  # encrypted with a key that is gone: nobody reads it, nothing leaks
        return
    if own is None and (_is_aside(copy) or head_of(copy) != PLAIN_MARK):
        # Not even opened: SQLite would throw away the log of what it takes for no database.
        if key is not None:
            _pack(copy, key)
    elif own is not None and parcel.is_one(copy, own):
        if key is None:
            _unpack(copy, own)
        elif own == key:
            _remove_log(copy)
    elif own is None or not _is_aside(copy):
        _convert_history(copy, own, key)


def _convert_history(copy: Path, own: HistoryKey | None, key: HistoryKey | None) -> None:
    try:
        replacing.put_in_place(_exported(copy, own, key, tell_nobody, lambda: True), copy)
    except (sqlite3.Error, AppError) as error:
        if isinstance(error, sqlite3.DatabaseError) and errors.is_about_the_disk(error):
            raise
        if key is not None and own is None:
            _pack(copy, key)


def _pack(copy: Path, key: HistoryKey) -> None:
    new = copy.with_name(f"{copy.stem}.{_NEW}{copy.suffix}")
    parcel.pack(files.with_companions(copy)[:2], key, new)
    replacing.put_in_place(new, copy)
    _remove_log(copy)


def _unpack(copy: Path, key: HistoryKey) -> None:
    new = copy.with_name(f"{copy.stem}.{_NEW}{copy.suffix}")
    parcel.unpack(copy, key, new)
    log = files.with_companions(new)[1]
    if log.exists():
        log.replace(files.with_companions(copy)[1])
    replacing.put_in_place(new, copy)


def _remove_log(copy: Path) -> None:
    for one in files.with_companions(copy)[1:]:
        if one.exists():
            replacing.overwrite(one)
            one.unlink()


def _is_aside(copy: Path) -> bool:
    return ".broken-" in copy.name


def _beside(file: Path) -> list[Path]:
    """Everything beside the history that holds words of it."""
    aside = file.parent.glob(f"{file.stem}.broken-[0-9]*{file.suffix}")
    return [*copying.copies(file), *sorted(aside)]


def _find_room(file: Path) -> None:
    """Raises `AppError` unless the largest of the files has room beside itself."""
    largest = max(one.stat().st_size for one in (file, *_beside(file)))
    needed = largest + largest // 8 + _SPARE_BYTES
    free = shutil.disk_usage(file.parent).free
    if free < needed:
        raise AppError(
            f"This needs {_megabytes(needed)} of free space on the disk, and there are "
            f"{_megabytes(free)}.",
            "Free some space and try again; nothing was changed.",
            code=ErrorCode.DISK_FULL,
        )


def _megabytes(count: int) -> str:
    return f"{count / 1e6:.0f} MB"
