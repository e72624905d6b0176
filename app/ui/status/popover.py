"""A small panel above the place that was clicked; it closes on Escape or a click elsewhere."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from app.ui.appearance import Appearance
from app.ui.status.privacy import PrivacyState
from app.ui.widgets.buttons import push
from app.ui.widgets.labels import label

_WIDTH = 400
_GAP = 6


class PrivacyPopover(QFrame):
    """Says in plain words what the chip means.

    Signals:
        more_wanted: the person wants to see the Privacy page.
    """

    more_wanted = Signal()

    def __init__(self, look: Appearance, state: PrivacyState, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setProperty("role", "popover")
        self.setAccessibleName(state.word)
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 12)
        column.setSpacing(8)
        column.addWidget(label(state.word, "heading"))
        for fact in state.facts:
            column.addWidget(label(fact, wrap=True))
        column.addSpacing(4)
        column.addWidget(label(self.tr("How to check it"), "group"))
        for way in state.check:
            column.addWidget(label(way, "second", wrap=True))
        self.more = push(look, self.tr("Open the Privacy page"), "quiet", icon="shield")
        self.more.clicked.connect(self._go)
        column.addWidget(self.more, 0, Qt.AlignmentFlag.AlignLeft)
        room = parent.window().width() - 2 * _GAP
        self.setFixedWidth(min(look.scaled(_WIDTH), room))

    def show_above(self, anchor: QWidget) -> None:
        """Open over `anchor`, inside its window."""
        self.adjustSize()
        self.setFixedHeight(self._column.heightForWidth(self.width()))
        corner = anchor.mapToGlobal(QPoint(0, -self.height() - _GAP))
        left = anchor.window().mapToGlobal(QPoint(_GAP, 0)).x()
        self.move(max(corner.x(), left), max(corner.y(), 0))
        self.show()
        self.more.setFocus()

    def _go(self) -> None:
        self.close()
        self.more_wanted.emit()
