"""The conversations of the side list as a Qt model, with a heading above each group."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from app.ui.side.grouping import Age, Row, rows

if TYPE_CHECKING:
    from app.store.values import Conversation

Index = QModelIndex | QPersistentModelIndex


class ConversationModel(QAbstractListModel):
    """All conversations, of which those are shown whose title holds the words searched for.

    Signals:
        rename_wanted(str id, str title): a title was edited in its row.
    """

    rename_wanted = Signal(str, str)

    ID = Qt.ItemDataRole.UserRole
    IS_HEADING = Qt.ItemDataRole.UserRole + 1
    IS_STREAMING = Qt.ItemDataRole.UserRole + 2
    IS_CONFIDENTIAL = Qt.ItemDataRole.UserRole + 20

    def __init__(
        self, parent: QObject | None = None, *, today: Callable[[], date] | None = None
    ) -> None:
        super().__init__(parent)
        self._today = today or (lambda: datetime.now().astimezone().date())
        self._all: dict[str, Conversation] = {}
        self._rows: list[Row] = []
        self._words = ""
        self._streaming: frozenset[str] = frozenset()

    def set_all(self, conversations: Iterable[Conversation]) -> None:
        """Take `conversations` in place of what was there."""
        self._all = {c.id: c for c in conversations}
        self._reset()

    def put(self, conversation: Conversation) -> None:
        """Add a conversation, or take its new title or time."""
        self._all[conversation.id] = conversation
        self._rearrange()

    def remove(self, conversation_id: str) -> None:
        """Take a conversation out of the list."""
        if self._all.pop(conversation_id, None) is not None:
            self._rearrange()

    def search(self, words: str) -> None:
        """Show only titles that hold all of `words`."""
        if words != self._words:
            self._words = words
            self._reset()

    def set_streaming(self, conversation_ids: Iterable[str]) -> None:
        """Mark the conversations in which an answer is being written."""
        changed = self._streaming ^ frozenset(conversation_ids)
        self._streaming = frozenset(conversation_ids)
        for conversation_id in changed:
            index = self.index_of(conversation_id)
            if index.isValid():
                self.dataChanged.emit(index, index)

    def regroup(self) -> None:
        """A day may have passed: what was today's is yesterday's now."""
        if self._wanted_rows() != self._rows:
            self._reset()

    @property
    def words(self) -> str:
        """What is searched for."""
        return self._words

    @property
    def is_empty(self) -> bool:
        """Whether no row is shown."""
        return not self._rows

    def conversation(self, conversation_id: str) -> Conversation | None:
        """The conversation of that id, shown or not."""
        return self._all.get(conversation_id)

    def index_of(self, conversation_id: str) -> QModelIndex:
        """Its row, an invalid index where it is not shown."""
        for number, row in enumerate(self._rows):
            if row.conversation is not None and row.conversation.id == conversation_id:
                return self.index(number)
        return QModelIndex()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Headings and conversations together."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Titles and headings, and the roles of this class."""
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        if row.conversation is None:
            return self._heading_data(row.age, role)
        title = row.conversation.title or self.tr("New chat")
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return title
        if role == Qt.ItemDataRole.ToolTipRole:
            return title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            if row.conversation.mark:
                title = self.tr("{0}, confidential").format(title)
            writing = self.tr("{0}, an answer is being written").format(title)
            return writing if row.conversation.id in self._streaming else title
        own: dict[int, object] = {
            self.ID: row.conversation.id,
            self.IS_HEADING: False,
            self.IS_STREAMING: row.conversation.id in self._streaming,
            self.IS_CONFIDENTIAL: bool(row.conversation.mark),
        }
        return own.get(role)

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """A new title; the store says when it holds."""
        row = self._rows[index.row()]
        title = " ".join(str(value).split())
        if row.conversation is None or role != Qt.ItemDataRole.EditRole:
            return False
        if title and title != row.conversation.title:
            self.rename_wanted.emit(row.conversation.id, title)
        return True

    def flags(self, index: Index) -> Qt.ItemFlag:
        """A heading can be neither chosen nor edited."""
        if not index.isValid() or self._rows[index.row()].conversation is None:
            return Qt.ItemFlag.NoItemFlags
        flag = Qt.ItemFlag
        return flag.ItemIsEnabled | flag.ItemIsSelectable | flag.ItemIsEditable

    def _heading_data(self, age: Age, role: int) -> object:
        if role == self.IS_HEADING:
            return True
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return {
                Age.TODAY: self.tr("Today"),
                Age.YESTERDAY: self.tr("Yesterday"),
                Age.LAST_WEEK: self.tr("Last week"),
                Age.OLDER: self.tr("Older"),
            }[age]
        return None

    def _wanted_rows(self) -> list[Row]:
        return rows(self._all.values(), self._words, self._today())

    def _reset(self) -> None:
        self.beginResetModel()
        self._rows = self._wanted_rows()
        self.endResetModel()

    def _rearrange(self) -> None:
        """Row by row: a reset would close the field in which a title is being edited."""
        wanted = self._wanted_rows()
        keys = {row.key for row in wanted}
        for number in reversed(range(len(self._rows))):
            if self._rows[number].key not in keys:
                self.beginRemoveRows(QModelIndex(), number, number)
                del self._rows[number]
                self.endRemoveRows()
        for number, row in enumerate(wanted):
            self._place(number, row)
        if wanted:
            self.dataChanged.emit(self.index(0), self.index(len(wanted) - 1))

    def _place(self, number: int, row: Row) -> None:
        root = QModelIndex()
        if number < len(self._rows) and self._rows[number].key == row.key:
            self._rows[number] = row
            return
        here = next(
            (n for n in range(number, len(self._rows)) if self._rows[n].key == row.key), None
        )
        if here is None:
            self.beginInsertRows(root, number, number)
            self._rows.insert(number, row)
            self.endInsertRows()
        else:
            self.beginMoveRows(root, here, here, root, number)
            del self._rows[here]
            self._rows.insert(number, row)
            self.endMoveRows()
