"""How one attempt is made: an act, the error it has to end with, and what really came of it."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from app.core.proof import Attempt

Act = Callable[[], str]
"""Tries something. Returns what was let through, or raises the `OSError` of the refusal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Try:
    """An attempt to be made. It holds only where `act` raises the error `expected`: another
    error says that the call got past the seal and failed for a reason of its own. `or_else` is
    one by which the system refuses as well, before the seal is asked."""

    name: str
    expected: int
    act: Act
    or_else: int | None = None


def make(tries: Iterable[Try], *, by: str, part: str) -> tuple[Attempt, ...]:
    """Make these attempts now, on this thread."""
    return tuple(_make(one, by, part) for one in tries)


def result(name: str, said: str, *, by: str, part: str, holds: bool) -> Attempt:
    """An attempt that was made elsewhere."""
    return Attempt(name=name, by=by, part=part, expected="refused", said=said, holds=holds)


def _make(one: Try, by: str, part: str) -> Attempt:
    try:
        said, holds = one.act(), False
    except OSError as error:
        said, holds = error_name(error), error.errno in {one.expected, one.or_else}
    return Attempt(
        name=one.name,
        by=by,
        part=part,
        expected=errno.errorcode.get(one.expected, str(one.expected)),
        said=said,
        holds=holds,
    )


def error_name(error: OSError) -> str:
    """The kernel's name of an error."""
    return errno.errorcode.get(error.errno or 0, type(error).__name__)
