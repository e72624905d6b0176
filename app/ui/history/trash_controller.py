"""What lies in the trash, and what becomes of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from math import ceil

from PySide6.QtCore import Signal

from app.store.history import History
from app.store.trash import DAY_S, DeletedMessage
from app.store.values import Conversation
from app.ui.store_controller import StoreController

_LONGEST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class TrashItem:
    """A conversation, or a message of one that is not deleted (`token` is not "" then).

    `others` messages were deleted together with it. `deleted_at` is in Unix seconds.
    """

    conversation_id: str
    title: str
    deleted_at: float
    token: str = ""
    text: str = ""
    others: int = 0

    def days_left(self, days: int, now: float | None = None) -> int:
        """How many days it stays, one begun included, where the trash keeps things for `days`."""
        since = (time.time() if now is None else now) - self.deleted_at
        return max(0, ceil(days - since / DAY_S))


class TrashController(StoreController):
    """Holds no widget.

    Signals:
        loaded(list of TrashItem): what is in the trash, the last deleted first.
        restored(list of Conversation): these are back in the list.
    """

    loaded = Signal(list)
    restored = Signal(list)

    def refresh(self) -> None:
        """Read what is in it."""
        self._tasks.start("read the trash", self._load())

    def restore(self, items: Sequence[TrashItem]) -> None:
        """Take these out again."""
        self._tasks.start("restore", self._restore(list(items)))

    def erase(self, items: Sequence[TrashItem]) -> None:
        """Erase these for good."""
        self._start("erase", lambda store: _erase(store, items))

    def empty(self) -> None:
        """Erase everything in it for good."""
        self._start("empty the trash", lambda store: store.trash.purge())

    def _start(self, name: str, job: Callable[[History], object]) -> None:
        async def change() -> None:
            await self._try(job)
            await self._load()

        self._tasks.start(name, change())

    async def _load(self) -> None:
        found = await self._try(_items)
        if found is not None:
            self.loaded.emit(found)

    async def _restore(self, items: list[TrashItem]) -> None:
        back: list[Conversation] = []
        for item in items:
            found = await self._try(partial(_restore, item))
            if found is not None:
                back.append(found)
        if back:
            self.restored.emit(back)
        if any(item.conversation_id == self._chat.open_id for item in items):
            await self._chat.reload()
        await self._load()


def _items(store: History) -> list[TrashItem]:
    found = [_of_conversation(one) for one in store.trash.conversations()]
    found += [_of_message(one) for one in store.trash.messages()]
    return sorted(found, key=lambda item: item.deleted_at, reverse=True)


def _of_conversation(conversation: Conversation) -> TrashItem:
    return TrashItem(
        conversation_id=conversation.id,
        title=conversation.title,
        deleted_at=conversation.deleted_at or 0.0,
    )


def _of_message(deleted: DeletedMessage) -> TrashItem:
    return TrashItem(
        conversation_id=deleted.conversation.id,
        title=deleted.conversation.title,
        deleted_at=deleted.deleted_at,
        token=deleted.token,
        text=" ".join(deleted.message.text[: _LONGEST * 2].split())[:_LONGEST],
        others=deleted.others,
    )


def _restore(item: TrashItem, store: History) -> Conversation:
    if item.token:
        store.restore_message(item.token)
        return store.conversation(item.conversation_id)
    return store.restore_conversation(item.conversation_id)


def _erase(store: History, items: Sequence[TrashItem]) -> None:
    for item in items:
        if item.token:
            store.trash.erase_message(item.token)
        else:
            store.trash.erase_conversation(item.conversation_id)
