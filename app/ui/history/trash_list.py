"""The list of what is in the trash: two lines for each thing, several can be chosen."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFont, QKeyEvent, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.ui.appearance import Appearance
from app.ui.history.trash_controller import TrashItem
from app.ui.side import words

Index = QModelIndex | QPersistentModelIndex
_LINE, _META_LINE, _MARGIN = 21, 18, 10
_TALLEST, _LONGEST = 420, 40
_ALIGN = Qt.AlignmentFlag


class TrashModel(QAbstractListModel):
    """What is in the trash, and how long it stays."""

    ITEM = Qt.ItemDataRole.UserRole
    META = Qt.ItemDataRole.UserRole + 1

    def __init__(self) -> None:
        super().__init__()
        self.items: list[TrashItem] = []
        self._days = 0

    def set_items(self, items: Sequence[TrashItem], days: int) -> None:
        """Take `items` in place of those of before; the trash keeps them for `days`."""
        self.beginResetModel()
        self.items, self._days = list(items), days
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """One row for each thing."""
        return 0 if parent.isValid() else len(self.items)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The two lines, and the thing itself."""
        if not index.isValid():
            return None
        item = self.items[index.row()]
        if role == self.ITEM:
            return item
        if role == Qt.ItemDataRole.DisplayRole:
            return item.text or item.title or self.tr("New chat")
        if role == self.META:
            return self._meta(item)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{self.data(index)}, {self._meta(item)}"
        return None

    def _meta(self, item: TrashItem) -> str:
        left = item.days_left(self._days)
        parts = [self.tr("Deleted {0}").format(words.day(item.deleted_at))]
        if item.token:
            title = item.title or self.tr("New chat")
            title = title if len(title) <= _LONGEST else f"{title[: _LONGEST - 1]}…"
            what = self.tr("Message in {0}").format(title)
            if item.others:
                what = self.tr("{0} messages in {1}").format(item.others + 1, title)
            parts.insert(0, what)
        if self._days:
            stays = self.tr("{0} days left") if left != 1 else self.tr("{0} day left")
            parts.append(stays.format(left) if left else self.tr("erased today"))
        return " - ".join(parts)


class TrashList(QListView):
    """Shows a `TrashModel`, as tall as its rows but no taller than a part of the page.

    Signals:
        erase_wanted: Del was pressed.
    """

    erase_wanted = Signal()

    def __init__(self, look: Appearance, model: TrashModel) -> None:
        super().__init__()
        self._look = look
        self._model = model
        model.setParent(self)
        self.setModel(model)
        self.setItemDelegate(_Rows(look, self))
        self.setAccessibleName(self.tr("What is in the trash"))
        self.setProperty("role", "list")
        self.setUniformItemSizes(True)
        self.setSelectionMode(QListView.SelectionMode.ExtendedSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        model.modelReset.connect(self.fit)
        look.changed.connect(self.fit)

    @property
    def chosen(self) -> list[TrashItem]:
        """What is chosen, in the order of the list."""
        rows = sorted(index.row() for index in self.selectedIndexes())
        return [self._model.items[row] for row in rows]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Del asks to erase what is chosen."""
        if event.key() == Qt.Key.Key_Delete:
            self.erase_wanted.emit()
        else:
            super().keyPressEvent(event)

    def fit(self) -> None:
        """Be as tall as the rows need."""
        rows, row = self._model.rowCount(), max(1, self.sizeHintForRow(0))
        height = rows * row + 2 * self.frameWidth() + 2
        self.setFixedHeight(min(height, self._look.scaled(_TALLEST)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay out for the new width."""
        super().resizeEvent(event)
        self.fit()


class _Rows(QStyledItemDelegate):
    """What it is, and under it where it was and how long it stays."""

    def __init__(self, look: Appearance, parent: QListView) -> None:
        super().__init__(parent)
        self._look = look

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002
        """Two lines and some air."""
        return QSize(80, self._look.scaled(_LINE) + self._look.scaled(_META_LINE) + 12)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """See the class."""
        theme, row = self._look.theme, QRect(option.rect)
        state: QStyle.StateFlag = option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        has_keyboard = bool(state & QStyle.StateFlag.State_HasFocus)
        is_chosen = bool(state & QStyle.StateFlag.State_Selected)
        if is_chosen or has_keyboard:
            painter.setPen(QPen(QColor(theme.focus), 2) if has_keyboard else Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.selection if is_chosen else theme.surface))
            box = row.adjusted(1, 1, -1, -1)
            painter.drawRoundedRect(box, theme.radius_control, theme.radius_control)
        room = row.adjusted(_MARGIN, 6, -_MARGIN, -6)
        line = QRect(room.left(), room.top(), room.width(), self._look.scaled(_LINE))
        painter.setFont(option.font)
        self._line(painter, line, str(index.data()), theme.text)
        small = QFont(option.font)
        small.setPixelSize(self._look.scaled(theme.text_meta))
        painter.setFont(small)
        below = line.translated(0, line.height())
        colour = theme.text if is_chosen else theme.text_second
        self._line(painter, below, str(index.data(TrashModel.META)), colour)
        painter.restore()

    @staticmethod
    def _line(painter: QPainter, room: QRect, text: str, colour: str) -> None:
        painter.setPen(QColor(colour))
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room.width())
        side = _ALIGN.AlignRight if words.is_right_to_left(text) else _ALIGN.AlignLeft
        painter.drawText(room, int(side | _ALIGN.AlignVCenter), shown)
