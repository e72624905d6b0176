"""Folders, pins and tags of the conversations, and what is done with several at once."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence

from PySide6.QtCore import Signal

from app.core.tasks import Tasks
from app.store.history import History
from app.store.values import Conversation, Folder, Mark
from app.store.worker import HistoryWorker
from app.ui.chat.chat_controller import ChatController
from app.ui.store_controller import StoreController


class ShelfController(StoreController):
    """Holds no widget.

    Signals:
        folders_changed(list of Folder): all folders, in the order of their names.
        tags_changed(list of str): all tags in use.
        changed(list of Conversation): these have another folder, pin, mark or tags.
        removed(list ids): these are in the trash now.
        undo_offered(int count, object): so many were deleted; calling the object takes it back.
    """

    folders_changed = Signal(list)
    tags_changed = Signal(list)
    changed = Signal(list)
    removed = Signal(list)
    undo_offered = Signal(int, object)

    def __init__(self, chat: ChatController, history: HistoryWorker, tasks: Tasks) -> None:
        super().__init__(chat, history, tasks)
        self.folders: list[Folder] = []
        self.tags: list[str] = []

    async def load(self) -> None:
        """Read which folders and tags there are."""
        found = await self._try(lambda store: (store.folders.all(), list(store.labels.tags())))
        if found is not None:
            self._tell(*found)

    def refresh(self) -> None:
        """Read them again."""
        self._tasks.start("read folders", self.load())

    def pin(self, ids: Sequence[str], *, pinned: bool) -> None:
        """Keep conversations at the top, or no longer."""

        def job(store: History) -> list[Conversation]:
            with store.batch():
                return [store.labels.pin(one, pinned=pinned) for one in ids]

        self._start("pin", job)

    def move(self, ids: Sequence[str], folder_id: str) -> None:
        """Put conversations into a folder, with "" out of any."""

        def job(store: History) -> list[Conversation]:
            return _put(store, ids, store.folders.get(folder_id) if folder_id else None)

        self._start("move", job)

    def set_tags(self, tags: dict[str, Sequence[str]]) -> None:
        """Give each conversation exactly these tags."""

        def job(store: History) -> list[Conversation]:
            with store.batch():
                return [store.labels.set_tags(one, names) for one, names in tags.items()]

        self._start("tag", job)

    def make_folder(self, name: str, parent_id: str = "", ids: Sequence[str] = ()) -> None:
        """A new folder, and `ids` in it."""

        def job(store: History) -> list[Conversation]:
            with store.batch():
                return _put(store, ids, store.folders.create(name, parent_id or None))

        self._start("new folder", job)

    def rename_folder(self, folder_id: str, name: str) -> None:
        """Give a folder another name."""
        self._start_in_folder(lambda store: store.folders.rename(folder_id, name))

    def instruct_folder(self, folder_id: str, text: str) -> None:
        """Tell models something in a folder's conversations; nothing where that is blank."""
        prompt = text if text.strip() else None
        self._start_in_folder(lambda store: store.folders.set_system_prompt(folder_id, prompt))

    def set_folder_words(self, folder_id: str, words: Sequence[str]) -> None:
        """Have these words replaced before anything of a folder's conversations leaves."""
        self._start_in_folder(lambda store: store.folders.set_words(folder_id, words))

    def mark_folder(self, folder_id: str, *, on: bool) -> None:
        """Mark a folder confidential with all that is in it; without `on` the folder alone."""
        mark = Mark.CONFIDENTIAL if on else Mark.NONE

        def job(store: History) -> list[Conversation]:
            store.folders.set_mark(folder_id, mark)
            return _marked(store) if on else []

        self._start("mark a folder", job)

    def delete_folder(self, folder_id: str, inside: Sequence[str]) -> None:
        """Remove a folder; `inside`, its conversations, stay and are in no folder then."""

        def job(store: History) -> list[Conversation]:
            store.folders.delete(folder_id)
            return [store.conversation(one) for one in inside]

        self._start("delete folder", job)

    def delete(self, ids: Sequence[str]) -> None:
        """Put conversations into the trash."""

        async def delete() -> None:
            for one in ids:
                await self._chat.settle(one)
            if await self._try(lambda store: _delete(store, ids)) is None:
                return
            if self._chat.open_id in ids:
                self._chat.new_chat()
            self.removed.emit(list(ids))
            self.undo_offered.emit(len(ids), lambda: self.restore(ids))
            await self.load()

        self._tasks.start("delete conversations", delete())

    async def show_branch(self, message_id: str) -> bool:
        """Let the path through this message be the one that is shown; whether that could be."""
        return await self._try(lambda store: store.show_branch(message_id)) is not None

    def restore(self, ids: Sequence[str]) -> None:
        """Take conversations out of the trash again; a single one is shown."""

        async def restore() -> None:
            found = await self._try(lambda store: _restore(store, ids))
            if found is not None:
                self.changed.emit(found)
                if len(ids) == 1:
                    self._chat.open(ids[0])
            await self.load()

        self._tasks.start("restore", restore())

    def _start(self, name: str, job: Callable[[History], list[Conversation]]) -> None:
        async def change() -> None:
            changed = await self._try(job)
            # Read again even then: some of it may have been done.
            await self.load()
            for one in changed or ():
                if one.id == self._chat.open_id:
                    self._chat.take_conversation(one)
            if changed:
                self.changed.emit(changed)

        self._tasks.start(name, change())

    def _start_in_folder(self, change: Callable[[History], Folder]) -> None:
        def job(store: History) -> list[Conversation]:
            change(store)
            return []

        self._start("change a folder", job)

    def _tell(self, folders: list[Folder], tags: list[str]) -> None:
        if folders != self.folders:
            self.folders = folders
            self.folders_changed.emit(folders)
        if tags != self.tags:
            self.tags = tags
            self.tags_changed.emit(tags)


def _put(store: History, ids: Sequence[str], folder: Folder | None) -> list[Conversation]:
    """Put conversations into a folder; returns all that may be others now."""
    store.folders.put(ids, folder.id if folder is not None else None)
    if ids and folder is not None and folder.mark:
        return _marked(store)
    return [store.conversation(one) for one in ids]


def _marked(store: History) -> list[Conversation]:
    """All that is confidential: what was made from the marked is marked, wherever it is."""
    return [one for one in store.conversations(sys.maxsize) if one.mark]


def _delete(store: History, ids: Sequence[str]) -> bool:
    with store.batch():
        for one in ids:
            store.delete_conversation(one)
    return True


def _restore(store: History, ids: Sequence[str]) -> list[Conversation]:
    with store.batch():
        return [store.restore_conversation(one) for one in ids]
