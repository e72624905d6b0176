"""The gaps of a saved prompt: {{language}}, {{language: French}}, and {{date}} by itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from app.core.errors import AppError, ErrorCode

DATE = "date"
# No braces inside, so that a prompt about templates or TeX is left alone.
_GAP = re.compile(r"\{\{[ \t]*([^{}:\n]{1,60}?)[ \t]*(?::[ \t]*([^{}\n]*?)[ \t]*)?\}\}")


@dataclass(frozen=True, slots=True)
class Gap:
    """A place to be filled in. `otherwise` is what stands there if nobody says anything."""

    name: str
    otherwise: str | None = None


def gaps(text: str) -> list[Gap]:
    """Every gap once, in the order of the text; the date is none, it is known."""
    found: dict[str, Gap] = {}
    for match in _GAP.finditer(text):
        name, otherwise = match.group(1), match.group(2)
        if name.casefold() == DATE:
            continue
        known = found.get(name.casefold())
        if known is None or (known.otherwise is None and otherwise is not None):
            found[name.casefold()] = Gap(known.name if known else name, otherwise)
    return list(found.values())


def first_gap(text: str, after: int) -> tuple[int, int] | None:
    """Where the first gap at or behind the place `after` begins and ends; None for none."""
    match = _GAP.search(text, after)
    return match.span() if match is not None else None


def with_date(text: str, today: date | None = None) -> str:
    """The text with the day in the place of {{date}}."""
    day = (today or datetime.now().astimezone().date()).isoformat()
    return _GAP.sub(lambda m: day if m.group(1).casefold() == DATE else m.group(), text)


def filled(text: str, values: Mapping[str, str], today: date | None = None) -> str:
    """The text with its gaps filled, whatever the case of their names.

    Raises `AppError` for a gap that has neither a value nor anything that stands otherwise,
    and for a value that fits no gap. A value is taken as it is: gaps in it are no gaps.
    """
    known = {name.casefold(): value for name, value in values.items()}
    there = gaps(text)
    names = {gap.name.casefold() for gap in there}
    if unknown := [name for name in values if name.casefold() not in names]:
        raise AppError(
            f"The prompt has no gap {unknown[0]}.",
            f"Its gaps are: {', '.join(gap.name for gap in there) or 'none'}.",
            code=ErrorCode.USAGE,
        )
    for gap in there:
        known.setdefault(gap.name.casefold(), gap.otherwise or "")
        if gap.otherwise is None and not known[gap.name.casefold()]:
            raise AppError(
                f"Nothing is said for the gap {gap.name}.",
                f'Add --with "{gap.name}=...".',
                code=ErrorCode.USAGE,
            )
    known[DATE] = (today or datetime.now().astimezone().date()).isoformat()
    return _GAP.sub(lambda match: known[match.group(1).casefold()], text)
