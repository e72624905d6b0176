"""A list of the person's own words, which are replaced before anything leaves."""

from __future__ import annotations

from collections.abc import Iterable

from app.core.errors import AppError, ErrorCode

_MOST = 2_000
_LONGEST = 200


def word_list(words: Iterable[str]) -> tuple[str, ...]:
    """`words`, each once and on one line; raises `AppError` for too many or too long ones."""
    plain = tuple(dict.fromkeys(" ".join(word.split()) for word in words if word.strip()))
    if len(plain) > _MOST or any(len(word) > _LONGEST for word in plain):
        raise AppError(
            f"A list holds at most {_MOST} words of at most {_LONGEST} characters.",
            "Make it shorter.",
            code=ErrorCode.USAGE,
        )
    return plain
