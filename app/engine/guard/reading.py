"""Reads a model's JSON files so that nothing in them can be read differently by the runtime."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NoReturn

from app.core.errors import AppError, ErrorCode
from app.engine.guard.refusal import refused

_REINSTALL = "Verify or reinstall the model, or choose another one."


def json_object(file: Path, max_bytes: int) -> dict[str, Any]:
    """The object in `file`; raises `AppError` where it is missing, damaged, too large or no object.

    A key that stands twice in one object is refused: Python takes the last one and the runtime
    heeds both, so that the first would pass unseen.
    """
    name = file.name
    if not file.is_file():  # a pipe would be waited for
        raise _broken(f"The model's file {name} is missing.")
    try:
        if file.stat().st_size > max_bytes:
            raise _broken(f"The model's file {name} is far too large.")
        value = json.loads(
            file.read_text(encoding="utf-8-sig"),
            object_pairs_hook=_unique,
            parse_constant=_no_number,
        )
    except OSError:
        raise _broken(f"The model's file {name} cannot be read.") from None
    except (ValueError, RecursionError):
        raise _broken(f"The model's file {name} is damaged: it is not valid JSON.") from None
    if not isinstance(value, dict):
        raise _broken(f"The model's file {name} does not hold what it should.")
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise refused("sets the same thing twice in one of its files, which can hide a setting")
    return found


def _no_number(text: str) -> NoReturn:
    """Python takes NaN and the infinities for numbers; JSON knows none of them."""
    raise ValueError(text)


def _broken(what: str) -> AppError:
    return AppError(what, _REINSTALL, code=ErrorCode.MODEL_BROKEN)
