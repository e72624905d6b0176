"""The settings file on disk: lenient reading, atomic and private writing."""

from __future__ import annotations

import errno
import itertools
import json
import os
from pathlib import Path

from app.core.errors import AppError, ErrorCode
from app.core.files import replace_text

_LARGEST_FILE = 1_000_000


class BrokenFileError(Exception):
    """The file is there, but holds no settings; the message is a clause for a sentence."""


def read(file: Path) -> dict[str, object]:
    """What the file holds, {} where there is none; raises `BrokenFileError`."""
    try:
        with file.open("rb") as stream:
            content = stream.read(_LARGEST_FILE + 1)
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise BrokenFileError("could not be read") from error
    if len(content) > _LARGEST_FILE:
        raise BrokenFileError("is too large")
    try:
        document = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise BrokenFileError("is damaged") from error
    if not isinstance(document, dict):
        raise BrokenFileError("is damaged")
    return document


def set_aside(file: Path) -> Path | None:
    """Rename a broken file to settings.broken-<n>.json; None where that is not possible."""
    for number in itertools.count(1):
        kept = file.with_name(f"{file.stem}.broken-{number}{file.suffix}")
        if not kept.exists():
            try:
                file.rename(kept)
            except OSError:
                return None
            return kept
    raise AssertionError("unreachable")


def write(file: Path, document: dict[str, object]) -> None:
    """Replace the file as a whole, readable by its owner only; raises `AppError`."""
    target = Path(os.path.realpath(file))
    content = json.dumps(document, indent=2, sort_keys=True) + "\n"
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        replace_text(target, content)
    except OSError as error:
        raise _unwritable(error) from error


def _unwritable(error: OSError) -> AppError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return AppError(
            "The setting was not saved: the disk is full.",
            "Free some space and change it again.",
            code=ErrorCode.DISK_FULL,
        )
    return AppError(
        "The setting was not saved: the settings file cannot be written.",
        "Check the permissions of the data folder (tacit config path shows it).",
        code=ErrorCode.STORE_UNWRITABLE,
    )
