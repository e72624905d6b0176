"""How a file of the store is opened, plain or encrypted: the one place that takes a key.

An encrypted file begins with a mark and the id of its key, in the sixteen bytes that SQLCipher
keeps for a salt. A salt is for passwords; these keys are random, and each is used for one
history. So every copy says by itself which key it wants, whatever it is called or wherever it
is carried.
"""

from __future__ import annotations

from pathlib import Path

from app.core.history_key import HistoryKey, Keys, NoKeys, locked
from app.store import files
from app.store.connection import Connection

NO_KEYS: Keys = NoKeys()

PLAIN_MARK = b"SQLite format 3\0"
_MARK = b"TacitEnc"
_HEAD_BYTES = 16


def key_id_of(file: Path) -> str | None:
    """The id of the key that `file` is encrypted with; None where it is not, or not there."""
    head = head_of(file)
    is_marked = len(head) == _HEAD_BYTES and head.startswith(_MARK)
    return head[len(_MARK) :].hex() if is_marked else None


def head_of(file: Path) -> bytes:
    """The first bytes of a file, which say of what kind it is; none where it is not there."""
    try:
        with file.open("rb") as opened:
            return opened.read(_HEAD_BYTES)
    except FileNotFoundError:
        return b""


def key_of(file: Path, keys: Keys) -> HistoryKey | None:
    """The key of an encrypted file, None for another one; raises `AppError` (STORE_LOCKED)."""
    key_id = key_id_of(file)
    if key_id is None:
        return None
    key = keys.find(key_id)
    if key.id != key_id:
        raise locked("the key that was found belongs to another history")
    return key


def connect(
    file: Path, keys: Keys = NO_KEYS, *, mode: str = "", new_key: HistoryKey | None = None
) -> Connection:
    """Open `file`; `mode` is SQLite's ("mode=ro"), `new_key` encrypts a file without content.

    Raises `AppError` (STORE_LOCKED) where the key is not to be had, else what SQLite raises.
    """
    key = key_of(file, keys) if head_of(file) else new_key
    return opened(files.uri(file, mode) if mode else str(file), key)


def opened(name: str, key: HistoryKey | None = None) -> Connection:
    """The file of that name, as SQLite takes it, opened with a key that is known already."""
    return Connection.to(name, "" if key is None else specification(key), key)


def attach(connection: Connection, file: Path, name: str, key: HistoryKey | None) -> None:
    """Let `connection` reach a second file under `name`; a new one is encrypted with `key`."""
    words = "" if key is None else specification(key)
    connection.execute(f"ATTACH ? AS {name} KEY ?", (str(file), words))


def specification(key: HistoryKey) -> str:
    """The key in SQLCipher's words: used as it is, with our mark in the place of a salt."""
    return f"x'{key.raw.hex()}{(_MARK + bytes.fromhex(key.id)).hex()}'"
