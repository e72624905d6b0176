"""What the person wants done with conversations and folders; whoever can do it listens."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal


class Wishes(QObject):
    """One for the side list, its menus and the bar below it.

    `ids` are those of conversations, in the order of the list.

    Signals:
        opened(str id): show this conversation.
        deleted(list ids), exported(list ids), tagged(list ids): delete, export, choose tags.
        pinned(list ids, bool): keep at the top, or no longer.
        marked(list ids, bool): confidential, or no longer.
        moved(list ids, str folder): into a folder, or with "" out of any.
        moved_to_new(list ids): into a folder that is to be made.
        folder_made(str parent): a new folder, inside of another unless "".
        folder_opened(str id): show the settings of a folder.
        folder_deleted(str id), folder_exported(str id): a folder.
    """

    opened = Signal(str)
    deleted = Signal(list)
    exported = Signal(list)
    tagged = Signal(list)
    pinned = Signal(list, bool)
    marked = Signal(list, bool)
    moved = Signal(list, str)
    moved_to_new = Signal(list)
    folder_made = Signal(str)
    folder_opened = Signal(str)
    folder_deleted = Signal(str)
    folder_exported = Signal(str)
