"""The field in which rules are written: line numbers, and marks on the lines with mistakes."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextBlock,
    QTextCursor,
    QTextFormat,
)
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QWidget

from app.ui.appearance import Appearance

_AIR = 8
_WHOLE_LINE = int(QTextFormat.Property.FullWidthSelection.value)


class RulesEditor(QPlainTextEdit):
    """Plain text with its line numbers; Tab leaves it, so that the keyboard is not caught."""

    def __init__(self, look: Appearance) -> None:
        super().__init__()
        self._look = look
        self._wrong: frozenset[int] = frozenset()
        self.setProperty("role", "field")
        self.setAccessibleName(self.tr("Rules as JSON"))
        self.setTabChangesFocus(True)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setCornerWidget(QWidget())
        self._numbers = _Numbers(self)
        self.blockCountChanged.connect(self._take_room)
        self.updateRequest.connect(self._scroll_numbers)
        look.changed.connect(self.restyle)
        self.restyle()

    def restyle(self) -> None:
        """Take the theme's sizes and colours."""
        font = QFont("monospace")
        font.setStyleHint(QFont.StyleHint.Monospace)
        font.setPixelSize(self._look.scaled(self._look.theme.text_code))
        self.setFont(font)
        self._numbers.setFont(font)
        self._take_room()
        self.mark(self._wrong)

    def mark(self, lines: Iterable[int]) -> None:
        """Show that these lines, counted from 1, hold mistakes."""
        self._wrong = frozenset(lines)
        selections = []
        for line in sorted(self._wrong):
            block = self.document().findBlockByNumber(line - 1)
            if block.isValid():
                selection = QTextEdit.ExtraSelection()
                selection.cursor = QTextCursor(block)
                selection.format.setBackground(QColor(self._look.theme.failure))
                selection.format.setProperty(_WHOLE_LINE, True)
                selections.append(selection)
        self.setExtraSelections(selections)
        self._numbers.update()

    def go_to(self, line: int) -> None:
        """Put the cursor into a line, and the keyboard here."""
        self.reveal(line)
        self.setFocus()

    def reveal(self, line: int) -> None:
        """Put the cursor into a line."""
        block = self.document().findBlockByNumber(line - 1)
        if block.isValid():
            self.setTextCursor(QTextCursor(block))

    @property
    def numbers_width(self) -> int:
        """The room that the line numbers need."""
        digits = max(2, len(str(self.blockCount())))
        return self.fontMetrics().horizontalAdvance("9" * digits) + 2 * _AIR

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The numbers are as high as the field."""
        super().resizeEvent(event)
        inside = self.contentsRect()
        self._numbers.setGeometry(
            QRect(inside.left(), inside.top(), self.numbers_width, inside.height())
        )

    def paint_numbers(self, event: QPaintEvent) -> None:
        """Draw the number of every line in sight; those of wrong lines stand out."""
        theme = self._look.theme
        painter = QPainter(self._numbers)
        painter.fillRect(event.rect(), QColor(theme.code))
        for block, top, height in self._blocks_in_sight(event.rect()):
            line = block.blockNumber() + 1
            wrong = line in self._wrong
            painter.setPen(QColor(theme.error if wrong else theme.text_second))
            font = QFont(self.font())
            font.setBold(wrong)
            painter.setFont(font)
            box = QRect(0, top, self._numbers.width() - _AIR, height)
            painter.drawText(box, int(Qt.AlignmentFlag.AlignRight), str(line))

    def _blocks_in_sight(self, rect: QRect) -> list[tuple[QTextBlock, int, int]]:
        found: list[tuple[QTextBlock, int, int]] = []
        block = self.firstVisibleBlock()
        while block.isValid():
            box = self.blockBoundingGeometry(block).translated(self.contentOffset())
            if box.top() > rect.bottom():
                break
            if block.isVisible():
                found.append((block, round(box.top()), round(box.height())))
            block = block.next()
        return found

    def _take_room(self) -> None:
        self.setViewportMargins(self.numbers_width, 0, 0, 0)

    def _scroll_numbers(self, rect: QRect, dy: int) -> None:
        if dy:
            self._numbers.scroll(0, dy)
        else:
            self._numbers.update(0, rect.y(), self._numbers.width(), rect.height())


class _Numbers(QWidget):
    """The strip at the left of the editor."""

    def __init__(self, editor: RulesEditor) -> None:
        super().__init__(editor)
        self._editor = editor

    def sizeHint(self) -> QSize:
        return QSize(self._editor.numbers_width, 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        self._editor.paint_numbers(event)
