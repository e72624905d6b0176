"""Colours the code of a document behind the text, in slices: lexing is dear, text is not.

Code that is still being written is coloured from its last blank line on, which is cheap and
mostly right. As soon as a block of code is complete it is read once as a whole, and what
turns out different is corrected; so the end does not depend on how the text came.
"""

from __future__ import annotations

from collections.abc import Iterator
from time import perf_counter

from PySide6.QtGui import QTextLayout

from app.ui.markdown.breaks import units
from app.ui.markdown.document import MessageDocument
from app.ui.markdown.highlight import prepare, tokens

# One long line is data rather than code, and some lexers take very long over it.
_LONGEST_LINE = 1000
# Lines of unfinished code that are read again to colour those behind them.
_RUN_UP = 8

# The class, first position and length of each coloured stretch of one line.
Spans = tuple[tuple[str, int, int], ...]


class Colouring:
    """Colours the blocks of code of one document, from the first to the last."""

    def __init__(self, document: MessageDocument) -> None:
        self._document = document
        self._spans: dict[int, Spans] = {}
        # Index in `code_starts` of the block that is to be read as a whole next.
        self._block = 0
        self._whole: Iterator[tuple[int, Spans]] | None = None
        # The part of an unfinished block that is being read, and the line behind it.
        self._part: Iterator[tuple[int, Spans]] | None = None
        self._part_end = 0
        # All code before this line has its colours, if not its last ones.
        self._seen = 0

    def forget(self, line: int) -> None:
        """What stands from `line` on has changed."""
        self._seen = min(self._seen, line)
        if line < self._part_end:
            self._part = None

    def restart(self) -> None:
        """The document was begun anew."""
        self._block, self._seen = 0, 0
        self._whole = self._part = None
        # What is written again has no colours.
        self._spans.clear()

    def work(self, final: int, until: float, *, is_complete: bool) -> bool:
        """Colour until the clock shows `until`; whether there is more to do.

        The first `final` lines of the document stay as they are; with `is_complete` no line
        follows the last one.
        """
        starts, ends = self._document.code_starts, self._document.code_ends
        while self._block < len(starts):
            first, end = starts[self._block], ends[self._block]
            if not (end < final or (is_complete and end <= final)):
                return self._work_on_part(first, end, until)
            self._part = None
            if self._whole is None:
                self._whole = self._read(first, end)
            for line, spans in self._whole:
                self._apply(line, spans)
                if perf_counter() > until:
                    return True
            self._whole = None
            self._block += 1
            self._seen = max(self._seen, end)
        return False

    def _work_on_part(self, first: int, end: int, until: float) -> bool:
        """Colour what has come of a block that is still being written."""
        fresh = max(first, self._seen)
        if self._part is None:
            if fresh >= end:
                return False
            lines = self._document.lines
            start, earliest = fresh, max(first, fresh - _RUN_UP)
            while start > earliest and lines[start - 1].text:
                start -= 1
            # The last line is likely to go on, which would make the reading worthless.
            self._part_end = end - 1 if end - 1 > fresh else end
            self._part = self._read(start, self._part_end)
        for line, spans in self._part:
            if line >= fresh:
                self._apply(line, spans)
                self._seen = line + 1
                if perf_counter() > until:
                    return True
        self._part = None
        self._seen = max(fresh, self._part_end)
        return self._seen < end

    def _read(self, first: int, end: int) -> Iterator[tuple[int, Spans]]:
        """The spans of each line from `first` to before `end`, line by line."""
        lines = self._document.lines[first:end]
        language = lines[0].language
        if not prepare(language):
            return
        if any(len(line.text) > _LONGEST_LINE or line.joint is not None for line in lines):
            # What got colours before the line became that long loses them.
            yield from ((number, ()) for number in range(first, end))
            return
        spans: list[tuple[str, int, int]] = []
        line, column = first, 0
        for name, text in tokens("\n".join(line.text for line in lines), language):
            for index, part in enumerate(text.split("\n")):
                if index:
                    yield line, tuple(spans)
                    line, column, spans = line + 1, 0, []
                    if line >= end:
                        return
                length = units(part)
                if name and length:
                    spans.append((name, column, length))
                column += length

    def _apply(self, line: int, spans: Spans) -> None:
        if self._spans.get(line, ()) == spans or line >= len(self._document.lines):
            return
        self._spans[line] = spans
        ranges = []
        for name, start, length in spans:
            coloured = QTextLayout.FormatRange()
            coloured.start, coloured.length = start, length
            coloured.format = self._document.formats.token(name)
            ranges.append(coloured)
        block = self._document.findBlock(self._document.starts[line])
        block.layout().setFormats(ranges)
