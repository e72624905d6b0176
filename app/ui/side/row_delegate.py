"""Draws the rows of the side list and edits a title or a folder's name in its place."""

from __future__ import annotations

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen
from PySide6.QtWidgets import QLineEdit, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app.ui.appearance import Appearance
from app.ui.side import words
from app.ui.side.conversation_model import ConversationModel
from app.ui.side.grouping import Row
from app.ui.theme import pixmap

Index = QModelIndex | QPersistentModelIndex
_MENU_WIDTH = 28
_ICON = 16
_INDENT = 14
_TAGS = 17
_LONGEST = 200
_ALIGN = Qt.AlignmentFlag
_LOCK = 13


class RowDelegate(QStyledItemDelegate):
    """Headings small and quiet, titles on one line with their tags under them, the open one on
    a ground of its own, those that are chosen together with a bar at their side."""

    def __init__(self, look: Appearance, model: ConversationModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._model = model
        self.open_id = ""
        self.shows_selection = False

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002
        """A comfortable line; a heading has air above it."""
        row = self._model.row(index.row())
        scaled = self._look.scaled
        if row.conversation is None and row.folder is None:
            return QSize(80, scaled(22) + 14)
        has_tags = row.conversation is not None and bool(row.conversation.tags)
        return QSize(80, scaled(22) + 12 + (scaled(_TAGS) if has_tags else 0))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """See the class."""
        row = self._model.row(index.row())
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if row.conversation is None and row.folder is None:
            self._paint_heading(painter, option, words.row_text(row))
        else:
            room = self._paint_ground(painter, option, row)
            room.setLeft(room.left() + row.depth * self._look.scaled(_INDENT))
            if row.folder is not None:
                self._paint_folder(painter, room, row)
            else:
                self._paint_conversation(painter, room, index, row)
        painter.restore()

    @staticmethod
    def menu_rect(row: QRect) -> QRect:
        """Where the button that opens a row's menu is."""
        return QRect(row.right() - _MENU_WIDTH, row.top(), _MENU_WIDTH, row.height())

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:  # noqa: ARG002
        """A field of one line over the row."""
        editor = QLineEdit(parent)
        is_folder = index.data(ConversationModel.FOLDER_ID)
        name = self.tr("Name of the folder") if is_folder else self.tr("Title of the conversation")
        editor.setAccessibleName(name)
        editor.setMaxLength(_LONGEST)
        return editor

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:
        """The title as it was typed."""
        if isinstance(editor, QLineEdit):
            model.setData(index, editor.text())

    def _paint_heading(self, painter: QPainter, option: QStyleOptionViewItem, text: str) -> None:
        painter.setFont(self._meta_font(option.font, QFont.Weight.DemiBold))
        painter.setPen(QColor(self._look.theme.text_second))
        row: QRect = option.rect
        align = _ALIGN.AlignLeft | _ALIGN.AlignBottom
        painter.drawText(row.adjusted(10, 0, -8, -4), int(align), text)

    def _paint_ground(self, painter: QPainter, option: QStyleOptionViewItem, row: Row) -> QRect:
        """The box under a row and the button of its menu; returns the room for its words."""
        # PySide makes all names of QStyle at once, and the first paint has no row to draw.
        from PySide6.QtWidgets import QStyle

        theme = self._look.theme
        place: QRect = option.rect
        state: QStyle.StateFlag = option.state
        conversation_id = row.conversation.id if row.conversation is not None else ""
        is_open = bool(conversation_id) and conversation_id == self.open_id
        is_hovered = bool(state & QStyle.StateFlag.State_MouseOver)
        has_keyboard = bool(state & QStyle.StateFlag.State_HasFocus)
        # A folder between them is not one of those that are chosen.
        is_chosen = (
            self.shows_selection
            and bool(conversation_id)
            and bool(state & QStyle.StateFlag.State_Selected)
        )
        box = place.adjusted(1, 1, -1, -1)
        painter.setPen(QPen(QColor(theme.focus), 2) if has_keyboard else Qt.PenStyle.NoPen)
        if is_chosen:
            painter.setBrush(QColor(theme.selection))
        elif is_open:
            painter.setBrush(QColor(theme.pressed))
        elif is_hovered:
            painter.setBrush(QColor(theme.hover))
        if is_open or is_hovered or has_keyboard or is_chosen:
            painter.drawRoundedRect(box, theme.radius_control, theme.radius_control)
        room = place.adjusted(10, 0, -10, 0)
        if is_hovered or has_keyboard:
            room.setRight(self.menu_rect(place).left())
            self._paint_icon(painter, "ellipsis", self.menu_rect(place).left() + 4, place)
        painter.setFont(option.font)
        return room

    def _paint_folder(self, painter: QPainter, room: QRect, row: Row) -> None:
        theme = self._look.theme
        size = self._look.scaled(_ICON)
        arrow = "chevron-down" if row.is_unfolded else "chevron-right"
        self._paint_icon(painter, arrow, room.left() - 4, room)
        picture = "folder-open" if row.is_unfolded else "folder"
        self._paint_icon(painter, picture, room.left() + size, room)
        font = QFont(painter.font())
        room.setLeft(room.left() + 2 * size + 6)
        if words.is_confidential(row):
            room = self._paint_lock(painter, room)
        painter.setPen(QColor(theme.text_second))
        painter.setFont(self._meta_font(font))
        count = str(row.count) if row.count else ""
        painter.drawText(room, int(_ALIGN.AlignRight | _ALIGN.AlignVCenter), count)
        room.setRight(room.right() - painter.fontMetrics().horizontalAdvance(count) - 6)
        painter.setFont(font)
        self._paint_line(painter, room, words.row_text(row), theme.text)

    def _paint_conversation(self, painter: QPainter, room: QRect, index: Index, row: Row) -> None:
        theme = self._look.theme
        if index.data(ConversationModel.IS_STREAMING):
            room = self._paint_dot(painter, room)
        if words.is_confidential(row):
            room = self._paint_lock(painter, room)
        tags = words.tags(row)
        if tags:
            below = self._look.scaled(_TAGS)
            line = room.adjusted(0, 4, 0, -below - 2)
            self._paint_line(painter, line, words.row_text(row), theme.text)
            painter.setFont(self._meta_font(painter.font()))
            under = QRect(room.left(), line.bottom(), room.width(), below)
            self._paint_line(painter, under, tags, theme.text_second)
        else:
            self._paint_line(painter, room, words.row_text(row), theme.text)

    @staticmethod
    def _paint_line(painter: QPainter, room: QRect, text: str, colour: str) -> None:
        """One line, from the side where its script begins, with an ellipsis where it ends."""
        painter.setPen(QColor(colour))
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room.width())
        from_right = words.is_right_to_left(text)
        painter.setLayoutDirection(
            Qt.LayoutDirection.RightToLeft if from_right else Qt.LayoutDirection.LeftToRight
        )
        # Qt takes "left" for the side where the layout begins.
        painter.drawText(room, int(_ALIGN.AlignLeft | _ALIGN.AlignVCenter), shown)
        painter.setLayoutDirection(Qt.LayoutDirection.LeftToRight)

    def _paint_dot(self, painter: QPainter, room: QRect) -> QRect:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._look.theme.accent))
        painter.drawEllipse(QRect(room.right() - 7, room.center().y() - 3, 8, 8))
        return room.adjusted(0, 0, -14, 0)

    def _paint_lock(self, painter: QPainter, room: QRect) -> QRect:
        ratio = painter.device().devicePixelRatio()
        size = self._look.scaled(_LOCK)
        picture = pixmap("lock", self._look.theme.sealed, size, ratio)
        painter.drawPixmap(room.right() - size, room.center().y() - size // 2 + 1, picture)
        return room.adjusted(0, 0, -size - 6, 0)

    def _paint_icon(self, painter: QPainter, name: str, left: int, row: QRect) -> None:
        ratio = painter.device().devicePixelRatio()
        size = self._look.scaled(_ICON)
        picture = pixmap(name, self._look.theme.text_second, size, ratio)
        painter.drawPixmap(left, row.center().y() - size // 2 + 1, picture)

    def _meta_font(self, font: QFont, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
        made = QFont(font)
        made.setPixelSize(self._look.scaled(self._look.theme.text_meta))
        made.setWeight(weight)
        return made
