"""The rows of the side list as a Qt model: headings, folders and conversations."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QAbstractListModel,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from app.store.filters import Sort
from app.ui.side import words
from app.ui.side.grouping import PINNED, Order, Row, rows

if TYPE_CHECKING:
    from app.store.values import Conversation, Folder

Index = QModelIndex | QPersistentModelIndex
# Ids alone: what is dragged out of the window by mistake tells nobody anything.
MIME = "application/x-tacit-conversations"
_ROLE, _FLAG = Qt.ItemDataRole, Qt.ItemFlag
_USUAL = _FLAG.ItemIsEnabled | _FLAG.ItemIsSelectable | _FLAG.ItemIsEditable
_OF_CONVERSATIONS = _USUAL | _FLAG.ItemIsDragEnabled
_OF_FOLDERS = _USUAL | _FLAG.ItemIsDropEnabled


class ConversationModel(QAbstractListModel):
    """All conversations and folders; a folder's conversations only while it is unfolded.

    Signals:
        rename_wanted(str id, str title): a title was edited in its row.
        folder_rename_wanted(str id, str name): so was the name of a folder.
        move_wanted(list ids, str folder): conversations were dropped on a folder, or with ""
            outside of any.
        unfolded_changed(list): the ids of the folders that are unfolded now.
    """

    rename_wanted = Signal(str, str)
    folder_rename_wanted = Signal(str, str)
    move_wanted = Signal(list, str)
    unfolded_changed = Signal(list)

    ID = _ROLE.UserRole
    IS_HEADING = _ROLE.UserRole + 1
    IS_STREAMING = _ROLE.UserRole + 2
    FOLDER_ID = _ROLE.UserRole + 3
    ROW = _ROLE.UserRole + 4

    def __init__(
        self, parent: QObject | None = None, *, today: Callable[[], date] | None = None
    ) -> None:
        super().__init__(parent)
        self._today = today or (lambda: datetime.now().astimezone().date())
        self._all: dict[str, Conversation] = {}
        self._folders: list[Folder] = []
        self._unfolded: set[str] = set()
        self._rows: list[Row] = []
        self._sort = Sort.ACTIVITY
        self._streaming: frozenset[str] = frozenset()

    # What there is ------------------------------------------------------------------------

    def set_all(self, conversations: Iterable[Conversation]) -> None:
        """Take `conversations` in place of what was there."""
        self._all = {c.id: c for c in conversations}
        self._reset()

    def put(self, *conversations: Conversation) -> None:
        """Add conversations, or take their new title, time, folder or pin."""
        self._all |= {one.id: one for one in conversations}
        self._rearrange()

    def remove(self, *conversation_ids: str) -> None:
        """Take conversations out of the list."""
        there = [one for one in conversation_ids if self._all.pop(one, None) is not None]
        if there:
            self._rearrange()

    def set_folders(self, folders: Iterable[Folder]) -> None:
        """Take `folders` in place of those that were there."""
        self._folders = list(folders)
        self._rearrange()

    def set_sort(self, sort: Sort) -> None:
        """Show the conversations in another order."""
        if sort is not self._sort:
            self._sort = sort
            self._reset()

    def set_unfolded(self, folder_ids: Iterable[str]) -> None:
        """Unfold these folders and no others."""
        self._unfolded = set(folder_ids)
        self._rearrange()

    def toggle(self, folder_id: str, *, unfold: bool | None = None) -> None:
        """Unfold a folder, or fold it up again."""
        wanted = folder_id not in self._unfolded if unfold is None else unfold
        if wanted != (folder_id in self._unfolded):
            self._unfolded ^= {folder_id}
            self._rearrange()
            known = {folder.id for folder in self._folders}
            self.unfolded_changed.emit(sorted(self._unfolded & known))

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
    def folders(self) -> list[Folder]:
        """All folders, in the order of their names."""
        return list(self._folders)

    @property
    def all(self) -> list[Conversation]:
        """All conversations, shown or not."""
        return list(self._all.values())

    @property
    def is_empty(self) -> bool:
        """Whether no row is shown."""
        return not self._rows

    def conversation(self, conversation_id: str) -> Conversation | None:
        """The conversation of that id, shown or not."""
        return self._all.get(conversation_id)

    def folder(self, folder_id: str) -> Folder | None:
        """The folder of that id."""
        return next((one for one in self._folders if one.id == folder_id), None)

    def index_of(self, key: str) -> QModelIndex:
        """The row of a conversation, or of another row's key; invalid where it is not shown."""
        number = next((n for n, row in enumerate(self._rows) if row.key == key), None)
        return QModelIndex() if number is None else self.index(number)

    def headings(self) -> list[tuple[str, str]]:
        """The keys of the headings that are shown, and what they say."""
        found = (row for row in self._rows if row.conversation is None and row.folder is None)
        return [(row.key, words.row_text(row)) for row in found]

    def row(self, number: int) -> Row:
        """A row as it is; thousands of them are asked for with every layout of the list."""
        return self._rows[number]

    # Qt's side of it ----------------------------------------------------------------------

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Headings, folders and conversations together."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = _ROLE.DisplayRole) -> object:
        """Titles, names and headings, and the roles of this class."""
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        if role == self.ROW:
            return row
        if role == self.ID:
            return row.conversation.id if row.conversation is not None else None
        if role == self.FOLDER_ID:
            return row.folder.id if row.folder is not None else None
        if role == self.IS_HEADING:
            return row.conversation is None and row.folder is None
        if role == self.IS_STREAMING:
            return row.conversation is not None and row.conversation.id in self._streaming
        if role in (_ROLE.DisplayRole, _ROLE.EditRole):
            return words.row_text(row)
        if role == _ROLE.ToolTipRole:
            return words.tooltip(row)
        if role == _ROLE.AccessibleTextRole:
            return words.spoken(row, is_streaming=bool(self.data(index, self.IS_STREAMING)))
        return None

    def setData(self, index: Index, value: object, role: int = _ROLE.EditRole) -> bool:
        """A new title or name; the store says when it holds."""
        row = self._rows[index.row()]
        text = " ".join(str(value).split())
        if role != _ROLE.EditRole or (row.conversation is None and row.folder is None):
            return False
        if row.conversation is not None and text and text != row.conversation.title:
            self.rename_wanted.emit(row.conversation.id, text)
        if row.folder is not None and text and text != row.folder.name:
            self.folder_rename_wanted.emit(row.folder.id, text)
        return True

    def flags(self, index: Index) -> Qt.ItemFlag:
        """A heading can be neither chosen nor edited; a folder takes what is dropped on it."""
        if not index.isValid():
            return _FLAG.NoItemFlags
        row = self._rows[index.row()]
        if row.conversation is not None:
            return _OF_CONVERSATIONS
        if row.folder is not None:
            return _OF_FOLDERS
        # What is dropped on a day leaves its folder.
        return _FLAG.NoItemFlags if row.heading == PINNED else _FLAG.ItemIsDropEnabled

    def mimeTypes(self) -> list[str]:
        """Conversations of this window."""
        return [MIME]

    def mimeData(self, indexes: Iterable[QModelIndex]) -> QMimeData:
        """The ids of the conversations among the rows."""
        ids = [str(index.data(self.ID)) for index in indexes if index.data(self.ID)]
        data = QMimeData()
        data.setData(MIME, "\n".join(ids).encode())
        return data

    def supportedDropActions(self) -> Qt.DropAction:
        """Moving."""
        return Qt.DropAction.MoveAction

    def canDropMimeData(
        self, data: QMimeData, _action: Qt.DropAction, _row: int, _column: int, parent: Index
    ) -> bool:
        """Conversations, on something that takes them."""
        return data.hasFormat(MIME) and bool(self.flags(parent) & Qt.ItemFlag.ItemIsDropEnabled)

    def dropMimeData(
        self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: Index
    ) -> bool:
        """Ask for the move; the store says when it holds."""
        if not self.canDropMimeData(data, action, row, column, parent):
            return False
        ids = bytes(data.data(MIME).data()).decode().split("\n")
        known = [one for one in ids if one in self._all]
        if known:
            self.move_wanted.emit(known, str(parent.data(self.FOLDER_ID) or ""))
        return bool(known)

    # Inside -------------------------------------------------------------------------------

    def _wanted_rows(self) -> list[Row]:
        order = Order(
            today=self._today(),
            sort=self._sort,
            folders=self._folders,
            unfolded=self._unfolded,
        )
        found = rows(self._all.values(), order)
        # One heading over everything says nothing.
        lonely = len({row.heading for row in found}) == 1 and found[0].heading == "all"
        return found[1:] if lonely else found

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

    def _place(self, number: int, row: Row) -> None:
        root = QModelIndex()
        if number < len(self._rows) and self._rows[number].key == row.key:
            self._take(number, row)
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
            self._rows.insert(number, self._rows.pop(here))
            self.endMoveRows()
            self._take(number, row)

    def _take(self, number: int, row: Row) -> None:
        """What a row says now; of thousands only those are told that say something else."""
        if self._rows[number] != row:
            self._rows[number] = row
            self.dataChanged.emit(self.index(number), self.index(number))
