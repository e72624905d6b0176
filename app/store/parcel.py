"""A damaged file, packed up as the bytes that it is, so that it can be kept encrypted."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from app.core.history_key import HistoryKey
from app.store import files
from app.store.connecting import opened
from app.store.sqlite import sqlite3

_AT_ONCE = 1 << 24


def pack(sources: Sequence[Path], key: HistoryKey, target: Path) -> None:
    """Write those of `sources` that exist into the new encrypted file `target`."""
    target.unlink(missing_ok=True)
    files.create_private(target)
    with closing(opened(str(target), key)) as db:
        db.execute("PRAGMA journal_mode = DELETE")
        db.execute("CREATE TABLE parcel (file INTEGER, part INTEGER, bytes BLOB NOT NULL)")
        db.execute("BEGIN")
        for number, source in enumerate(sources):
            if not source.exists():
                continue
            with source.open("rb") as whole:
                part = 0
                while piece := whole.read(_AT_ONCE):
                    db.execute("INSERT INTO parcel VALUES (?, ?, ?)", (number, part, piece))
                    part += 1
        db.execute("COMMIT")


def is_one(file: Path, key: HistoryKey) -> bool:
    """Whether the encrypted `file` is such a parcel."""
    try:
        with closing(opened(files.uri(file, "mode=ro&immutable=1"), key)) as db:
            found = db.execute("SELECT 1 FROM sqlite_master WHERE name = 'parcel'").fetchone()
    except sqlite3.DatabaseError:
        return False
    return found is not None


def unpack(file: Path, key: HistoryKey, target: Path) -> None:
    """Write what was packed to `target`, and the log of it beside that."""
    for place in files.with_companions(target):
        place.unlink(missing_ok=True)
    with closing(opened(files.uri(file, "mode=ro&immutable=1"), key)) as db:
        for number, place in enumerate(files.with_companions(target)[:2]):
            rows = db.execute("SELECT bytes FROM parcel WHERE file = ? ORDER BY part", (number,))
            for (piece,) in rows:
                files.create_private(place)
                with place.open("ab") as out:
                    out.write(piece)
