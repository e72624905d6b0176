"""A small panel above the place that was clicked; it closes on Escape or a click elsewhere."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal, SignalInstance
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from app.ui.appearance import Appearance
from app.ui.status.privacy import PrivacyState
from app.ui.widgets.buttons import push
from app.ui.widgets.flow import Flow
from app.ui.widgets.labels import label
from app.ui.widgets.page import ScrollBody, empty

_WIDTH = 420
_GAP = 6


class PrivacyPopover(QFrame):
    """Says in plain words what the chip means, also when that changes while it is open.

    Signals:
        more_wanted: the person wants to see the Privacy page.
        proof_wanted: the person wants it proven.
        closed: it is away.
    """

    more_wanted = Signal()
    proof_wanted = Signal()
    closed = Signal()

    def __init__(
        self, look: Appearance, state: PrivacyState, parent: QWidget, *, can_prove: bool
    ) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self._anchor = parent
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setProperty("role", "popover")
        words = ScrollBody()
        words.setObjectName("popoverBody")
        self._words = QVBoxLayout(words)
        self._words.setContentsMargins(0, 0, 0, 0)
        self._words.setSpacing(8)
        # Large text in a small window: the words scroll, the buttons stay.
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setWidget(words)
        self.prove = push(look, self.tr("Prove it"), icon="shield-check")
        self.prove.clicked.connect(lambda: self._leave(self.proof_wanted))
        if not can_prove:
            self.prove.hide()
        self.more = push(look, self.tr("Open the Privacy page"), "quiet", icon="shield")
        self.more.clicked.connect(lambda: self._leave(self.more_wanted))
        self._buttons = Flow()
        self._buttons.addWidget(self.prove)
        self._buttons.addWidget(self.more)
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 12)
        column.setSpacing(10)
        column.addWidget(self._area, 1)
        column.addLayout(self._buttons)
        room = parent.window().width() - 2 * _GAP
        self.setFixedWidth(min(look.scaled(_WIDTH), room))
        self.show_state(state)

    def show_state(self, state: PrivacyState) -> None:
        """Say what holds now."""
        self.setAccessibleName(state.word)
        self.setAccessibleDescription(" ".join((*state.facts, *state.check)))
        empty(self._words)
        self._words.addWidget(label(state.word, "heading", wrap=True))
        for fact in state.facts:
            self._words.addWidget(label(fact, wrap=True))
        self._words.addWidget(label(self.tr("How to check it"), "group"))
        for way in state.check:
            self._words.addWidget(label(way, "second", wrap=True))
        self._words.addStretch(1)
        if self.isVisible():
            self._place()

    def show_above(self, anchor: QWidget) -> None:
        """Open over `anchor`, inside its window."""
        self._anchor = anchor
        self.ensurePolished()
        self._place()
        self.show()
        (self.prove if self.prove.isVisible() else self.more).setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and Down scroll the words."""
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        bar = self._area.verticalScrollBar()
        if (step := steps.get(Qt.Key(event.key()))) is not None:
            bar.setValue(bar.value() + step * 3 * bar.singleStep())
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Says so."""
        super().closeEvent(event)
        self.closed.emit()

    def _place(self) -> None:
        # What is not polished yet would be measured with another text size.
        for part in self.findChildren(QWidget):
            part.ensurePolished()
        margins = self._column.contentsMargins()
        width = self.width() - margins.left() - margins.right()
        height = margins.top() + margins.bottom() + self._column.spacing()
        height += self._words.heightForWidth(width) + self._buttons.heightForWidth(width) + 2
        window = self._anchor.window()
        above = self._anchor.mapTo(window, QPoint(0, 0)).y() - 2 * _GAP
        self.setFixedHeight(min(height, max(above, 120)))
        corner = self._anchor.mapToGlobal(QPoint(0, -self.height() - _GAP))
        left = window.mapToGlobal(QPoint(_GAP, 0)).x()
        self.move(max(corner.x(), left), max(corner.y(), 0))

    def _leave(self, said: SignalInstance) -> None:
        self.close()
        said.emit()
