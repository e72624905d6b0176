"""A drop-down list whose arrow is one of our icons."""

from __future__ import annotations

from PySide6.QtCore import QPoint
from PySide6.QtGui import QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QComboBox, QStyledItemDelegate, QWidget

from app.ui.appearance import Appearance
from app.ui.theme import pixmap

_ARROW = 16


class Choice(QComboBox):
    """Turning the wheel over it scrolls the page rather than changing the value."""

    def __init__(self, look: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        # The plain delegate of a combo box knows nothing of the stylesheet's padding.
        self.setItemDelegate(QStyledItemDelegate(self))
        self.view().setAccessibleName(self.tr("Choices"))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Left to the page."""
        event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The field as the stylesheet has it, and the arrow."""
        super().paintEvent(event)
        painter = QPainter(self)
        arrow = pixmap(
            "chevron-down", self._look.theme.text_second, _ARROW, self.devicePixelRatioF()
        )
        place = QPoint(self.width() - _ARROW - 8, (self.height() - _ARROW) // 2)
        painter.drawPixmap(place, arrow)
