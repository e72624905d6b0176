"""A line of a message that unfolds a text of its own below itself."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QRectF, Qt, Signal
from PySide6.QtWidgets import QToolButton, QWidget

from app.ui.markdown.formats import Formats
from app.ui.theme import icon
from app.ui.transcript.body import Body

# The button's own padding, so that its picture stands at the edge of the column.
_PADDING = 8


class Fold(QToolButton):
    """The line; what is unfolded is its neighbour, not its child.

    Signals:
        turned: it was folded or unfolded.
        menu_wanted: the global place for a menu.
    """

    turned = Signal()
    menu_wanted = Signal(QPoint)

    def __init__(self, parent: QWidget, hint: str) -> None:
        super().__init__(parent)
        self._holder = parent
        self._words = ""
        self.body: Body | None = None
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setToolTip(hint)
        self.clicked.connect(self.turn)

    @property
    def is_open(self) -> bool:
        """Whether it is to be unfolded."""
        raise NotImplementedError

    def set_open(self, *, on: bool) -> None:
        """Remember whether it is to be unfolded."""
        raise NotImplementedError

    def make_body(self) -> Body:
        """What is unfolded."""
        raise NotImplementedError

    def show_words(self, words: str, formats: Formats) -> None:
        """Show `words` in the line, and unfold what is to be unfolded."""
        self._words = words
        self.setText(words)
        state = self.tr("unfolded") if self.is_open else self.tr("folded")
        self.setAccessibleName(f"{words}, {state}")
        picture = "chevron-down" if self.is_open else "chevron-right"
        self.setIcon(icon(picture, formats.theme.text_second))
        if self.is_open and self.body is None:
            self.body = self.make_body()
            self.body.text.menu_wanted.connect(self.menu_wanted)
            self.body.text.show()

    def turn(self) -> None:
        """Fold or unfold."""
        self.set_open(on=not self.is_open)
        if not self.is_open and self.body is not None:
            self.body.text.hide()
            self.body.text.deleteLater()
            self.body = None
        self.turned.emit()

    def arrange(
        self, formats: Formats, place: QPoint, width: int, *, at_right: bool = False
    ) -> int:
        """Place the line and what is unfolded below `place`, the line `at_right` of the column
        where wanted; returns the height in pixels.
        """
        theme = formats.theme
        self._shorten(width)
        size = self.sizeHint()
        line = min(size.width(), width)
        x = place.x() + width - line if at_right else place.x() - _PADDING
        self.setGeometry(x, place.y(), line, size.height())
        height = size.height() + theme.space_1
        if self.body is not None:
            indent = theme.space_4
            self.body.set_look(formats, width - indent)
            left, top = place.x() + indent, place.y() + height
            self.body.text.setGeometry(left, top, self.body.width, self.body.height)
            height += self.body.height + theme.space_3
        return height

    def _shorten(self, width: int) -> None:
        """Leave words out in the middle where there is no room for all: names end in a kind."""
        self.setText(self._words)
        over = self.sizeHint().width() - width
        if over > 0:
            metrics = self.fontMetrics()
            room = max(0, metrics.horizontalAdvance(self._words) - over)
            self.setText(metrics.elidedText(self._words, Qt.TextElideMode.ElideMiddle, room))


def overlay_area(body: Body, area: QRect) -> QRectF:
    """The part of the text that `area` of its parent shows."""
    inner = area.translated(-body.text.pos())
    return QRectF(inner.intersected(body.text.rect()))
