"""The passphrase that unlocks the window: only whether one fits is ever kept.

It guards the window and no file: whoever can write to the data folder can remove it.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
from pathlib import Path

from app.core.errors import AppError, ErrorCode

# 32 MB and about a tenth of a second for each try (RFC 7914).
_COST, _BLOCK, _LANES = 1 << 15, 8, 1
_MOST_MEMORY = 1 << 26
_SALT_BYTES, _HASH_BYTES = 16, 32
_SHORTEST, _LONGEST = 4, 200
_PRIVATE = 0o600


class LockPassphrase:
    """The passphrase of one data folder, in `file`; without `keep` it is only read. Blocking."""

    def __init__(self, file: Path, *, keep: bool = True) -> None:
        self._file = file
        self._keep = keep

    @property
    def is_set(self) -> bool:
        """Whether there is one; a file that makes no sense is none."""
        return self._read() is not None

    def set(self, text: str) -> None:
        """Take another one; raises `AppError` for one that is no good or cannot be kept."""
        self._see_that_it_is_kept()
        if not _SHORTEST <= len(text) <= _LONGEST:
            raise AppError(
                f"A passphrase has {_SHORTEST} to {_LONGEST} characters.",
                "Choose another one.",
                code=ErrorCode.KEY_INVALID,
            )
        salt = secrets.token_bytes(_SALT_BYTES)
        document = {"salt": salt.hex(), "scrypt": _hash(text, salt).hex()}
        partial = self._file.with_name(f"{self._file.name}.partial")
        try:
            handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _PRIVATE)
            with os.fdopen(handle, "w", encoding="utf-8") as out:
                json.dump(document, out)
            partial.replace(self._file)
        except OSError as error:
            raise _unwritable(error) from error

    def remove(self) -> None:
        """The window unlocks without one from now on; raises `AppError`."""
        self._see_that_it_is_kept()
        try:
            self._file.unlink(missing_ok=True)
        except OSError as error:
            raise _unwritable(error) from error

    def fits(self, text: str) -> bool:
        """Whether this is it; anything is where there is none."""
        kept = self._read()
        return kept is None or hmac.compare_digest(_hash(text, kept[0]), kept[1])

    def _see_that_it_is_kept(self) -> None:
        if not self._keep:
            raise AppError(
                "A private session keeps nothing, and so no passphrase.",
                "Set it in an ordinary window.",
                code=ErrorCode.USAGE,
            )

    def _read(self) -> tuple[bytes, bytes] | None:
        try:
            kept = json.loads(self._file.read_text("utf-8"))
            salt, wanted = bytes.fromhex(kept["salt"]), bytes.fromhex(kept["scrypt"])
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return (salt, wanted) if len(wanted) == _HASH_BYTES else None


def _hash(text: str, salt: bytes) -> bytes:
    return hashlib.scrypt(
        text.encode("utf-8", "surrogatepass"),
        salt=salt,
        n=_COST,
        r=_BLOCK,
        p=_LANES,
        maxmem=_MOST_MEMORY,
        dklen=_HASH_BYTES,
    )


def _unwritable(error: OSError) -> AppError:
    reason = (error.strerror or type(error).__name__).lower()
    return AppError(
        f"The passphrase cannot be kept: {reason}.",
        "Free some space, or allow writing to the data folder.",
        code=ErrorCode.STORE_UNWRITABLE,
    )
