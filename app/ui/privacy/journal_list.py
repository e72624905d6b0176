"""The list of connections: rows that wrap, a ring around the one with the keyboard."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QResizeEvent, QTextLayout, QTextOption
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.ui.appearance import Appearance
from app.ui.privacy.journal_model import JournalModel

Index = QModelIndex | QPersistentModelIndex
_MARGIN = 8
_TALLEST = 300


class JournalList(QListView):
    """Shows a `JournalModel`, as tall as its rows but no taller than a part of the page."""

    def __init__(self, look: Appearance, model: JournalModel) -> None:
        super().__init__()
        self._look = look
        self.setModel(model)
        self.setItemDelegate(_Rows(look, self))
        self.setAccessibleName(self.tr("Connections"))
        self.setProperty("role", "list")
        self.setResizeMode(QListView.ResizeMode.Adjust)
        # Long journals are laid out in pieces, between which the window answers.
        self.setLayoutMode(QListView.LayoutMode.Batched)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        model.rowsInserted.connect(self.fit)
        model.modelReset.connect(self.fit)
        look.changed.connect(self._lay_out_anew)

    def fit(self) -> None:
        """Be as tall as the rows need."""
        tallest = self._look.scaled(_TALLEST)
        height = 2 * self.frameWidth() + 2
        for row in range(self.model().rowCount()):
            height += self.sizeHintForRow(row)
            if height >= tallest:
                break
        self.setFixedHeight(max(min(height, tallest), self._look.scaled(48)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Rows wrap anew."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._lay_out_anew()

    def _lay_out_anew(self) -> None:
        self.scheduleDelayedItemsLayout()
        self.fit()


class _Rows(QStyledItemDelegate):
    """Draws a sentence over as many lines as it needs."""

    def __init__(self, look: Appearance, view: QListView) -> None:
        super().__init__(view)
        self._look = look
        self._view = view

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """As tall as its lines."""
        width = self._view.viewport().width()
        layout = self._layout(option, index, width - 2 * _MARGIN)
        return QSize(width, round(layout.boundingRect().height()) + _MARGIN + 1)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """See the class."""
        theme = self._look.theme
        row: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        is_chosen = bool(state & QStyle.StateFlag.State_Selected)
        is_under = bool(state & QStyle.StateFlag.State_MouseOver)
        has_keyboard = bool(state & QStyle.StateFlag.State_HasFocus)
        if is_chosen or is_under or has_keyboard:
            painter.setPen(QPen(QColor(theme.focus), 2) if has_keyboard else Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.pressed if is_chosen else theme.hover))
            box = row.adjusted(1, 1, -1, -1)
            painter.drawRoundedRect(box, theme.radius_control, theme.radius_control)
        painter.setPen(QColor(theme.text))
        layout = self._layout(option, index, row.width() - 2 * _MARGIN)
        layout.draw(painter, QPointF(row.left() + _MARGIN, row.top() + _MARGIN / 2))
        painter.restore()

    @staticmethod
    def _layout(option: QStyleOptionViewItem, index: Index, width: int) -> QTextLayout:
        layout = QTextLayout(str(index.data()), option.font)
        wrap = QTextOption()
        wrap.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        layout.setTextOption(wrap)
        layout.beginLayout()
        top = 0.0
        while (line := layout.createLine()).isValid():
            line.setLineWidth(max(width, 40))
            line.setPosition(QPointF(0, top))
            top += line.height()
        layout.endLayout()
        return layout
