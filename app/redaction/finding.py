"""Everything of a text that should not leave, each piece once."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cache

from app.redaction.names import NameLists, find_known, find_names
from app.redaction.numbers import find_numbers
from app.redaction.places import find_places
from app.redaction.values import RANK, Kind, Span


def find(
    text: str, lists: NameLists, words: Sequence[str] = (), known: Collection[str] = ()
) -> tuple[Span, ...]:
    """The pieces in their order, without overlaps.

    `words` are the person's own, which are found in any case and as parts of nothing longer;
    `known` are parts of names from elsewhere in the conversation.
    """
    found = [*_own(text, tuple(words)), *find_numbers(text), *find_places(text)]
    found += [*find_names(text, lists), *find_known(text, known)]
    return tuple(_apart(found))


def _own(text: str, words: tuple[str, ...]) -> Iterator[Span]:
    pattern = _pattern(words)
    for match in pattern.finditer(text) if pattern is not None else ():
        yield Span(match.start(), match.end(), Kind.OWN_WORD)


@cache
def _pattern(words: tuple[str, ...]) -> re.Pattern[str] | None:
    wanted = sorted({word.strip() for word in words if word.strip()}, key=len, reverse=True)
    if not wanted:
        return None
    either = "|".join(r"\s+".join(map(re.escape, word.split())) for word in wanted)
    return re.compile(rf"(?<!\w)(?:{either})(?!\w)", re.IGNORECASE)


def _apart(found: Iterable[Span]) -> list[Span]:
    """The surest pieces, longer ones first, as far as they do not overlap."""
    taken: list[Span] = []
    for span in sorted(found, key=lambda one: (RANK[one.kind], -len(one), one.start)):
        if len(span) and all(span.end <= other.start or span.start >= other.end for other in taken):
            taken.append(span)
    return sorted(taken, key=lambda one: one.start)
