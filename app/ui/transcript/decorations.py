"""Paints what surrounds the words of a message: grounds of code, quotes, list markers, rules."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil, floor
from typing import cast

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QTextBlock, QTextCursor, QTextTable

from app.ui.markdown.document import MessageDocument
from app.ui.markdown.formats import Formats
from app.ui.markdown.values import Kind, Line, Marker

_BAR = 3
_CARET = 2
_OUTSIDE = 40


@dataclass(frozen=True, slots=True)
class CodeBlock:
    """A block of code: its first line in the document, and its ground."""

    first: int
    language: str
    ground: QRectF


def paint(painter: QPainter, document: MessageDocument, clip: QRectF, unnamed: str) -> None:
    """Paint all decorations that touch `clip`; `unnamed` is the label of code without one."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for block in code_blocks(document, clip):
        _paint_code(painter, document.formats, block, clip, unnamed)
    for index in lines_within(document, clip):
        line = document.lines[index]
        if "q" in line.path:
            _paint_bars(painter, document, index, line)
        if line.kind is Kind.RULE:
            _paint_rule(painter, document, index, line)
        for marker in line.markers:
            _paint_marker(painter, document, index, line, marker)


def paint_caret(painter: QPainter, document: MessageDocument) -> None:
    """Paint the soft caret behind the last word."""
    place = caret_area(document)
    colour = QColor(document.formats.theme.accent)
    colour.setAlphaF(0.75)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawRoundedRect(place, 1, 1)


def caret_area(document: MessageDocument) -> QRectF:
    """Where the caret behind the last word stands."""
    block = document.lastBlock()
    layout = block.layout()
    area = document.documentLayout().blockBoundingRect(block)
    count = layout.lineCount()
    height = QFontMetricsF(document.formats.body).height()
    if count == 0:
        return QRectF(area.left(), area.top(), _CARET, height)
    line = layout.lineAt(count - 1)
    height = min(height, line.height())
    words = line.naturalTextRect()
    rightmost = block.textDirection() is Qt.LayoutDirection.RightToLeft
    x = words.left() - 2 * _CARET if rightmost else words.right() + _CARET
    bottom = area.top() + line.y() + line.ascent() + line.descent()
    return QRectF(area.left() + x, bottom - height, _CARET, height)


def lines_within(document: MessageDocument, clip: QRectF) -> range:
    """The indices of the lines that touch `clip`, and of one more on either side: what
    surrounds a line reaches beyond its words."""
    layout, count = document.documentLayout(), len(document.lines)

    def top(index: int) -> float:
        return layout.blockBoundingRect(document.findBlock(document.starts[index])).top()

    # The layout's own search visits all blocks from one of its few marks on.
    first = bisect_right(range(count), clip.top(), key=top) - 1
    last = bisect_right(range(count), clip.bottom(), lo=max(0, first), key=top) - 1
    return range(max(0, first - 1), min(count, last + 2))


def area_of(document: MessageDocument, index: int) -> QRectF:
    """The area of a line; of the first and last line of code with header and padding."""
    line = document.lines[index]
    layout = document.documentLayout()
    if line.kind is Kind.TABLE:
        return _table_area(document, index)
    area = layout.blockBoundingRect(document.findBlock(document.starts[index]))
    if line.kind is Kind.CODE:
        formats = document.formats
        following = document.lines[index + 1] if index + 1 < len(document.lines) else None
        is_last = following is None or following.kind is not Kind.CODE or following.opens
        top = formats.code_header if line.opens else 0
        area.adjust(0, -top, 0, formats.code_padding if is_last else 0)
    return area


def _table_area(document: MessageDocument, index: int) -> QRectF:
    """Where a table is: Qt's own answer is off by the padding of a cell and has the margins."""
    cursor = QTextCursor(document)
    cursor.setPosition(document.starts[index] + 1)
    table = cast("QTextTable | None", cursor.currentTable())
    if table is None:
        return QRectF()
    layout = document.documentLayout()
    look, cell = table.format(), table.cellAt(0, 0)
    padding = cell.format().toTableCellFormat().topPadding() + look.border()
    first = layout.blockBoundingRect(cell.firstCursorPosition().block())
    area = layout.frameBoundingRect(table)
    height = area.height() - look.topMargin() - look.bottomMargin()
    return QRectF(look.leftMargin(), first.top() - padding, area.width(), height)


def code_blocks(document: MessageDocument, clip: QRectF) -> Iterator[CodeBlock]:
    """The blocks of code that touch `clip`."""
    if not document.code_starts:
        return
    within = lines_within(document, clip)
    block = max(0, bisect_right(document.code_starts, within.start) - 1)
    while block < len(document.code_starts) and document.code_starts[block] < within.stop:
        first, end = document.code_starts[block], document.code_ends[block]
        block += 1
        top, bottom = area_of(document, first).top(), area_of(document, end - 1).bottom()
        if top < clip.bottom() and bottom > clip.top():
            line = document.lines[first]
            left = document.formats.indent(line.path)
            ground = QRectF(left, top, document.textWidth() - left, bottom - top)
            yield CodeBlock(first, line.language, ground)


