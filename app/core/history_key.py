"""The key of an encrypted history, as bytes and as the recovery key that a person keeps."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from typing import Protocol

from app.core.errors import AppError, ErrorCode

# Crockford's base 32: no letter is taken for another one, or for a digit.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_TAKEN_FOR = str.maketrans("OIL", "011")
_BITS = 5
_GROUP = 4
_KEY_BYTES, _CHECK_BYTES, _ID_BYTES = 32, 3, 8
_LETTERS = (_KEY_BYTES + _CHECK_BYTES) * 8 // _BITS

_IN_A_ROW = 7
_ABOVE = "Recovery key of your chats in Tacit:"
_BELOW = (
    "It opens them where the keyring of the computer is lost. Keep it apart from the computer:",
    "whoever has it and the file can read your chats, and without it nobody can help.",
)

GROUPS = _LETTERS // _GROUP
"""Of how many groups of characters a recovery key is made."""


@dataclass(frozen=True, slots=True)
class HistoryKey:
    """256 random bits; printing it shows none of them.

    The recovery key is the key itself in other letters: with it and the file alone a history
    can be read, on any computer, whatever became of the keyring.
    """

    raw: bytes = field(repr=False)

    @classmethod
    def new(cls) -> HistoryKey:
        """A key that nobody had before."""
        return cls(secrets.token_bytes(_KEY_BYTES))

    @classmethod
    def from_recovery(cls, typed: str) -> HistoryKey:
        """The key that a person typed or pasted; raises `AppError`, which does not repeat it.

        Small letters, spaces and dashes do not matter, nor does an O for a 0.
        """
        letters = "".join(typed.split()).replace("-", "").upper().translate(_TAKEN_FOR)
        if not letters:
            raise _wrong("No recovery key was entered.")
        if set(letters) - set(_ALPHABET):
            raise _wrong("The recovery key holds a character that none has.")
        if len(letters) != _LETTERS:
            raise _wrong(f"The recovery key has {len(letters)} of {_LETTERS} characters.")
        number = 0
        for letter in letters:
            number = number << _BITS | _ALPHABET.index(letter)
        whole = number.to_bytes(_KEY_BYTES + _CHECK_BYTES, "big")
        key = cls(whole[:_KEY_BYTES])
        if whole[_KEY_BYTES:] != key._check():
            raise _wrong("The recovery key has a slip of the pen in it.")
        return key

    @property
    def id(self) -> str:
        """Tells keys apart, and says nothing about this one."""
        return _digest(b"id", self.raw)[:_ID_BYTES].hex()

    def groups(self) -> tuple[str, ...]:
        """The recovery key, in groups of four characters; the last ones check the others."""
        number = int.from_bytes(self.raw + self._check(), "big")
        letters = ""
        for _ in range(_LETTERS):
            letters = _ALPHABET[number & (1 << _BITS) - 1] + letters
            number >>= _BITS
        return tuple(letters[at : at + _GROUP] for at in range(0, _LETTERS, _GROUP))

    def recovery(self) -> str:
        """The recovery key as it is written down."""
        return "-".join(self.groups())

    def as_text(self) -> str:
        """The recovery key with the words that stand beside it, to be printed or kept."""
        groups = self.groups()
        rows = [groups[at : at + _IN_A_ROW] for at in range(0, GROUPS, _IN_A_ROW)]
        return "\n".join([_ABOVE, "", *(f"    {' '.join(row)}" for row in rows), "", *_BELOW])

    def _check(self) -> bytes:
        return _digest(b"check", self.raw)[:_CHECK_BYTES]


class Keys(Protocol):
    """Where the keys of histories are."""

    def find(self, key_id: str) -> HistoryKey:
        """The key of that id; blocking. Raises `AppError` with STORE_LOCKED."""


class NoKeys:
    """Knows no key."""

    def find(self, key_id: str) -> HistoryKey:  # noqa: ARG002
        """Raises `AppError`."""
        raise locked("its key is not known here")


def locked(why: str, todo: str = "Open it with the recovery key.") -> AppError:
    """An encrypted history stays shut; `why` ends the sentence that says so."""
    return AppError(
        f"Your chats are encrypted, and {why}.",
        f"{todo} Nothing was changed.",
        code=ErrorCode.STORE_LOCKED,
    )


def _digest(what: bytes, raw: bytes) -> bytes:
    return hashlib.sha256(b"tacit history key " + what + b"\0" + raw).digest()


def _wrong(what: str) -> AppError:
    return AppError(what, "Enter it once more, all of it.", code=ErrorCode.KEY_INVALID)
