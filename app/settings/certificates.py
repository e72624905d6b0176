"""Whether a file holds certificates, so that a wrong one is refused where it is chosen."""

from __future__ import annotations

import base64
import binascii
import re
from pathlib import Path

from app.core.errors import AppError, ErrorCode

_LARGEST = 10_000_000
_CERTIFICATE = re.compile(
    rb"-----BEGIN CERTIFICATE-----\s+([A-Za-z0-9+/=\s]+?)-----END CERTIFICATE-----"
)
_SEQUENCE = 0x30  # what every certificate begins with, as X.690 encodes it


def verify(value: str | float) -> None:
    """Raise `AppError` where the file at this path holds no certificate; "" names no file."""
    if not value:
        return
    file = Path(str(value))
    if not file.is_absolute():
        raise _refused("This is not the whole path of a file.", "Begin it at the top folder.")
    try:
        if not file.is_file():
            raise _refused("There is no such file.", "Look for it and choose its whole path.")
        with file.open("rb") as stream:
            content = stream.read(_LARGEST + 1)
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        raise _refused(f"The file cannot be read: {reason}.", "Choose another one.") from error
    found = _CERTIFICATE.findall(content) if len(content) <= _LARGEST else []
    if not any(_is_whole(body) for body in found):
        raise _refused(
            "The file holds no certificate in PEM form.",
            'Ask whoever gave it to you for one that begins with "-----BEGIN CERTIFICATE-----".',
        )


def _is_whole(body: bytes) -> bool:
    try:
        decoded = base64.b64decode(b"".join(body.split()), validate=True)
    except binascii.Error:
        return False
    return decoded[:1] == bytes([_SEQUENCE])


def _refused(what: str, todo: str) -> AppError:
    return AppError(what, todo, code=ErrorCode.SETTING_INVALID)
