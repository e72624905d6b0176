"""Draws the formulas of a document, each in the place of one sign, on the line of the words."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QByteArray, QRect, QRectF, QSizeF
from PySide6.QtGui import (
    QFontMetrics,
    QFontMetricsF,
    QPainter,
    QPyTextObject,
    QTextCharFormat,
    QTextDocument,
    QTextFormat,
)
from PySide6.QtSvg import QSvgRenderer

from app.ui.markdown.formulas import Formula, Key, formulas

_TYPE = QTextFormat.ObjectTypes.UserObject.value + 1
_SOURCE, _BY_ITSELF, _COLOUR, _WRITTEN = (
    QTextFormat.Property.UserProperty.value + n for n in range(4)
)
# The letters of the formulas' font are smaller than those of most others.
_SIZE = 1.08
_SMALLEST = 0.3
# In units of the font's size.
_SHALLOW = 0.35


def math_format(words: QTextCharFormat, key: Key, written: str) -> QTextCharFormat:
    """The format of a formula among `words`; `written` is what a copy of it gives."""
    result = QTextCharFormat(words)
    result.setObjectType(_TYPE)
    formula = formulas().get(key)
    if formula is not None and _is_deep(formula, key):
        result.setVerticalAlignment(QTextCharFormat.VerticalAlignment.AlignMiddle)
    result.setProperty(_SOURCE, key[0])
    result.setProperty(_BY_ITSELF, key[1])
    result.setProperty(_COLOUR, words.foreground().color().name())
    result.setProperty(_WRITTEN, written)
    return result


def written_formula(look: QTextCharFormat) -> str:
    """The source of a formula with its signs around it, "" where `look` is that of words."""
    return str(look.property(_WRITTEN)) if look.objectType() == _TYPE else ""


class MathObject(QPyTextObject):
    """Knows how large formulas are, and paints them."""

    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)
        self._document = document
        document.documentLayout().registerHandler(_TYPE, self)

    def intrinsicSize(self, document: QTextDocument, place: int, look: QTextFormat) -> QSizeF:  # noqa: ARG002
        """As wide as it is drawn, and as high as Qt has to know.

        Qt puts such an object on the line that letters stand on, with nothing below that; what
        a shallow formula has there fits between two lines. It puts the middle of a deep one on
        that of the line, so the height is such that the letters come to stand on theirs.
        """
        formula = _formula_of(look)
        if formula is None:
            return QSizeF(0, 0)
        unit, middle = self._unit(look, formula), _middle(look)
        above, below = formula.ascent * unit, formula.descent * unit
        if look.property(_BY_ITSELF):
            height = above + below
        elif _is_deep(formula, _key_of(look)):
            height = max(2 * above - middle, 2 * below + middle)
        else:
            height = above
        return QSizeF(formula.width * unit, height)

    def drawObject(
        self,
        painter: QPainter,
        area: QRectF | QRect,
        document: QTextDocument,  # noqa: ARG002
        place: int,  # noqa: ARG002
        look: QTextFormat,
    ) -> None:
        """Paint it so that its letters stand on the line of the words."""
        formula = _formula_of(look)
        if formula is None:
            return
        unit = self._unit(look, formula)
        area = QRectF(area)
        height = (formula.ascent + formula.descent) * unit
        top = area.top()
        if _is_deep(formula, _key_of(look)):
            top = area.center().y() + _centre(look, area.height()) - formula.ascent * unit
        target = QRectF(area.left(), top, formula.width * unit, height)
        _renderer(formula.svg, str(look.property(_COLOUR))).render(painter, target)

    def _unit(self, look: QTextFormat, formula: Formula) -> float:
        """Pixels to a unit of the drawing: less than the words have where it would not fit."""
        font = look.toCharFormat().font()
        wanted = font.pixelSize() * _SIZE
        room = self._document.textWidth() * 0.96
        if room <= 0 or formula.width * wanted <= room:
            return wanted
        return max(wanted * _SMALLEST, room / formula.width)


def _key_of(look: QTextFormat) -> Key:
    return str(look.property(_SOURCE)), bool(look.property(_BY_ITSELF))


def _formula_of(look: QTextFormat) -> Formula | None:
    return formulas().get(_key_of(look))


def _is_deep(formula: Formula, key: Key) -> bool:
    """Whether more of it is below the line of the words than fits between two lines."""
    return not key[1] and formula.descent > _SHALLOW


def _middle(look: QTextFormat) -> float:
    """Qt's own measure: half the height of an x."""
    return QFontMetrics(look.toCharFormat().font()).xHeight() / 2


def _centre(look: QTextFormat, height: float) -> float:
    """How far the middle of a line is above what its letters stand on, where an object of this
    height is in it; there Qt puts the middle of the object."""
    metrics, middle = QFontMetricsF(look.toCharFormat().font()), _middle(look)
    above = max(metrics.ascent(), (height + middle) / 2)
    return (above - max(metrics.descent(), (height - middle) / 2)) / 2


@lru_cache(maxsize=256)
def _renderer(svg: str, colour: str) -> QSvgRenderer:
    return QSvgRenderer(QByteArray(svg.replace('fill="black"', f'fill="{colour}"').encode()))
