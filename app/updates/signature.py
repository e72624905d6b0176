"""Whether bytes were signed with a key that this build believes."""

from __future__ import annotations

import base64
import binascii

from app.core.errors import AppError, ErrorCode

LARGEST = 1024
"""Bytes that the file of a signature may have."""

_BYTES = 64


def check(public_key: bytes, data: bytes, written: bytes) -> None:
    """Raises `AppError` unless `written` (base64) is the Ed25519 signature of `data`."""
    from nacl.exceptions import BadSignatureError
    from nacl.signing import VerifyKey

    try:
        signature = base64.b64decode(written.strip(), validate=True)
        if len(signature) != _BYTES:
            raise _wrong()
        VerifyKey(public_key).verify(data, signature)
    except (binascii.Error, ValueError, BadSignatureError):
        raise _wrong() from None


def _wrong() -> AppError:
    return AppError(
        "The announcement is not signed by the makers of Tacit, so nothing of it is shown.",
        "Try again later; if it stays so, tell them: somebody may have changed it on its way.",
        code=ErrorCode.DOWNLOAD_CORRUPT,
    )
