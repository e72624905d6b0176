"""Where this build learns of newer versions, and whose signature it believes."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from pathlib import Path

from app.core.errors import AppError, ErrorCode
from app.network.url import Url, parse

KEY_BYTES = 32
_LARGEST = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The address of the release file, and the Ed25519 key that its signature has to fit."""

    address: str
    public_key: bytes

    @property
    def url(self) -> Url:
        """The address taken apart."""
        return parse(self.address)


def read(file: Path) -> Source | None:
    """What `file` names; None where it is missing, or names neither address nor key.

    Raises `AppError` for half a source: a build that believes nobody must not look as if it did.
    """
    try:
        with file.open("rb") as opened:
            written = json.loads(opened.read(_LARGEST))
        address, key = str(written["address"]), str(written["public_key"])
    except FileNotFoundError:
        return None
    except (OSError, ValueError, RecursionError, KeyError, TypeError):
        raise _damaged(file) from None
    if not address and not key:
        return None
    try:
        public_key = base64.b64decode(key, validate=True)
        parse(address)
    except (binascii.Error, ValueError, AppError):
        raise _damaged(file) from None
    if len(public_key) != KEY_BYTES:
        raise _damaged(file)
    return Source(address=address, public_key=public_key)


def _damaged(file: Path) -> AppError:
    return AppError(
        f"The file that says where new versions are announced is damaged: {file.name}.",
        "Install Tacit again.",
        code=ErrorCode.INSTALL_FAILED,
    )
