"""Draws the rows of the side list and edits a title in its place."""

from __future__ import annotations

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen
from PySide6.QtWidgets import QLineEdit, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app.ui.appearance import Appearance
from app.ui.side.conversation_model import ConversationModel
from app.ui.theme import pixmap

Index = QModelIndex | QPersistentModelIndex
_MENU_WIDTH = 28
_ICON = 16
_LOCK = 13


class RowDelegate(QStyledItemDelegate):
    """Headings small and quiet, titles on one line, the open one on a ground of its own."""

    def __init__(self, look: Appearance, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self.open_id = ""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002
        """A comfortable line; a heading has air above it."""
        is_heading = index.data(ConversationModel.IS_HEADING)
        return QSize(80, self._look.scaled(22) + (14 if is_heading else 12))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """See the class."""
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if index.data(ConversationModel.IS_HEADING):
            self._paint_heading(painter, option, str(index.data()))
        else:
            self._paint_conversation(painter, option, index)
        painter.restore()

    @staticmethod
    def menu_rect(row: QRect) -> QRect:
        """Where the button that opens a row's menu is."""
        return QRect(row.right() - _MENU_WIDTH, row.top(), _MENU_WIDTH, row.height())

    def createEditor(
        self,
        parent: QWidget,
        option: QStyleOptionViewItem,  # noqa: ARG002
        index: Index,  # noqa: ARG002
    ) -> QWidget:
        """A field of one line over the row."""
        editor = QLineEdit(parent)
        editor.setAccessibleName(self.tr("Title of the conversation"))
        editor.setMaxLength(200)
        return editor

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:
        """The title as it was typed."""
        if isinstance(editor, QLineEdit):
            model.setData(index, editor.text())

    def _paint_heading(self, painter: QPainter, option: QStyleOptionViewItem, text: str) -> None:
        theme = self._look.theme
        font = QFont(option.font)
        font.setPixelSize(self._look.scaled(theme.text_meta))
        font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        painter.setPen(QColor(theme.text_second))
        row: QRect = option.rect
        align = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom
        painter.drawText(row.adjusted(10, 0, -8, -4), int(align), text)

    def _paint_conversation(
        self, painter: QPainter, option: QStyleOptionViewItem, index: Index
    ) -> None:
        theme = self._look.theme
        row: QRect = option.rect
        state: QStyle.StateFlag = option.state
        is_open = index.data(ConversationModel.ID) == self.open_id
        is_hovered = bool(state & QStyle.StateFlag.State_MouseOver)
        has_keyboard = bool(state & QStyle.StateFlag.State_HasFocus)
        box = row.adjusted(1, 1, -1, -1)
        painter.setPen(QPen(QColor(theme.focus), 2) if has_keyboard else Qt.PenStyle.NoPen)
        if is_open:
            painter.setBrush(QColor(theme.pressed))
        elif is_hovered:
            painter.setBrush(QColor(theme.hover))
        if is_open or is_hovered or has_keyboard:
            painter.drawRoundedRect(box, theme.radius_control, theme.radius_control)
        room = row.adjusted(10, 0, -10, 0)
        if index.data(ConversationModel.IS_STREAMING):
            room = self._paint_dot(painter, room)
        if is_hovered or has_keyboard:
            room.setRight(self.menu_rect(row).left())
            self._paint_menu(painter, self.menu_rect(row))
        if index.data(ConversationModel.IS_CONFIDENTIAL):
            room = self._paint_lock(painter, room)
        painter.setFont(option.font)
        painter.setPen(QColor(theme.text))
        metrics = painter.fontMetrics()
        text = metrics.elidedText(str(index.data()), Qt.TextElideMode.ElideRight, room.width())
        align = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(room, int(align), text)

    def _paint_dot(self, painter: QPainter, room: QRect) -> QRect:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._look.theme.accent))
        painter.drawEllipse(QRect(room.right() - 7, room.center().y() - 3, 8, 8))
        return room.adjusted(0, 0, -14, 0)

    def _paint_lock(self, painter: QPainter, room: QRect) -> QRect:
        ratio = painter.device().devicePixelRatio()
        picture = pixmap("lock", self._look.theme.sealed, _LOCK, ratio)
        painter.drawPixmap(room.right() - _LOCK, room.center().y() - _LOCK // 2 + 1, picture)
        return room.adjusted(0, 0, -_LOCK - 6, 0)

    def _paint_menu(self, painter: QPainter, place: QRect) -> None:
        ratio = painter.device().devicePixelRatio()
        picture = pixmap("ellipsis", self._look.theme.text_second, _ICON, ratio)
        painter.drawPixmap(place.left() + 4, place.center().y() - _ICON // 2 + 1, picture)
