"""The small sign under the pointer while conversations are dragged."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QWidget

from app.ui.appearance import Appearance

_WIDEST, _PADDING, _HEIGHT = 200, 10, 30


def sign(look: Appearance, words: str, widget: QWidget) -> QPixmap:
    """`words` on a card, as sharp as the screen of `widget`."""
    theme, metrics = look.theme, widget.fontMetrics()
    shown = metrics.elidedText(words, Qt.TextElideMode.ElideRight, look.scaled(_WIDEST))
    width = metrics.horizontalAdvance(shown) + 2 * _PADDING
    height, ratio = look.scaled(_HEIGHT), widget.devicePixelRatioF()
    picture = QPixmap(round(width * ratio), round(height * ratio))
    picture.setDevicePixelRatio(ratio)
    # Opaque to its corners: not every screen mixes what is dragged with what is under it.
    picture.fill(QColor(theme.surface))
    painter = QPainter(picture)
    painter.setFont(widget.font())
    painter.setPen(QPen(QColor(theme.line_strong), 1))
    painter.drawRect(QRectF(0.5, 0.5, width - 1, height - 1))
    painter.setPen(QColor(theme.text))
    painter.drawText(QRectF(0, 0, width, height), int(Qt.AlignmentFlag.AlignCenter), shown)
    painter.end()
    return picture
