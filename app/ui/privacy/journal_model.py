"""The rows of the journal's list: read page by page, a sentence each."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt, Signal

from app.core.egress import JournalRecord
from app.ui.privacy import journal_words

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()


class JournalModel(QAbstractListModel):
    """Holds what was loaded, newest first.

    Signals:
        more_wanted: the view has come to the end of what is loaded.
    """

    more_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._records: list[JournalRecord] = []
        self._has_more = False

    @property
    def records(self) -> list[JournalRecord]:
        """What is loaded."""
        return self._records

    def clear(self) -> None:
        """Forget everything."""
        self.beginResetModel()
        self._records = []
        self._has_more = False
        self.endResetModel()

    def append(self, records: list[JournalRecord], *, has_more: bool) -> None:
        """These are next; whether the journal goes on behind them."""
        self._has_more = has_more
        if records:
            first = len(self._records)
            self.beginInsertRows(_NOWHERE, first, first + len(records) - 1)
            self._records.extend(records)
            self.endInsertRows()

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """See `QAbstractItemModel`."""
        return 0 if parent.isValid() else len(self._records)

    def canFetchMore(self, parent: Index) -> bool:
        """Whether the view may ask for more."""
        return not parent.isValid() and self._has_more

    def fetchMore(self, parent: Index) -> None:
        """Ask for more; it comes later."""
        if not parent.isValid():
            self.more_wanted.emit()

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A sentence; the details as tooltip and for the screen reader."""
        if not 0 <= index.row() < len(self._records):
            return None
        record = self._records[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return journal_words.sentence(record)
        if role == Qt.ItemDataRole.AccessibleDescriptionRole:
            return journal_words.details(record)
        return None
