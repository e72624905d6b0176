"""Everything of a text that should not leave, each piece once."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right, insort
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cache

from app.redaction.lexicon import NameLists
from app.redaction.names import find_known, find_names
from app.redaction.numbers import find_numbers
from app.redaction.places import find_places
from app.redaction.values import RANK, Kind, Span

# What a rest has to hold to be kept: a number, or a word that may be a name.
_MATTERS = re.compile(r"\d|[^\W\d_a-zäöüß][^\W\d_]")


def find(text: str, lists: NameLists, words: Sequence[str] = ()) -> tuple[Span, ...]:
    """The pieces in their order, without overlaps.

    `words` are the person's own, which are found in any case, and not as parts of longer ones.
    """
    found = [*_own(text, tuple(words)), *find_numbers(text), *find_places(text, lists.places)]
    return _apart(text, [*found, *find_names(text, lists)])


def with_known(text: str, found: Sequence[Span], known: Collection[str]) -> tuple[Span, ...]:
    """`found`, and the parts of names that are known from elsewhere in the conversation."""
    return _apart(text, [*found, *find_known(text, known)])


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


def _apart(text: str, found: Iterable[Span]) -> tuple[Span, ...]:
    """No two pieces overlap: those of one kind become one, and of others the surer one wins.

    What sticks out from under a surer piece is kept: half a name would still be a name.
    """
    taken: list[Span] = []
    for span in sorted(found, key=lambda one: (RANK[one.kind], one.start)):
        if taken and taken[-1].kind is span.kind and span.start < taken[-1].end:
            taken[-1] = Span(taken[-1].start, max(taken[-1].end, span.end), span.kind)
        else:
            taken.append(span)
    kept: list[Span] = []  # in the order of the text
    for span in taken:  # still with the surest first
        for part in _uncovered(span, kept):
            if part == span or _MATTERS.search(text, part.start, part.end):
                insort(kept, part, key=_start)
    return tuple(kept)


def _start(span: Span) -> int:
    return span.start


def _uncovered(span: Span, kept: Sequence[Span]) -> list[Span]:
    """The parts of `span` that no piece of `kept` covers."""
    parts = [span]
    first = max(0, bisect_right(kept, span.start, key=_start) - 1)
    for other in kept[first : bisect_left(kept, span.end, key=_start)]:
        if other.end <= span.start:
            continue
        parts = [
            Span(start, end, span.kind)
            for part in parts
            for start, end in (
                (part.start, min(part.end, other.start)),
                (max(part.start, other.end), part.end),
            )
            if end - start > 1
        ]
    return parts
