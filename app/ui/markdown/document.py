"""The document of one message: it knows its lines, and it never loads anything."""

from __future__ import annotations

from bisect import bisect_right

from PySide6.QtCore import QObject, Qt, QUrl
from PySide6.QtGui import QFontMetricsF, QImage, QTextDocument, QTextOption

from app.ui.markdown.formats import Formats
from app.ui.markdown.math_object import MathObject
from app.ui.markdown.values import Kind, Line

_TAB_COLUMNS = 4


class MessageDocument(QTextDocument):
    """Text drawn from lines by a `Writer`.

    `lines[i]` begins at the position `starts[i]`. `breaks` holds the positions of the signs
    that were added for display. `code_starts` and `code_ends` hold, for each block of code,
    the index of the line that opens it and of the one behind it. All are in order.
    """

    def __init__(self, formats: Formats, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.formats = formats
        self.lines: list[Line] = []
        self.starts: list[int] = []
        self.breaks: list[int] = []
        self.code_starts: list[int] = []
        self.code_ends: list[int] = []
        self.setUndoRedoEnabled(False)
        self.setDocumentMargin(0)
        self.setDefaultFont(formats.body)
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        option.setTextDirection(Qt.LayoutDirection.LayoutDirectionAuto)
        column = QFontMetricsF(formats.code).horizontalAdvance(" ")
        option.setTabStopDistance(_TAB_COLUMNS * column)
        self.setDefaultTextOption(option)
        self._math = MathObject(self)

    def loadResource(self, type: int, name: QUrl | str) -> QImage:  # noqa: A002, ARG002
        """Nothing: an empty image keeps Qt from opening the file or share by itself."""
        return QImage()

    def set_room_above(self, height: int) -> None:
        """Keep `height` pixels free above the first line."""
        frame = self.rootFrame()
        look = frame.frameFormat()
        if look.topMargin() != height:
            look.setTopMargin(height)
            frame.setFrameFormat(look)

    @property
    def has_tables(self) -> bool:
        """Whether a change of the width needs the message to be drawn anew."""
        return any(line.kind is Kind.TABLE for line in self.lines)

    def line_at(self, position: int) -> int:
        """The index of the line that holds `position`; -1 in an empty document."""
        return bisect_right(self.starts, position) - 1

    def end_of(self, index: int) -> int:
        """The position behind the last sign of a line."""
        if index + 1 < len(self.starts):
            after_table = self.lines[index].kind is Kind.TABLE
            before_table = self.lines[index + 1].kind is Kind.TABLE
            return self.starts[index + 1] - (0 if after_table or before_table else 1)
        return self.characterCount() - 1

    def code_at(self, index: int) -> tuple[int, int]:
        """The first line of the block of code around line `index`, and the one behind it."""
        block = bisect_right(self.code_starts, index) - 1
        return self.code_starts[block], self.code_ends[block]

    def table_at(self, index: int) -> tuple[int, int]:
        """The first line of the table around line `index`, and the one behind it: a long one is
        drawn in pieces."""
        first, end = index, index + 1
        while first > 0 and self._continues_table(first):
            first -= 1
        while end < len(self.lines) and self._continues_table(end):
            end += 1
        return first, end

    def table_rows(self, index: int) -> list[list[str]]:
        """The words of all cells of the table around line `index`."""
        lines = self.lines[slice(*self.table_at(index))]
        return [row for line in lines if line.table is not None for row in line.table.texts]

    def _continues_table(self, index: int) -> bool:
        line, before = self.lines[index], self.lines[index - 1]
        return line.kind is Kind.TABLE and line.joint is not None and before.kind is Kind.TABLE

    def code_text(self, first: int) -> str:
        """The source of the block of code that opens with line `first`."""
        parts: list[str] = []
        for index in range(*self.code_at(first)):
            line = self.lines[index]
            if parts and line.joint is None:
                parts.append("\n")
            parts.append(line.text)
        return "".join(parts)
