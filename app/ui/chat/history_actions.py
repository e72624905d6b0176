"""What the person changes in a conversation: title, model, branches, and what is deleted."""

from __future__ import annotations

import sys
from collections.abc import Callable

from PySide6.QtCore import Signal

from app.chat import beginnings
from app.store.history import History
from app.store.values import Conversation, Folder, Mark
from app.ui.store_controller import StoreController

_FIRST = 200
_MORE = 2000


class HistoryActions(StoreController):
    """Every deletion can be undone until `forget_deleted`, which erases it for good.

    Signals:
        loaded(object): all conversations, newest first; again when older ones were read.
        message_undo_offered(object): a message was deleted; calling the object takes that back.
    """

    loaded = Signal(object)
    message_undo_offered = Signal(object)

    async def load(self) -> None:
        """Read the list: the newest at once, the others after them."""
        found: list[Conversation] = []
        size = _FIRST
        while True:
            page = await self._history.run(_page(size, len(found)))
            found += page
            self.loaded.emit(found)
            if len(page) < size:
                return
            size = _MORE

    def rename(self, conversation_id: str, title: str) -> None:
        """Give a conversation the title that the person wrote."""
        self._change("rename", lambda store: store.rename(conversation_id, title))

    def choose_model(self, model: str) -> None:
        """Let another model answer in the conversation in front."""
        conversation_id = self._chat.open_id
        self._change("choose model", lambda store: store.set_model(conversation_id, model))

    def mark(self, conversation_id: str, on: bool) -> None:
        """Mark a conversation confidential, or take the mark away."""
        mark = Mark.CONFIDENTIAL if on else Mark.NONE

        def job(store: History) -> tuple[Conversation, list[Conversation]]:
            return store.labels.mark(conversation_id, mark), store.conversations(sys.maxsize)

        async def change() -> None:
            if (found := await self._try(job)) is None:
                return
            marked, everything = found
            self._chat.take_conversation(marked)
            if on:  # what was forked from it is marked as well
                self.loaded.emit(everything)

        self._tasks.start("mark", change())

    def tell_folders(self, told: Callable[[list[Folder]], object]) -> None:
        """Hand all folders to `told`."""

        async def tell() -> None:
            if (found := await self._try(lambda store: store.folders.all())) is not None:
                told(found)

        self._tasks.start("read the folders", tell())

    def show_branch(self, message_id: str) -> None:
        """Show another wording or another answer, and what followed it."""

        async def show() -> None:
            if await self._try(lambda store: store.show_branch(message_id)) is not None:
                await self._chat.reload()

        if not self._chat.is_busy:
            self._tasks.start("show branch", show())

    def edit_answer(self, message_id: str, text: str) -> None:
        """Keep the person's wording of an answer as another version."""

        async def edit() -> None:
            made = await self._try(lambda store: beginnings.edit_answer(store, message_id, text))
            if made is not None and self._chat.open_id == made.conversation_id:
                await self._chat.reload()

        if not self._chat.is_busy:
            self._tasks.start("edit answer", edit())

    def fork(self, message_id: str) -> None:
        """Open a new conversation that ends with a copy of this message."""

        async def fork() -> None:
            made = await self._try(lambda store: store.branches.fork(message_id))
            if made is not None:
                self._chat.take_conversation(made)
                self._chat.open(made.id)

        self._tasks.start("fork", fork())

    def delete_message(self, message_id: str) -> None:
        """Take a message out; what follows it stays."""
        self._delete_within(message_id, lambda store: store.delete_message(message_id))

    def delete_branch(self, message_id: str) -> None:
        """Take a message out with everything that follows it."""
        self._delete_within("", lambda store: store.branches.delete(message_id))

    def _delete_within(self, message_id: str, job: Callable[[History], str]) -> None:
        """Delete in the conversation in front; first the answer `message_id` ("": any) ends."""
        conversation_id = self._chat.open_id

        async def delete() -> None:
            await self._chat.settle(conversation_id, message_id)
            token = await self._try(job)
            if token is None:
                return
            if self._chat.open_id == conversation_id:
                await self._chat.reload()
            self.message_undo_offered.emit(lambda: self._restore_message(conversation_id, token))

        self._tasks.start("delete message", delete())

    def forget_deleted(self) -> None:
        """An offer to undo has passed: erase what was deleted."""
        self._tasks.start("erase deleted", self.erase())

    async def erase(self) -> None:
        """Erase what was deleted, also by an earlier run."""
        await self._try(lambda store: store.purge_deleted())

    def _restore_message(self, conversation_id: str, token: str) -> None:
        async def restore() -> None:
            restored = await self._try(lambda store: store.restore_message(token))
            if restored is not None and self._chat.open_id == conversation_id:
                await self._chat.reload()

        self._tasks.start("restore message", restore())

    def _change(self, name: str, job: Callable[[History], Conversation]) -> None:
        async def change() -> None:
            if (changed := await self._try(job)) is not None:
                self._chat.take_conversation(changed)

        self._tasks.start(name, change())


def _page(limit: int, offset: int) -> Callable[[History], list[Conversation]]:
    return lambda store: store.conversations(limit, offset)
