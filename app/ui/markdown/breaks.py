"""Makes text safe and quick to lay out: breaks in endless words, no signs that Qt keeps for
itself, and the direction in which a paragraph runs."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from app.ui.markdown.values import LINE_BREAK

# A word longer than this makes laying out slow out of all proportion.
LONGEST_WORD = 1000
BREAK = "\u200b"
_STEP = 32
# Scripts without spaces may break anywhere and need no help.
_ENDLESS = re.compile(rf"[^\s\u2e80-\ud7ff\uf900-\ufaff]{{{LONGEST_WORD},}}")
# Qt takes these for the ends of its own blocks, frames and objects.
_UNSAFE = re.compile("[\n\u2029\ufdd0\ufdd1\ufffc\x00\ud800-\udfff]")
_JOINERS = {"\u200d", "\ufe0f", "\ufe0e"}


def safe(text: str) -> str:
    """`text` with a replacement sign for each one that would not stay inside its line."""
    if _UNSAFE.search(text) is None:
        return text
    return _UNSAFE.sub("\ufffd", text.replace("\n", LINE_BREAK))


def needs_breaks(text: str) -> bool:
    """Whether breaks are to be added to `text` for display."""
    return len(text) >= LONGEST_WORD and _ENDLESS.search(text) is not None


def pieces(text: str) -> Iterator[str]:
    """`text` in the pieces between which a break may be added for display."""
    done = 0
    if len(text) >= LONGEST_WORD:
        for match in _ENDLESS.finditer(text):
            for place in range(match.start() + _STEP, match.end(), _STEP):
                if not _joins(text[place - 1], text[place]):
                    yield text[done:place]
                    done = place
    yield text[done:]


def units(text: str) -> int:
    """How many positions `text` takes in a document, which counts in UTF-16."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "replace")) // 2


def is_right_to_left(text: str) -> bool:
    """Whether the first letter that has a direction runs from the right."""
    for sign in text[:1000]:
        match unicodedata.bidirectional(sign):
            case "L":
                return False
            case "R" | "AL":
                return True
    return False


def _joins(before: str, after: str) -> bool:
    return unicodedata.combining(after) != 0 or before in _JOINERS or after in _JOINERS
