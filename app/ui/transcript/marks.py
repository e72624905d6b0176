"""Shows where the words stand that are looked for: in the documents that are drawn."""

from __future__ import annotations

import re
from collections.abc import Iterator

from PySide6.QtGui import QColor, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QTextEdit

from app.ui.markdown.breaks import BREAK, units
from app.ui.markdown.document import MessageDocument
from app.ui.transcript.text import MessageText

# Each one costs time whenever the message is painted.
_MOST = 1000


def spans(document: MessageDocument, pattern: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    """Where `pattern` is found, as positions in the document, in their order."""
    block = document.begin()
    while block.isValid():
        text, start = block.text(), block.position()
        added = _added(document, text, start)
        bare = "".join(sign for at, sign in enumerate(text) if at not in added) if added else text
        kept = [at for at in range(len(text)) if at not in added] if added else None
        for match in pattern.finditer(bare):
            first, last = match.start(), match.end() - 1
            if kept is not None:
                first, last = kept[first], kept[last]
            yield start + units(text[:first]), start + units(text[: last + 1])
        block = block.next()


def show(
    text: MessageText, document: MessageDocument, found: list[tuple[int, int]], current: int
) -> None:
    """Mark `found` in `text`; the one of the number `current` (-1: none) stands out."""
    theme = document.formats.theme
    plain, chosen = QTextCharFormat(), QTextCharFormat()
    plain.setBackground(QColor(theme.found))
    plain.setForeground(QColor(theme.text))
    chosen.setBackground(QColor(theme.accent))
    chosen.setForeground(QColor(theme.on_accent))
    first = max(0, min(current - _MOST // 2, len(found) - _MOST))
    marks = []
    for number in range(first, min(len(found), first + _MOST)):
        mark = QTextEdit.ExtraSelection()
        cursor = QTextCursor(document)
        cursor.setPosition(found[number][0])
        cursor.setPosition(found[number][1], QTextCursor.MoveMode.KeepAnchor)
        mark.cursor = cursor
        mark.format = chosen if number == current else plain
        marks.append(mark)
    text.setExtraSelections(marks)


def _added(document: MessageDocument, text: str, start: int) -> set[int]:
    """The places in `text` of the signs that were added for display."""
    if BREAK not in text:
        return set()
    places = set(document.breaks)
    return {
        at for at, sign in enumerate(text) if sign == BREAK and start + units(text[:at]) in places
    }
