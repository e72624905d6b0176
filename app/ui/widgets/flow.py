"""A row of widgets that goes on below where the room ends, after Qt's flow layout example."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem
from shiboken6 import isValid

_GAP = 8


class Flow(QLayout):
    """Each widget at its wanted size, from the left or, with `at_right`, against the right."""

    def __init__(self, *, at_right: bool = False) -> None:
        super().__init__()
        self._items: list[QLayoutItem] = []
        self._at_right = at_right
        self.setContentsMargins(0, 0, 0, 0)

    def addItem(self, item: QLayoutItem) -> None:
        """See `QLayout`."""
        self._items.append(item)

    def count(self) -> int:
        """See `QLayout`."""
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        """See `QLayout`."""
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        """See `QLayout`."""
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        """It takes no more room than it needs."""
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        """The narrower, the more lines."""
        return True

    def heightForWidth(self, width: int) -> int:
        """See `QLayout`."""
        return sum(line.height() for line in self._lines(width)) + self._gaps(width)

    def sizeHint(self) -> QSize:
        """One line."""
        wanted = [item.sizeHint() for item in self._shown()]
        width = sum(size.width() for size in wanted) + _GAP * max(0, len(wanted) - 1)
        return QSize(width, max((size.height() for size in wanted), default=0))

    def minimumSize(self) -> QSize:
        """The widest of its widgets."""
        wanted = [item.minimumSize() for item in self._shown()]
        width = max((size.width() for size in wanted), default=0)
        return QSize(width, max((size.height() for size in wanted), default=0))

    def setGeometry(self, place: QRect) -> None:
        """See `QLayout`."""
        super().setGeometry(place)
        top = place.top()
        for line in self._lines(place.width()):
            left = place.right() + 1 - line.width() if self._at_right else place.left()
            for item in line.items:
                size = self._size_of(item, place.width())
                corner = QPoint(left, top + (line.height() - size.height()) // 2)
                item.setGeometry(QRect(corner, size))
                left += size.width() + _GAP
            top += line.height() + _GAP

    def _shown(self) -> list[QLayoutItem]:
        # While what it belongs to is being deleted, Qt asks once more, for items that are gone.
        return [item for item in self._items if isValid(item) and not item.isEmpty()]

    def _gaps(self, width: int) -> int:
        return _GAP * max(0, len(list(self._lines(width))) - 1)

    def _lines(self, width: int) -> Iterator[_Line]:
        line = _Line(width)
        for item in self._shown():
            size = self._size_of(item, width)
            if not line.fits(size):
                yield line
                line = _Line(width)
            line.add(item, size)
        if line.items:
            yield line

    @staticmethod
    def _size_of(item: QLayoutItem, width: int) -> QSize:
        size = item.sizeHint()
        return QSize(min(size.width(), width), size.height())


class _Line:
    """Widgets that stand beside each other."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._width = 0
        self._height = 0
        self.items: list[QLayoutItem] = []

    def fits(self, size: QSize) -> bool:
        return not self.items or self._width + _GAP + size.width() <= self._room

    def add(self, item: QLayoutItem, size: QSize) -> None:
        self._width += size.width() + (_GAP if self.items else 0)
        self._height = max(self._height, size.height())
        self.items.append(item)

    def width(self) -> int:
        return self._width

    def height(self) -> int:
        return self._height
