"""What the model thought before it answered: folded to one line until it is asked for."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QRectF, Qt, Signal
from PySide6.QtWidgets import QToolButton, QWidget

from app.ui.markdown.formats import Formats
from app.ui.theme import icon
from app.ui.transcript.body import Body
from app.ui.transcript.row import Row
from app.ui.transcript.words import reasoning_words

# The button's own padding, so that its picture stands at the edge of the column.
_PADDING = 8


class Thoughts(QToolButton):
    """The line that unfolds the thoughts; the thoughts are its neighbour, not its child.

    Signals:
        turned: they were folded or unfolded.
        menu_wanted: the global place for a menu.
    """

    turned = Signal()
    menu_wanted = Signal(QPoint)

    def __init__(self, parent: QWidget, row: Row) -> None:
        super().__init__(parent)
        self._row = row
        self._holder = parent
        self.body: Body | None = None
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setToolTip(self.tr("Show or hide what the model thought"))
        self.clicked.connect(self.turn)

    def refresh(self, formats: Formats) -> None:
        """Show what the row says."""
        row, streaming = self._row, self._row.streaming
        thinking = streaming is not None and not row.text
        thought_s = streaming.thought_s if streaming is not None else row.thought_s
        words = reasoning_words(thinking=thinking, duration_s=thought_s)
        is_open = row.is_reasoning_open
        self.setText(words)
        state = self.tr("unfolded") if is_open else self.tr("folded")
        self.setAccessibleName(f"{words}, {state}")
        picture = "chevron-down" if is_open else "chevron-right"
        self.setIcon(icon(picture, formats.theme.text_second))
        if is_open and self.body is None:
            self.body = self._unfolded()

    def turn(self) -> None:
        """Fold or unfold."""
        self._row.is_reasoning_open = not self._row.is_reasoning_open
        if not self._row.is_reasoning_open and self.body is not None:
            self.body.text.hide()
            self.body.text.deleteLater()
            self.body = None
        self.turned.emit()

    def finish(self) -> None:
        """Nothing follows the thoughts that are known."""
        if self.body is not None:
            self.body.set_source(self._row.reasoning, is_open=False)

    def arrange(self, formats: Formats, place: QPoint, width: int) -> int:
        """Place the line and what is unfolded below `place`; returns the height in pixels."""
        theme = formats.theme
        size = self.sizeHint()
        self.setGeometry(place.x() - _PADDING, place.y(), min(size.width(), width), size.height())
        height = size.height() + theme.space_1
        if self.body is not None:
            indent = theme.space_4
            self.body.set_look(formats, width - indent)
            left, top = place.x() + indent, place.y() + height
            self.body.text.setGeometry(left, top, self.body.width, self.body.height)
            height += self.body.height + theme.space_3
        return height

    def _unfolded(self) -> Body:
        body = Body(self._holder, as_written=False, shrinks=False)
        body.text.setAccessibleName(self.tr("Thoughts"))
        body.text.menu_wanted.connect(self.menu_wanted)
        body.set_source(self._row.reasoning, is_open=self._row.streaming is not None)
        body.text.show()
        return body


def overlay_area(body: Body, area: QRect) -> QRectF:
    """The part of the text that `area` of its parent shows."""
    inner = area.translated(-body.text.pos())
    return QRectF(inner.intersected(body.text.rect()))
