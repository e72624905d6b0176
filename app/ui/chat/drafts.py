"""Keeps what is being written in each conversation, also over a crash."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from app.core.draft import Draft, TextFile
from app.core.errors import AppError
from app.core.tasks import Tasks
from app.store.history import History
from app.store.worker import HistoryWorker

_DELAY_MS = 400
_NOTHING = Draft()


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
        self._known: dict[str | None, Draft] = {}
        # Files are large, and change seldom: they are not written again with every key.
        self._saved_files: dict[str | None, tuple[TextFile, ...]] = {}
        self._unsaved: set[str | None] = set()
        self._is_failing = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_DELAY_MS)
        self._timer.timeout.connect(self._start_saving)

    def edited(self, conversation_id: str | None, draft: Draft) -> None:
        """The person wrote or attached something; `draft` is all of it."""
        if self._known.get(conversation_id) != draft:
            self._known[conversation_id] = draft
            self._unsaved.add(conversation_id)
            self._timer.start()

    def sent(self, conversation_id: str | None) -> None:
        """It is on its way; the store drops the draft when it has the question."""
        self._known[conversation_id] = _NOTHING
        self._saved_files.pop(conversation_id, None)
        self._unsaved.discard(conversation_id)

    def moved_to(self, conversation_id: str) -> None:
        """A conversation came of the new chat: what was written there since belongs to it."""
        if since := self._known.get(None, _NOTHING):
            self.edited(conversation_id, since)
            self.edited(None, _NOTHING)

    def give_back(self, conversation_id: str | None, draft: Draft) -> None:
        """It could not be sent and is not in front any more: keep it before the rest."""
        self.edited(conversation_id, draft.before(self._known.get(conversation_id, _NOTHING)))

    def files(self, conversation_id: str | None) -> tuple[TextFile, ...]:
        """The files that wait there, as far as the draft was shown."""
        return self._known.get(conversation_id, _NOTHING).files

    def attach(self, conversation_id: str | None, file: TextFile) -> None:
        """A file was read for a conversation that is not in front any more."""
        there = self._known.get(conversation_id, _NOTHING)
        self.edited(conversation_id, Draft(there.text, (*there.files, file)))

    def shown(self, conversation_id: str | None, stored: Draft) -> Draft:
        """What to show: what was typed last here, else what is stored."""
        self._saved_files.setdefault(conversation_id, stored.files)
        return self._known.setdefault(conversation_id, stored)

    def forget(self, conversation_id: str) -> None:
        """The conversation is gone."""
        self._known.pop(conversation_id, None)
        self._saved_files.pop(conversation_id, None)
        self._unsaved.discard(conversation_id)

    async def load_new(self) -> Draft:
        """The draft of the chat that is not yet begun."""
        stored = await self._history.run(lambda history: stored_draft(history, None))
        typed = self._known.get(None, _NOTHING)
        self._saved_files[None] = stored.files
        if stored and typed and typed != stored:
            # Written while the history could not be opened: neither may replace the other.
            self.edited(None, stored.before(typed))
        else:
            self._known[None] = typed or stored
        return self._known[None]

    async def save(self) -> None:
        """Save what is not saved yet."""
        self._timer.stop()
        for conversation_id in list(self._unsaved):
            self._unsaved.discard(conversation_id)
            draft = self._known.get(conversation_id, _NOTHING)
            has_other_files = self._saved_files.get(conversation_id) != draft.files
            try:
                await self._history.run(_saving(conversation_id, draft, files=has_other_files))
            except AppError as error:
                # Tried again with the next key; what was typed is still in the composer.
                self._unsaved.add(conversation_id)
                self._fail(error)
                return
            if self._known.get(conversation_id, _NOTHING).files == draft.files:
                # Otherwise it was sent meanwhile, or has others by now.
                self._saved_files[conversation_id] = draft.files
            self._is_failing = False

    def _start_saving(self) -> None:
        self._tasks.start("save draft", self.save())

    def _fail(self, error: AppError) -> None:
        if not self._is_failing:
            self._is_failing = True
            self.failed.emit(error)


def stored_draft(history: History, conversation_id: str | None) -> Draft:
    """What the store has of a draft; raises `AppError`."""
    return Draft(history.draft(conversation_id), history.attachments.draft(conversation_id))


def _saving(conversation_id: str | None, draft: Draft, *, files: bool) -> Callable[[History], None]:
    def save(history: History) -> None:
        with history.batch():
            history.save_draft(conversation_id, draft.text)
            if files:
                history.attachments.save_draft(conversation_id, draft.files)

    return save
