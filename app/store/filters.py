"""Which conversations are wanted, and in what order: for the list and for searching."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum


class Sort(StrEnum):
    """The order of the list: last used first, newest first, or by title."""

    ACTIVITY = "activity"
    CREATED = "created"
    TITLE = "title"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What a conversation must be like; None and "" ask for nothing.

    `folder_id` "" means in no folder; a folder's subfolders count as a part of it. `model` is
    one that has answered. `is_local` True wants conversations without any answer of a cloud
    provider, False those with one. `since` (included) and `until` (not included) are Unix
    seconds: of a message's making when searching, of the last use in the list.
    """

    folder_id: str | None = None
    tag: str = ""
    model: str = ""
    is_local: bool | None = None
    pinned: bool | None = None
    since: float | None = None
    until: float | None = None

    def of_conversations(self) -> str:
        """SQL to go behind a WHERE about a conversation `c`; "" where nothing is asked for."""
        wanted = {
            "folder_id": self._folder(),
            "tag": "c.id IN (SELECT conversation_id FROM tag WHERE name = :tag)",
            "model": "c.id IN (SELECT conversation_id FROM message "
            "WHERE model = :model AND model != '')",
            "is_local": "(c.id IN (SELECT conversation_id FROM message WHERE is_local = 0)) "
            "= NOT :is_local",
            "pinned": "c.pinned = :pinned",
        }
        asked = {"folder_id": self.folder_id is not None, "tag": self.tag, "model": self.model}
        asked |= {name: getattr(self, name) is not None for name in ("is_local", "pinned")}
        return "".join(f" AND {wanted[name]}" for name, is_asked in asked.items() if is_asked)

    def of_times(self, column: str) -> str:
        """SQL to go behind a WHERE about the time in `column`."""
        since = f" AND {column} >= :since" if self.since is not None else ""
        return since + (f" AND {column} < :until" if self.until is not None else "")

    def values(self) -> dict[str, object]:
        """The values of all names in these conditions."""
        return asdict(self)

    def _folder(self) -> str:
        if not self.folder_id:
            return "c.folder_id IS NULL"
        return "c.folder_id IN (SELECT id FROM folder WHERE :folder_id IN (id, parent_id))"


EVERYTHING = Filters()
