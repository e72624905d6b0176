"""Guesses how high a message will be before it is drawn; no Qt."""

from __future__ import annotations

from dataclasses import dataclass

# Not every end of a line in the source is one on the screen: blank ones are narrower.
_BREAK = 0.8


@dataclass(frozen=True, slots=True)
class Measure:
    """What a guess is made from: average letters per line, and in pixels the height of a line
    and the room that a message takes around its text."""

    per_line: float
    line: int
    around: int


def estimated_height(length: int, breaks: int, measure: Measure) -> int:
    """The height in pixels of a text of `length` signs with `breaks` ends of lines."""
    lines = 1 + breaks * _BREAK + length / measure.per_line
    return round(measure.around + lines * measure.line)
