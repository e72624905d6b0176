"""What a search found, as a Qt model that asks for more when its end comes into sight."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QAbstractListModel,
    QCoreApplication,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from app.ui.side import words

if TYPE_CHECKING:
    from app.store.search import SearchHit

Index = QModelIndex | QPersistentModelIndex


class ResultsModel(QAbstractListModel):
    """Hits, the titles before the messages.

    Signals:
        more_wanted: the end is in sight, and there is more.
    """

    more_wanted = Signal()
    HIT = Qt.ItemDataRole.UserRole

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.hits: list[SearchHit] = []
        self._has_more = False

    def set_hits(self, hits: Sequence[SearchHit], *, has_more: bool) -> None:
        """Take `hits` in place of those of before."""
        self.beginResetModel()
        self.hits, self._has_more = list(hits), has_more
        self.endResetModel()

    def append(self, hits: list[SearchHit], *, has_more: bool) -> None:
        """Add what follows."""
        self._has_more = has_more
        if hits:
            first = len(self.hits)
            self.beginInsertRows(QModelIndex(), first, first + len(hits) - 1)
            self.hits += hits
            self.endInsertRows()

    def remove_conversations(self, ids: set[str]) -> None:
        """What was deleted is no hit any more."""
        kept = [hit for hit in self.hits if hit.conversation_id not in ids]
        if len(kept) < len(self.hits):
            self.set_hits(kept, has_more=self._has_more)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """The hits that were read so far."""
        return 0 if parent.isValid() else len(self.hits)

    def canFetchMore(self, parent: Index) -> bool:
        """Whether there is more."""
        return not parent.isValid() and self._has_more

    def fetchMore(self, parent: Index) -> None:
        """Ask for it."""
        if self.canFetchMore(parent):
            self.more_wanted.emit()

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The hit itself, and what is read aloud of it."""
        if not index.isValid():
            return None
        hit = self.hits[index.row()]
        if role == self.HIT:
            return hit
        if role == Qt.ItemDataRole.DisplayRole:
            return title_of(hit)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            found = hit.snippet if hit.message_id is not None else ""
            return ", ".join(part for part in (title_of(hit), found, words.day(hit.at)) if part)
        return None


def title_of(hit: SearchHit) -> str:
    """The title of the conversation of a hit."""
    return hit.title or QCoreApplication.translate("SideList", "New chat")
