"""Keeps what is being written in each conversation, also over a crash."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from app.core.errors import AppError
from app.core.tasks import Tasks
from app.store.history import History
from app.store.worker import HistoryWorker

_DELAY_MS = 400


class Drafts(QObject):
    """Saves a little after the last key; None stands for the chat that is not yet begun.

    Signals:
        failed(object AppError): a draft could not be saved; said once until one is again.
    """

    failed = Signal(object)

    def __init__(self, history: HistoryWorker, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._history = history
        self._tasks = tasks
        self._known: dict[str | None, str] = {}
        self._unsaved: set[str | None] = set()
        self._is_failing = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_DELAY_MS)
        self._timer.timeout.connect(self._start_saving)

    def edited(self, conversation_id: str | None, text: str) -> None:
        """The person wrote; `text` is all of it."""
        if self._known.get(conversation_id) != text:
            self._known[conversation_id] = text
            self._unsaved.add(conversation_id)
            self._timer.start()

    def sent(self, conversation_id: str | None) -> None:
        """The text is on its way; the store drops the draft when it has the question."""
        self._known[conversation_id] = ""
        self._unsaved.discard(conversation_id)

    def moved_to(self, conversation_id: str) -> None:
        """A conversation came of the new chat: what was written there since belongs to it."""
        if since := self._known.get(None, ""):
            self.edited(conversation_id, since)
            self.edited(None, "")

    def give_back(self, conversation_id: str | None, text: str) -> None:
        """A text could not be sent and is not in front any more: keep it before the rest."""
        since = self._known.get(conversation_id, "")
        self.edited(conversation_id, f"{text}\n\n{since}" if since.strip() else text)

    def text(self, conversation_id: str | None, stored: str) -> str:
        """What to show: what was typed last here, else what is stored."""
        return self._known.setdefault(conversation_id, stored)

    def forget(self, conversation_id: str) -> None:
        """The conversation is gone."""
        self._known.pop(conversation_id, None)
        self._unsaved.discard(conversation_id)

    async def load_new(self) -> str:
        """The draft of the chat that is not yet begun."""
        stored = await self._history.run(lambda history: history.draft(None))
        typed = self._known.get(None, "")
        if stored and typed and typed != stored:
            # Written while the history could not be opened: neither may replace the other.
            self.edited(None, f"{stored}\n\n{typed}")
        else:
            self._known[None] = typed or stored
        return self._known[None]

    async def save(self) -> None:
        """Save what is not saved yet."""
        self._timer.stop()
        for conversation_id in list(self._unsaved):
            self._unsaved.discard(conversation_id)
            text = self._known.get(conversation_id, "")
            try:
                await self._history.run(_saving(conversation_id, text))
            except AppError as error:
                # Tried again with the next key; what was typed is still in the composer.
                self._unsaved.add(conversation_id)
                self._fail(error)
                return
            self._is_failing = False

    def _start_saving(self) -> None:
        self._tasks.start("save draft", self.save())

    def _fail(self, error: AppError) -> None:
        if not self._is_failing:
            self._is_failing = True
            self.failed.emit(error)


def _saving(conversation_id: str | None, text: str) -> Callable[[History], None]:
    return lambda history: history.save_draft(conversation_id, text)
