"""The look of lines and runs as Qt's formats, made from the theme at one text size."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFont,
    QFontDatabase,
    QFontMetricsF,
    QGuiApplication,
    QTextBlockFormat,
    QTextCharFormat,
    QTextFrameFormat,
    QTextLength,
    QTextTableCellFormat,
    QTextTableFormat,
)

from app.ui.markdown.values import Align, Face, Kind, Line, Run
from app.ui.theme import Theme

# Deeper nesting is not indented any further, so that room for words is left.
_DEEPEST = 8
_ALIGNMENTS = {
    Align.NONE: Qt.AlignmentFlag.AlignLeft,
    Align.LEFT: Qt.AlignmentFlag.AlignLeft,
    Align.CENTRE: Qt.AlignmentFlag.AlignHCenter,
    Align.RIGHT: Qt.AlignmentFlag.AlignRight,
}


class Formats:
    """Formats and distances in logical pixels for one theme and one text size (percent)."""

    def __init__(self, theme: Theme, percent: int = 100) -> None:
        self.theme = theme
        self.percent = percent
        # Room for a number of two digits and its dot; "w" is an item with a longer number.
        self.item_indent = self.scaled(theme.space_5 + theme.space_1)
        self.wide_indent = self.scaled(theme.space_5 + theme.space_5)
        self.quote_indent = self.scaled(theme.space_4)
        self.code_padding = self.scaled(theme.space_3)
        self.code_header = self.scaled(theme.space_6)
        self.body = self._font(theme.text_body)
        self.code = self._font(theme.text_code, fixed=True)
        self.meta = self._font(theme.text_meta)
        self.letter = QFontMetricsF(self.body).averageCharWidth()
        natural = QFontMetricsF(self.body).height()
        self.leading = max(0, round(theme.line_height * self.body.pixelSize() - natural))
        # Formats are asked for thousands of times per answer, and few of them differ.
        self.block = lru_cache(maxsize=512)(self._block)
        self.cell = lru_cache(maxsize=2)(self._cell)
        self.cell_block = lru_cache(maxsize=4)(self._cell_block)
        self.token = lru_cache(maxsize=32)(self._token)
        self._plain_characters = lru_cache(maxsize=512)(self._characters)

    def scaled(self, pixels: float) -> int:
        """`pixels` at the text size in force."""
        return round(pixels * self.percent / 100)

    def indent(self, path: str) -> int:
        """How far what stands in `path` is moved in."""
        shown = path[:_DEEPEST]
        return (
            shown.count("q") * self.quote_indent
            + shown.count("i") * self.item_indent
            + shown.count("w") * self.wide_indent
        )

    def gap(self, before: Line | None, line: Line) -> int:
        """The empty room between two lines; for code, with its header and padding."""
        theme = self.theme
        inner = self.code_header if line.kind is Kind.CODE and line.opens else 0
        if before is None:
            return inner
        if line.joint is not None or _is_same_block(before, line):
            return 0
        if before.kind is Kind.CODE:
            inner += self.code_padding
        if line.kind is Kind.HEADING:
            return inner + self.scaled(theme.space_5 if line.level < 3 else theme.space_4 + 4)
        if before.kind is Kind.HEADING:
            return inner + self.scaled(theme.space_2)
        if Kind.RULE in (line.kind, before.kind):
            return inner + self.scaled(theme.space_4)
        if line.markers and inner == 0:
            return self._gap_before_item(before, line)
        return inner + self.scaled(theme.space_3)

    def _gap_before_item(self, before: Line, line: Line) -> int:
        theme = self.theme
        if not before.is_in_list:
            return self.scaled(theme.space_2)
        begins_anew = line.markers[0].is_first and line.markers[0].depth == 0
        return self.scaled(theme.space_3 if begins_anew else theme.space_1)

    def characters(self, line: Line, run: Run) -> QTextCharFormat:
        """The look of `run` in `line`."""
        plain = self._plain_characters(line.kind, line.level, run.face, bool(run.href))
        if not run.href:
            return plain
        result = QTextCharFormat(plain)
        result.setAnchor(True)
        result.setAnchorHref(run.href)
        return result

    def table(self, path: str, gap: int, columns: list[float], share: float) -> QTextTableFormat:
        """A table of columns with these shares (percent of it) and this one of the width."""
        result = QTextTableFormat()
        result.setBorder(1)
        result.setBorderCollapse(True)
        result.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
        result.setBorderBrush(QBrush(QColor(self.theme.line)))
        result.setCellSpacing(0)
        result.setCellPadding(0)
        result.setTopMargin(gap)
        result.setLeftMargin(self.indent(path))
        result.setWidth(QTextLength(QTextLength.Type.PercentageLength, share))
        result.setColumnWidthConstraints(
            [QTextLength(QTextLength.Type.PercentageLength, width) for width in columns]
        )
        return result

    def _block(
        self, kind: Kind, level: int, path: str, gap: int, right_to_left: bool
    ) -> QTextBlockFormat:
        result = QTextBlockFormat()
        result.setTopMargin(gap)
        near, far = self.indent(path), 0
        if kind is Kind.CODE:
            near, far = near + self.code_padding, self.code_padding
        result.setLeftMargin(far if right_to_left else near)
        result.setRightMargin(near if right_to_left else far)
        result.setLayoutDirection(
            Qt.LayoutDirection.RightToLeft if right_to_left else Qt.LayoutDirection.LeftToRight
        )
        if kind is Kind.RULE:
            result.setLineHeight(1, QTextBlockFormat.LineHeightTypes.FixedHeight.value)
        else:
            result.setLineHeight(*self._line_height(self._font_of(kind, level)))
        if kind is Kind.HEADING:
            result.setHeadingLevel(level)
        if kind is Kind.MATH:
            result.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            # The drawing has its own height; more between the lines would be added to it.
            result.setLineHeight(100, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
        return result

    def _cell(self, is_header: bool) -> QTextTableCellFormat:
        """The room and the ground of a table's cell."""
        result = QTextTableCellFormat()
        across, down = self.scaled(self.theme.space_2 + 2), self.scaled(self.theme.space_1 + 1)
        result.setLeftPadding(across)
        result.setRightPadding(across)
        result.setTopPadding(down)
        result.setBottomPadding(down)
        if is_header:
            result.setBackground(QColor(self.theme.code))
        return result

    def _cell_block(self, align: Align) -> QTextBlockFormat:
        """How the words in a table's cell stand."""
        result = QTextBlockFormat()
        result.setAlignment(_ALIGNMENTS[align])
        result.setLineHeight(*self._line_height(self.body))
        return result

    def _characters(self, kind: Kind, level: int, face: Face, is_link: bool) -> QTextCharFormat:
        theme = self.theme
        font = QFont(self.code if Face.CODE in face else self._font_of(kind, level))
        if Face.BOLD in face:
            font.setWeight(QFont.Weight.Bold)
        font.setItalic(Face.ITALIC in face)
        font.setStrikeOut(Face.STRIKE in face)
        result = QTextCharFormat()
        result.setFont(font)
        colour = theme.text_second if kind in (Kind.NOTE, Kind.FOOTNOTE) else theme.text
        if is_link:
            colour = theme.link
            result.setFontUnderline(True)
        result.setForeground(QColor(colour))
        if Face.SUPER in face:
            result.setVerticalAlignment(QTextCharFormat.VerticalAlignment.AlignSuperScript)
        if Face.CODE in face:
            result.setBackground(QColor(theme.code))
        return result

    def _token(self, name: str) -> QTextCharFormat:
        """The colour of a class of tokens."""
        result = QTextCharFormat()
        result.setForeground(QColor(str(getattr(self.theme, f"code_{name}"))))
        return result

    def _font_of(self, kind: Kind, level: int) -> QFont:
        theme = self.theme
        if kind is Kind.CODE:
            return self.code
        if kind is Kind.HEADING:
            factors = (theme.heading_1, theme.heading_2, theme.heading_3)
            font = self._font(theme.text_body * (factors[level - 1] if level < 4 else 1.0))
            font.setWeight(QFont.Weight.DemiBold)
            return font
        return self.meta if kind in (Kind.NOTE, Kind.FOOTNOTE) else self.body

    def _font(self, pixels: float, *, fixed: bool = False) -> QFont:
        if fixed:
            font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        else:
            font = QFont(QGuiApplication.font())
        font.setPixelSize(max(1, self.scaled(pixels)))
        return font

    def _line_height(self, font: QFont) -> tuple[float, int]:
        """The theme's line height, which is a factor of the font size, as Qt counts it."""
        natural = QFontMetricsF(font).height() or 1.0
        factor = 100.0 * self.theme.line_height * font.pixelSize() / natural
        return max(100.0, factor), QTextBlockFormat.LineHeightTypes.ProportionalHeight.value


def _is_same_block(before: Line, line: Line) -> bool:
    if line.kind is Kind.CODE:
        return before.kind is Kind.CODE and not line.opens
    return line.kind is before.kind and line.kind in (Kind.PLAIN, Kind.FOOTNOTE)
