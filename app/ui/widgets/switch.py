"""A switch for a setting that is on or off: a check box in another dress."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QCheckBox

from app.ui.appearance import Appearance

_SIZE = QSize(44, 28)
_DISABLED = 0.45


class Switch(QCheckBox):
    """Drawn with the theme's colours; its position and its ground both say which it is."""

    def __init__(self, look: Appearance) -> None:
        super().__init__()
        self._look = look
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def sizeHint(self) -> QSize:
        """Room for the track and the ring of focus."""
        return _SIZE

    def hitButton(self, position: QPoint) -> bool:
        """All of it can be clicked."""
        return self.rect().contains(position)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        """A track with a knob, a ring around it while it has the keyboard."""
        theme = self._look.theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setOpacity(1.0 if self.isEnabled() else _DISABLED)
        track = QRectF(4, (self.height() - 20) / 2, 36, 20)
        if self.hasFocus():
            painter.setPen(QPen(QColor(theme.focus), 2))
            painter.drawRoundedRect(track.adjusted(-3, -3, 3, 3), 13, 13)
        on = self.isChecked()
        painter.setPen(QPen(QColor(theme.accent if on else theme.line_strong), 1))
        painter.setBrush(QColor(theme.accent if on else theme.surface))
        painter.drawRoundedRect(track, 10, 10)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.on_accent if on else theme.line_strong))
        left = track.right() - 17 if on else track.left() + 3
        painter.drawEllipse(QRectF(left, track.top() + 3, 14, 14))
