"""The list of what a search found: the title, and where the words stand, with them marked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QColor,
    QFont,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPen,
    QTextCharFormat,
    QTextLayout,
    QTextOption,
)
from PySide6.QtWidgets import QListView, QStyledItemDelegate, QStyleOptionViewItem

from app.ui.appearance import Appearance
from app.ui.side import words
from app.ui.side.results_model import ResultsModel, title_of

if TYPE_CHECKING:
    from app.store.search import SearchHit

Index = QModelIndex | QPersistentModelIndex
_LINE, _META_LINE = 21, 17
_LINES = 3
_MARGIN = 10
_ALIGN = Qt.AlignmentFlag


class ResultsList(QListView):
    """Shows a `ResultsModel`.

    Signals:
        chosen(object SearchHit): a hit was clicked, or Enter was pressed on it.
        left: Escape or Up from the first row: back to the search field.
    """

    chosen = Signal(object)
    left = Signal()

    def __init__(self, look: Appearance, model: ResultsModel) -> None:
        super().__init__()
        self.setObjectName("conversations")
        self.setAccessibleName(self.tr("What was found"))
        self.setModel(model)
        self.setItemDelegate(_Rows(look, self))
        self.setMouseTracking(True)
        # A thousand rows are laid out in pieces, between which the window answers.
        self.setLayoutMode(QListView.LayoutMode.Batched)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def mark_first(self) -> None:
        """Put the keyboard on the first hit."""
        self.setCurrentIndex(self.model().index(0, 0))

    def choose_current(self) -> None:
        """Open the hit that the keyboard is on."""
        hit = self.currentIndex().data(ResultsModel.HIT)
        if hit is not None:
            self.chosen.emit(hit)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The keys of a list; typing text is for the search."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.choose_current()
        elif event.key() == Qt.Key.Key_Escape or (
            event.key() == Qt.Key.Key_Up and self.currentIndex().row() <= 0
        ):
            self.left.emit()
        elif event.text().isprintable() and event.text():
            event.ignore()
        else:
            super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click opens the hit."""
        super().mouseReleaseEvent(event)
        hit = self.indexAt(event.position().toPoint()).data(ResultsModel.HIT)
        if event.button() == Qt.MouseButton.LeftButton and hit is not None:
            self.chosen.emit(hit)


class _Rows(QStyledItemDelegate):
    """Title and day, and under them two lines of the text around the words."""

    def __init__(self, look: Appearance, parent: QListView) -> None:
        super().__init__(parent)
        self._look = look

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002
        """One line for a title, three for a message, and some air."""
        hit: SearchHit = index.data(ResultsModel.HIT)
        scaled = self._look.scaled
        below = (_LINES - 1) * scaled(_META_LINE) if hit.message_id is not None else 0
        return QSize(80, scaled(_LINE) + below + 14)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """See the class."""
        from PySide6.QtWidgets import QStyle  # see RowDelegate

        hit: SearchHit = index.data(ResultsModel.HIT)
        theme, row = self._look.theme, QRect(option.rect)
        state: QStyle.StateFlag = option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        is_hovered = bool(state & QStyle.StateFlag.State_MouseOver)
        has_keyboard = bool(state & QStyle.StateFlag.State_HasFocus)
        is_marked = bool(state & QStyle.StateFlag.State_Selected)
        if is_hovered or has_keyboard or is_marked:
            painter.setPen(QPen(QColor(theme.focus), 2) if has_keyboard else Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.pressed if is_marked else theme.hover))
            box = row.adjusted(1, 1, -1, -1)
            painter.drawRoundedRect(box, theme.radius_control, theme.radius_control)
        room = row.adjusted(_MARGIN, 6, -_MARGIN, -6)
        line = QRect(room.left(), room.top(), room.width(), self._look.scaled(_LINE))
        self._paint_head(painter, option.font, line, hit)
        below = QRectF(room.left(), line.bottom() + 1, room.width(), room.bottom() - line.bottom())
        if hit.message_id is not None:
            self._paint_snippet(painter, option.font, below, hit)
        painter.restore()

    def _paint_head(self, painter: QPainter, font: QFont, line: QRect, hit: SearchHit) -> None:
        theme = self._look.theme
        day = words.short_day(hit.at)
        painter.setFont(self._meta(font))
        painter.setPen(QColor(theme.text_second))
        painter.drawText(line, int(_ALIGN.AlignRight | _ALIGN.AlignVCenter), day)
        taken = painter.fontMetrics().horizontalAdvance(day) + 8
        strong = QFont(font)
        strong.setWeight(QFont.Weight.DemiBold)
        painter.setFont(strong)
        painter.setPen(QColor(theme.text))
        room = line.adjusted(0, 0, -taken, 0)
        title = title_of(hit)
        metrics = painter.fontMetrics()
        shown = metrics.elidedText(title, Qt.TextElideMode.ElideRight, room.width())
        marks = hit.marks if hit.message_id is None else ()
        layout = self._layout(shown, strong, room.width(), marks, 1)
        layout.draw(painter, QPointF(room.left(), room.top()))

    def _paint_snippet(self, painter: QPainter, font: QFont, room: QRectF, hit: SearchHit) -> None:
        painter.setPen(QColor(self._look.theme.text_second))
        painter.setClipRect(room)
        layout = self._layout(hit.snippet, self._meta(font), room.width(), hit.marks, _LINES - 1)
        layout.draw(painter, room.topLeft())

    def _layout(
        self,
        text: str,
        font: QFont,
        width: float,
        marks: tuple[tuple[int, int], ...],
        lines: int,
    ) -> QTextLayout:
        layout = QTextLayout(text, font)
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        from_right = words.is_right_to_left(text)
        way = Qt.LayoutDirection
        option.setTextDirection(way.RightToLeft if from_right else way.LeftToRight)
        layout.setTextOption(option)
        layout.setFormats([self._mark(text, start, end) for start, end in marks])
        layout.beginLayout()
        top = 0.0
        for _ in range(lines):
            line = layout.createLine()
            if not line.isValid():
                break
            line.setLineWidth(width)
            line.setPosition(QPointF(0, top))
            top += line.height()
        layout.endLayout()
        return layout

    def _mark(self, text: str, start: int, end: int) -> QTextLayout.FormatRange:
        theme = self._look.theme
        mark = QTextLayout.FormatRange()
        # Qt counts UTF-16.
        mark.start = _length(text[:start])
        mark.length = _length(text[start:end])
        look = QTextCharFormat()
        look.setBackground(QColor(theme.found))
        look.setForeground(QColor(theme.text))
        mark.format = look
        return mark

    def _meta(self, font: QFont) -> QFont:
        made = QFont(font)
        made.setPixelSize(self._look.scaled(self._look.theme.text_meta))
        return made


def _length(text: str) -> int:
    return len(text) + sum(character > "\uffff" for character in text)
