"""What stands beside the chat: a page is a heading, and one centred column that scrolls."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from app.ui.appearance import Appearance
from app.ui.widgets.buttons import tool
from app.ui.widgets.labels import label


class Screen(QWidget):
    """Takes the place of the chat.

    Signals:
        left: the person wants to go back to the chat.
        shown: it came to the front.
        rearranged: it has new controls, which Tab would visit last of all.
    """

    left = Signal()
    shown = Signal()
    rearranged = Signal()

    def __init__(self, look: Appearance, title: str) -> None:
        super().__init__()
        self.look = look
        self.setObjectName("page")
        self.setAccessibleName(title)
        self.back = tool(look, "arrow-left", self.tr("Back to the chat (Esc)"), self.left.emit)

    def on_shown(self) -> None:
        """Called each time it comes to the front; it reads its facts here."""
        self.shown.emit()

    def go_to(self, part: str) -> None:
        """Show the part of that name, where it has parts."""


class Page(Screen):
    """What it shows goes into `column`, what stays in sight into `above`."""

    def __init__(self, look: Appearance, title: str) -> None:
        super().__init__(look, title)
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, 0, 8)
        head.addWidget(self.back)
        head.addWidget(label(title, "title"))
        head.addStretch(1)
        self.head = head
        self.column = QVBoxLayout()
        self.column.setSpacing(12)
        inner = QVBoxLayout()
        inner.addLayout(head)
        inner.addLayout(self.column)
        inner.addStretch(1)
        body = ScrollBody()
        body.setObjectName("scrollBody")
        body.setLayout(centred(inner, look.theme.column_width))
        self.area = QScrollArea()
        self.area.setObjectName("scroll")
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setWidget(body)
        self.above = QVBoxLayout()
        self.above.setContentsMargins(12, 0, 12, 0)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addLayout(self.above)
        outer.addWidget(self.area)


class ScrollBody(QWidget):
    """As high as its words are at its width: a wrapped label alone asks for far more."""

    def minimumSizeHint(self) -> QSize:
        """No height of its own; see the class."""
        return QSize(super().minimumSizeHint().width(), 0)


def centred(inner: QVBoxLayout, width: int) -> QHBoxLayout:
    """`inner` in the middle, at most `width` pixels wide."""
    holder = QWidget()
    holder.setMaximumWidth(width)
    holder.setLayout(inner)
    inner.setContentsMargins(0, 0, 0, 0)
    row = QHBoxLayout()
    row.setContentsMargins(24, 20, 24, 24)
    row.addStretch(1)
    row.addWidget(holder, 1000)
    row.addStretch(1)
    return row


def card() -> tuple[QFrame, QVBoxLayout]:
    """A card and the layout of what stands on it."""
    frame = QFrame()
    return frame, card_column(frame)


def card_column(frame: QFrame) -> QVBoxLayout:
    """Make a card of `frame`; returns the layout of what stands on it."""
    frame.setProperty("role", "card")
    layout = QVBoxLayout(frame)
    layout.setContentsMargins(16, 14, 16, 14)
    layout.setSpacing(8)
    return layout


def rule() -> QFrame:
    """A line between the rows of a card."""
    line = QFrame()
    line.setProperty("role", "rule")
    line.setFixedHeight(1)
    return line


def empty(layout: QVBoxLayout | QHBoxLayout) -> None:
    """Take everything out of `layout` and delete it."""
    while (item := layout.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.hide()
            widget.deleteLater()
