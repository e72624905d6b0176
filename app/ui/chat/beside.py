"""What is sent along with the words in the composer: a row each, above the field."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from app.core.draft import TextFile
from app.ui.appearance import Appearance
from app.ui.widgets.buttons import tool
from app.ui.widgets.labels import ElidedLabel, label

_SPACING = 4
_MOST_IN_SIGHT = 4
_LARGEST = 240


class BesideRow(QFrame):
    """A picture, what a kind of row puts behind it, and a way to take it back.

    `text` or `file` is what would be sent.

    Signals:
        removed: the person does not want to send it.
    """

    removed = Signal()
    text = ""
    file: TextFile | None = None

    def __init__(self, look: Appearance, *parts: QWidget, remove: str) -> None:
        super().__init__()
        self.setProperty("role", "strip")
        self.setProperty("tone", "plain")
        picture = label("")
        look.set_picture(picture, "file-text", "text_second", 16)
        self.cross = tool(look, "x", remove, self.removed.emit, size=16)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 4, 4, 4)
        row.setSpacing(8)
        for part in (picture, *parts, self.cross):
            row.addWidget(part, int(isinstance(part, ElidedLabel)))


class Pile(QScrollArea):
    """The rows from top to bottom, of many only some in sight; hidden while there are none."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[BesideRow] = []
        self._largest = _LARGEST
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._inside = QWidget()
        self._column = QVBoxLayout(self._inside)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(_SPACING)
        self.setWidget(self._inside)
        self._inside.setAutoFillBackground(False)
        self._inside.installEventFilter(self)
        bar = self.verticalScrollBar()
        # What comes last is what the person is busy with.
        bar.rangeChanged.connect(lambda _, end: bar.setValue(end))
        self.hide()

    def add(self, row: BesideRow) -> None:
        """Put a row below the others."""
        self.rows.append(row)
        self._column.addWidget(row)
        row.show()
        self._fit()

    def remove(self, row: BesideRow) -> None:
        """Take a row away."""
        self.rows.remove(row)
        self._column.removeWidget(row)
        row.hide()
        row.deleteLater()
        self._fit()

    def set_largest_height(self, height: int) -> None:
        """How high all of it may be."""
        self._largest = height
        self._fit()

    def minimumSizeHint(self) -> QSize:
        """As narrow as need be: what is in the rows is shortened."""
        return QSize(0, 0)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The rows want another height, for one with another size of the text."""
        if watched is self._inside and event.type() == QEvent.Type.LayoutRequest:
            self._fit()
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The rows are as wide as there is room."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        if not self.rows:
            # Asking for the viewport takes 17 ms the first time, before the window is painted.
            self.hide()
            return
        heights = [row.sizeHint().height() for row in self.rows]
        whole = sum(heights) + _SPACING * max(0, len(heights) - 1)
        self._inside.setFixedSize(self.viewport().width(), whole)
        seen = heights[:_MOST_IN_SIGHT]
        height = sum(seen) + _SPACING * max(0, len(seen) - 1)
        if len(heights) > _MOST_IN_SIGHT:
            # Half of one more says that there is more.
            height += _SPACING + heights[_MOST_IN_SIGHT] // 2
        height = min(height, max(self._largest, heights[0]))
        if self.height() != height:
            self.setFixedHeight(height)
        self.show()
