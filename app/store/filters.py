"""Which conversations are wanted, and in what order: for the list and for searching."""

from __future__ import annotations

from dataclasses import dataclass
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

    def conditions(self, *, time: str) -> tuple[str, dict[str, object]]:
        """SQL to go behind a WHERE about a conversation `c`, and the values of its names.

        `time` is the column that `since` and `until` are about.
        """
        wanted = {
            "folder_id": self._folder(),
            "tag": "c.id IN (SELECT conversation_id FROM tag WHERE name = :tag)",
            "model": "c.id IN (SELECT conversation_id FROM message "
            "WHERE model = :model AND model != '')",
            "is_local": self._place(),
            "pinned": "c.pinned = :pinned",
            "since": f"{time} >= :since",
            "until": f"{time} < :until",
        }
        values: dict[str, object] = {
            name: getattr(self, name)
            for name in wanted
            if getattr(self, name) is not None
            and (name == "folder_id" or getattr(self, name) != "")
        }
        return "".join(f" AND {wanted[name]}" for name in values), values

    def _folder(self) -> str:
        if not self.folder_id:
            return "c.folder_id IS NULL AND :folder_id = ''"
        return "c.folder_id IN (SELECT id FROM folder WHERE :folder_id IN (id, parent_id))"

    def _place(self) -> str:
        cloud = "(SELECT conversation_id FROM message WHERE is_local = 0)"
        # The name has to occur, so that SQLite takes its value.
        return f"c.id {'NOT ' if self.is_local else ''}IN {cloud} AND :is_local IN (0, 1)"


EVERYTHING = Filters()
