"""Writes lines into a document, touching only what changed since the last time."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtGui import QTextCursor, QTextTable

from app.ui.markdown.breaks import BREAK, is_right_to_left, needs_breaks, pieces, safe, units
from app.ui.markdown.document import MessageDocument
from app.ui.markdown.math_object import math_format
from app.ui.markdown.values import Face, Kind, Line, Run, Runs, Table

# Room for a letter, compared with the font's own average: bold and wide ones are common.
_LETTER = 1.2
# Pixels that the lines of a table take in each column, rounded up.
_BORDERS = 4
_CELL = Line(kind=Kind.TEXT)


class Writer:
    """The only one who changes a `MessageDocument`."""

    def __init__(self, document: MessageDocument) -> None:
        self._document = document
        self._cursor = QTextCursor(document)
        # The tables, and the shares of their columns for their continuation.
        self._tables: dict[int, QTextTable] = {}
        self._columns: dict[int, tuple[list[float], float]] = {}

    def write(self, at: int, lines: Sequence[Line], *, is_end: bool) -> int:
        """Make `lines` stand from index `at` on; with `is_end`, nothing behind them.

        Returns the index of the first line that has changed.
        """
        old = self._document.lines
        same = 0
        while same < len(lines) and at + same < len(old) and old[at + same] == lines[same]:
            same += 1
        first = at + same
        if same == len(lines) and not (is_end and first < len(old)):
            return first
        # The cursor moves through the document's own signals otherwise, once per change.
        self._cursor.beginEditBlock()
        try:
            if first < len(old):
                same += self._reuse(first, lines[same:])
            for line in lines[same:]:
                self._append(line)
        finally:
            self._cursor.endEditBlock()
        return first

    def _reuse(self, index: int, lines: Sequence[Line]) -> int:
        """Take away what stands from `index` on, but for the words that the first of `lines`
        shares with it; returns how many of `lines` stand now (0 or 1)."""
        kept = _common(self._document.lines[index], lines[0]) if lines else None
        if kept is None:
            self._truncate(index)
            return 0
        same = self._document.lines[index].text[:kept]
        self._remove_from(self._document.starts[index] + units(same))
        self._forget(index + 1)
        line = lines[0]
        self._document.lines[index] = line
        self._insert_runs(self._cursor, line, _behind(line.runs, kept))
        return 1

    def _truncate(self, index: int) -> None:
        document = self._document
        follows_text = index > 0 and document.lines[index - 1].kind is not Kind.TABLE
        is_table = document.lines[index].kind is Kind.TABLE
        start = document.starts[index] - (1 if follows_text and not is_table else 0)
        self._remove_from(start)
        self._forget(index)

    def _remove_from(self, position: int) -> None:
        self._cursor.setPosition(position)
        self._cursor.movePosition(QTextCursor.MoveOperation.End, QTextCursor.MoveMode.KeepAnchor)
        self._cursor.removeSelectedText()
        breaks = self._document.breaks
        del breaks[bisect_left(breaks, position) :]

    def _forget(self, index: int) -> None:
        document = self._document
        del document.lines[index:]
        del document.starts[index:]
        del document.code_starts[bisect_left(document.code_starts, index) :]
        del document.code_ends[len(document.code_starts) :]
        if document.code_ends:
            document.code_ends[-1] = min(document.code_ends[-1], index)
        for table in [key for key in self._columns if key >= index]:
            del self._columns[table], self._tables[table]

    def _append(self, line: Line) -> None:
        document, cursor = self._document, self._cursor
        cursor.movePosition(QTextCursor.MoveOperation.End)
        before = document.lines[-1] if document.lines else None
        gap = document.formats.gap(before, line)
        if before is None:
            # Qt gives the first block of a document no margin above it.
            document.set_room_above(gap)
            gap = 0
        index = len(document.lines)
        if line.kind is Kind.TABLE and line.table is not None:
            document.starts.append(cursor.position())
            document.lines.append(line)
            self._insert_table(index, line, line.table, gap)
            return
        if before is not None and before.kind is Kind.TABLE:
            # Behind a table Qt heeds the table's margin instead of the block's.
            self._set_margin_below(index - 1, gap)
            gap = 0
        is_code = line.kind is Kind.CODE
        towards_left = not is_code and is_right_to_left(line.text)
        block = document.formats.block(line.kind, line.level, line.path, gap, towards_left)
        characters = document.formats.characters(line, Run(""))
        if before is None or before.kind is Kind.TABLE:
            cursor.setBlockFormat(block)
            cursor.setBlockCharFormat(characters)
        else:
            cursor.insertBlock(block, characters)
        if is_code:
            self._note_code(index, line)
        document.starts.append(cursor.position())
        document.lines.append(line)
        self._insert_runs(cursor, line, line.runs)
        follows_table = before is not None and before.kind is Kind.TABLE
        if line.kind is Kind.RULE or (follows_table and not line.runs):
            # Qt gives an empty block beside a table no room at all.
            document.breaks.append(cursor.position())
            cursor.insertText(BREAK, characters)

    def _set_margin_below(self, index: int, gap: int) -> None:
        table = self._tables[index]
        look = table.format()
        if look.bottomMargin() != gap:
            look.setBottomMargin(gap)
            table.setFormat(look)

    def _note_code(self, index: int, line: Line) -> None:
        starts, ends = self._document.code_starts, self._document.code_ends
        if line.opens or not starts:
            starts.append(index)
            ends.append(index + 1)
        ends[-1] = index + 1

    def _insert_runs(self, cursor: QTextCursor, line: Line, runs: Runs) -> None:
        formats = self._document.formats
        for run in runs:
            look = formats.characters(line, run)
            if run.math:
                look = math_format(look, (run.math, run.by_itself), run.written)
                cursor.insertText(run.text, look)
                continue
            is_first = True
            for piece in pieces(safe(run.text)):
                if not is_first:
                    self._document.breaks.append(cursor.position())
                    cursor.insertText(BREAK, look)
                cursor.insertText(piece, look)
                is_first = False

    def _insert_table(self, index: int, line: Line, table: Table, gap: int) -> None:
        formats = self._document.formats
        continued = self._columns.get(index - 1) if line.joint is not None else None
        columns, share = continued or self._shares(line, table)
        self._columns[index] = columns, share
        look = formats.table(line.path, gap, columns, share)
        made = self._cursor.insertTable(len(table.rows), len(table.widest), look)
        self._tables[index] = made
        for row, cells in enumerate(table.rows):
            for column, runs in enumerate(cells[: len(table.widest)]):
                self._fill(made, row, column, table, runs)
        self._cursor.movePosition(QTextCursor.MoveOperation.End)

    def _fill(self, made: QTextTable, row: int, column: int, table: Table, runs: Runs) -> None:
        formats = self._document.formats
        is_header = table.has_header and row == 0
        cell = made.cellAt(row, column)
        cell.setFormat(formats.cell(is_header))
        cursor = cell.firstCursorPosition()
        cursor.setBlockFormat(formats.cell_block(table.aligns[column]))
        self._insert_runs(cursor, _CELL, _bold(runs) if is_header else runs)

    def _shares(self, line: Line, table: Table) -> tuple[list[float], float]:
        """Each column's share of the table, and the table's of the width; both in percent."""
        formats = self._document.formats
        letter = formats.letter * _LETTER
        room = 2 * formats.scaled(formats.theme.space_2 + 2) + _BORDERS
        available = max(1.0, self._document.textWidth() - formats.indent(line.path))
        widest = [count * letter + room for count in table.widest]
        words = _capped([count * letter + room for count in table.words], available)
        spare, lacking = available - sum(words), sum(widest) - sum(words)
        # What room there is beyond the longest words goes to the columns that want more.
        part = max(0.0, min(1.0, spare / lacking)) if lacking > 0 else 0.0
        widths = [least + part * (most - least) for least, most in zip(words, widest, strict=True)]
        total = sum(widths)
        return [100 * width / total for width in widths], min(100.0, 100 * total / available)


def _capped(widths: list[float], available: float) -> list[float]:
    """`widths` with the widest made equal, and so much narrower that all fit."""
    cap, left = available, available
    for place, width in enumerate(sorted(widths)):
        cap = left / (len(widths) - place)
        if width > cap:
            break
        left -= width
    else:
        return widths
    return [min(width, cap) for width in widths]


def _bold(runs: Runs) -> Runs:
    return tuple(replace(run, face=run.face | Face.BOLD) for run in runs)


def _common(old: Line, new: Line) -> int | None:
    """How many signs two lines share from the beginning; None where they differ otherwise."""
    if old.kind is Kind.TABLE or replace(old, runs=()) != replace(new, runs=()):
        return None
    count = 0
    for first, second in zip(old.runs, new.runs, strict=False):
        if first.look != second.look:
            break
        if first.text != second.text:
            count += _common_text(first.text, second.text)
            break
        count += len(first.text)
    text = new.text
    same_direction = is_right_to_left(old.text) == is_right_to_left(text)
    # Where breaks belong is decided over the whole of a word.
    whole_words = not any(needs_breaks(run.text) for run in (*old.runs, *new.runs))
    return count if count and same_direction and whole_words else None


def _common_text(first: str, second: str) -> int:
    if second.startswith(first):
        return len(first)
    shorter = min(len(first), len(second))
    return next((i for i in range(shorter) if first[i] != second[i]), shorter)


def _behind(runs: Runs, count: int) -> Runs:
    """`runs` without their first `count` signs."""
    result: list[Run] = []
    for run in runs:
        if count >= len(run.text):
            count -= len(run.text)
            continue
        result.append(replace(run, text=run.text[count:]))
        count = 0
    return tuple(result)
