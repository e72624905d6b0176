"""The recovery key of a history in a file that a person chose."""

from __future__ import annotations

import os
from pathlib import Path

from app.core.errors import AppError, ErrorCode
from app.core.history_key import HistoryKey

_PRIVATE = 0o600


def write(key: HistoryKey, file: Path, *, may_replace: bool = False) -> None:
    """Write the recovery key with its words to `file`, readable by its owner only.

    Raises `AppError` where the file is there already, unless the person agreed to that
    (`may_replace`), and where it cannot be written.
    """
    flags = os.O_WRONLY | os.O_CREAT | (os.O_TRUNC if may_replace else os.O_EXCL)
    try:
        with os.fdopen(os.open(file, flags, _PRIVATE), "w", encoding="utf-8") as out:
            out.write(f"{key.as_text()}\n")
            out.flush()
            os.fsync(out.fileno())
    except FileExistsError:
        raise AppError(
            f"There is a file {file.name} already.", "Name a new one.", code=ErrorCode.USAGE
        ) from None
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        raise AppError(
            f"The recovery key cannot be written to {file.name}: {reason}.",
            "Choose another place.",
            code=ErrorCode.USAGE,
        ) from error
