"""What a selection in a message gives to the clipboard: plain text that reads on its own."""

from __future__ import annotations

from bisect import bisect_left
from typing import cast

from PySide6.QtGui import QTextCursor, QTextTable

from app.ui.markdown.breaks import units
from app.ui.markdown.document import MessageDocument
from app.ui.markdown.math_object import written_formula
from app.ui.markdown.values import LINE_BREAK, OBJECT, Kind, Line
from app.ui.markdown.wording import between, marker_text

_PARAGRAPH = "\u2029"
_CELL_MARKS = str.maketrans({_PARAGRAPH: "\n", LINE_BREAK: "\n", "\ufdd0": None, "\ufdd1": None})


def selected_text(document: MessageDocument, start: int, end: int) -> str:
    """The text between two positions: list markers included, signs added for display not."""
    parts: list[str] = []
    first = max(0, document.line_at(start))
    before: Line | None = None
    for index in range(first, len(document.lines)):
        line_start = document.starts[index]
        if line_start >= end and index > first:
            break
        line = document.lines[index]
        if before is not None:
            parts.append(between(before, line))
        left, right = max(start, line_start), min(end, document.end_of(index))
        if start <= line_start and line.markers:
            parts.append(marker_text(line))
        if line.kind is Kind.RULE:
            parts.append("---")
        elif line.kind is Kind.TABLE:
            parts.append(_table_text(document, left, right))
        else:
            parts.append(_text(document, left, right))
        before = line
    return "".join(parts)


def _text(document: MessageDocument, start: int, end: int) -> str:
    """The signs between two positions of one line, without those added for display."""
    if end <= start:
        return ""
    breaks = document.breaks
    parts: list[str] = []
    for place in breaks[bisect_left(breaks, start) : bisect_left(breaks, end)]:
        parts.append(_raw(document, start, place))
        start = place + 1
    parts.append(_raw(document, start, end))
    return "".join(parts).replace(LINE_BREAK, "\n")


def _table_text(document: MessageDocument, start: int, end: int) -> str:
    """Rows on lines of their own, cells with tabs between them."""
    cursor = QTextCursor(document)
    cursor.setPosition(min(start + 1, end))
    table = cast("QTextTable | None", cursor.currentTable())
    if table is None:
        return _text(document, start, end).translate(_CELL_MARKS)
    rows: list[str] = []
    for row in range(table.rows()):
        cells: list[str] = []
        for column in range(table.columns()):
            cell = table.cellAt(row, column)
            left, right = max(start, cell.firstPosition()), min(end, cell.lastPosition())
            if left <= right:
                cells.append(_text(document, left, right).translate(_CELL_MARKS))
        if cells:
            rows.append("\t".join(cells))
    return "\n".join(rows)


def _raw(document: MessageDocument, start: int, end: int) -> str:
    cursor = QTextCursor(document)
    cursor.setPosition(start)
    cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
    text = cursor.selectedText()
    return _with_formulas(document, start, text) if OBJECT in text else text


def _with_formulas(document: MessageDocument, start: int, text: str) -> str:
    """`text` from the position `start` on, with the source of each formula in its place."""
    cursor = QTextCursor(document)
    parts: list[str] = []
    for part in text.split(OBJECT):
        if parts:
            start += 1
            cursor.setPosition(start)
            parts.append(written_formula(cursor.charFormat()))
        parts.append(part)
        start += units(part)
    return "".join(parts)
