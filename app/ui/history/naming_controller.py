"""Has a conversation named when its first answer is there and no other is being written."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from app.chat.naming import Naming
from app.core.cancel import CancelToken
from app.core.errors import AppError
from app.core.tasks import Tasks
from app.store.values import Conversation


class NamingController(QObject):
    """Holds no widget. `is_wanted` says whether the person wants titles by the model.

    Signals:
        named(object Conversation): it has its title.
    """

    named = Signal(object)

    def __init__(self, naming: Naming, tasks: Tasks, is_wanted: Callable[[], bool]) -> None:
        super().__init__()
        self._naming = naming
        self._tasks = tasks
        self._is_wanted = is_wanted
        self._answering: frozenset[str] = frozenset()
        self._waiting: list[str] = []
        self._cancel: CancelToken | None = None

    def on_answering(self, conversation_ids: frozenset[str]) -> None:
        """In these conversations an answer is being written now; what has ended is named."""
        ended = self._answering - conversation_ids
        self._answering = conversation_ids
        if self._is_wanted():
            self._waiting += [one for one in ended if one not in self._waiting]
        if conversation_ids:
            # The model belongs to the answer; the title can wait.
            self.stop()
        elif self._waiting and self._cancel is None:
            self._cancel = CancelToken()
            self._tasks.start("name", self._name(self._cancel))

    def stop(self) -> None:
        """Let go of the model."""
        if self._cancel is not None:
            self._cancel.cancel()

    async def _name(self, cancel: CancelToken) -> None:
        try:
            while self._waiting and not cancel.is_cancelled:
                await self._name_one(self._waiting.pop(0), cancel)
        finally:
            self._cancel = None

    async def _name_one(self, conversation_id: str, cancel: CancelToken) -> None:
        try:
            conversation: Conversation | None = await self._naming.name(conversation_id, cancel)
        except AppError:
            # Deleted meanwhile, or the store cannot be written: the first words stay its title.
            return
        if conversation is not None:
            self.named.emit(conversation)
