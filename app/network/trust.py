"""TLS as it is always used here: verified, 1.2 or newer, nobody can switch that off."""

from __future__ import annotations

import ssl
from functools import lru_cache
from pathlib import Path

from app.core.errors import AppError, ErrorCode


def context(ca_file: str) -> ssl.SSLContext:
    """A context that trusts the system's authorities and those in `ca_file` ("": none more).

    `SSL_CERT_FILE` and `SSL_CERT_DIR` say where the system's lie, as everywhere with OpenSSL.
    Raises `AppError` where `ca_file` cannot be used.
    """
    try:
        changed = Path(ca_file).stat().st_mtime_ns if ca_file else 0
        return _context(ca_file, changed)
    except OSError as error:  # ssl.SSLError is one, too
        raise AppError(
            "The file with your company's certificates cannot be used.",
            "It has to hold certificates in PEM form. It is named in the settings under Network.",
            code=ErrorCode.SETTING_INVALID,
        ) from error


@lru_cache(maxsize=4)
def _context(ca_file: str, _changed: int) -> ssl.SSLContext:
    made = ssl.create_default_context()
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    if ca_file:
        made.load_verify_locations(cafile=ca_file)
    return made