def _paint_code(
    painter: QPainter, formats: Formats, block: CodeBlock, clip: QRectF, unnamed: str
) -> None:
    theme = formats.theme
    painter.setPen(QPen(QColor(theme.line), 1))
    painter.setBrush(QColor(theme.code))
    ground = block.ground.adjusted(0.5, 0.5, -0.5, -0.5)
    # Smoothing the edges of what is far out of sight takes its time as well.
    seen = ground.intersected(clip.adjusted(-_OUTSIDE, -_OUTSIDE, _OUTSIDE, _OUTSIDE))
    painter.drawRoundedRect(seen, theme.radius_card, theme.radius_card)
    painter.setFont(formats.meta)
    painter.setPen(QColor(theme.text_second))
    header = QRectF(ground.left(), ground.top(), ground.width(), formats.code_header)
    header.adjust(formats.code_padding, 0, -formats.code_padding, 0)
    painter.drawText(
        header,
        int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter),
        block.language or unnamed,
    )


def _paint_bars(painter: QPainter, document: MessageDocument, index: int, line: Line) -> None:
    formats = document.formats
    area = area_of(document, index)
    colour = QColor(formats.theme.line_strong)
    mirrored = _is_mirrored(document, index)
    for depth, letter in enumerate(line.path):
        if letter != "q":
            continue
        top = area.top()
        inside = line.path[: depth + 1]
        if index > 0 and document.lines[index - 1].path.startswith(inside):
            top = area_of(document, index - 1).bottom()
        x = float(formats.indent(line.path[:depth]))
        if mirrored:
            x = document.textWidth() - x - _BAR
        # In whole pixels, so that no seam shows between two lines.
        painter.fillRect(
            QRect(round(x), floor(top), _BAR, ceil(area.bottom()) - floor(top)), colour
        )


def _paint_rule(painter: QPainter, document: MessageDocument, index: int, line: Line) -> None:
    painter.setPen(QPen(QColor(document.formats.theme.line), 1))
    # Its height is that of its line, which is none to speak of, not that of its font.
    left, y = document.formats.indent(line.path), round(area_of(document, index).top()) + 0.5
    painter.drawLine(QPointF(left, y), QPointF(document.textWidth(), y))


def _paint_marker(
    painter: QPainter, document: MessageDocument, index: int, line: Line, marker: Marker
) -> None:
    formats = document.formats
    block = document.findBlock(document.starts[index])
    baseline = _baseline(document, block)
    edge = float(formats.indent(line.path[: marker.depth + 1]) - formats.scaled(8))
    mirrored = _is_mirrored(document, index)
    colour = QColor(formats.theme.text_second)
    size = formats.scaled(formats.theme.text_body)
    if marker.text[:1].isdigit():
        painter.setFont(formats.body)
        painter.setPen(colour)
        width = QFontMetricsF(formats.body).horizontalAdvance(marker.text)
        x = document.textWidth() - edge if mirrored else edge - width
        painter.drawText(QPointF(x, baseline), marker.text)
        return
    side = size * (0.86 if marker.text.startswith("[") else 0.36)
    x = document.textWidth() - edge if mirrored else edge - side
    middle = baseline - size * 0.36
    area = QRectF(x, middle - side / 2, side, side)
    if marker.text.startswith("["):
        _paint_box(painter, formats, area, is_done=marker.text == "[x]")
        return
    outer = line.path[: marker.depth]
    _paint_bullet(painter, colour, area, len(outer) - outer.count("q"))


def _paint_bullet(painter: QPainter, colour: QColor, area: QRectF, depth: int) -> None:
    """A disc, inside it a ring, inside that a square."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    if depth >= 2:
        painter.drawRect(area.adjusted(0.5, 0.5, -0.5, -0.5))
        return
    if depth == 1:
        painter.setPen(QPen(colour, 1.2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        area = area.adjusted(0.3, 0.3, -0.3, -0.3)
    painter.drawEllipse(area)


def _paint_box(painter: QPainter, formats: Formats, area: QRectF, *, is_done: bool) -> None:
    theme = formats.theme
    painter.setPen(QPen(QColor(theme.accent if is_done else theme.line_strong), 1.2))
    painter.setBrush(QColor(theme.accent) if is_done else Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(area, 3, 3)
    if is_done:
        painter.setPen(QPen(QColor(theme.on_accent), 1.6))
        x, y, side = area.x(), area.y(), area.width()
        turn = QPointF(x + side * 0.43, y + side * 0.70)
        painter.drawLine(QPointF(x + side * 0.22, y + side * 0.50), turn)
        painter.drawLine(turn, QPointF(x + side * 0.78, y + side * 0.30))


def _baseline(document: MessageDocument, block: QTextBlock) -> float:
    area = document.documentLayout().blockBoundingRect(block)
    layout = block.layout()
    if layout.lineCount() == 0:
        return area.bottom()
    line = layout.lineAt(0)
    return area.top() + line.y() + line.ascent()


def _is_mirrored(document: MessageDocument, index: int) -> bool:
    block = document.findBlock(document.starts[index])
    return block.textDirection() is Qt.LayoutDirection.RightToLeft
