"""The messages that wait until the answer before them is written; holds no widget."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from app.core.draft import Draft
from app.ui.chat.chat_controller import ChatController


class MessageQueue(QObject):
    """A line of messages for each conversation.

    The first is sent when an answer has come to its end by itself. After one that failed or
    was stopped they go on waiting, because then the person may want to say something else.

    Signals:
        changed: another conversation is in front, or others wait in it.
    """

    changed = Signal()

    def __init__(self, chat: ChatController) -> None:
        super().__init__()
        self._chat = chat
        self._waiting: dict[str, list[Draft]] = {}
        chat.turn_ended.connect(self._on_ended)
        chat.message_added.connect(self._on_added)
        chat.shown.connect(self.changed)
        chat.busy_changed.connect(self.changed)

    @property
    def waiting(self) -> list[Draft]:
        """What waits in front, the first to be sent first."""
        return list(self._waiting.get(self._chat.open_id, ()))

    @property
    def is_held(self) -> bool:
        """Whether nothing is being written that they could wait for."""
        return not self._chat.is_busy

    def add(self, message: Draft) -> None:
        """Have `message` wait in front, behind the others."""
        self._waiting.setdefault(self._chat.open_id, []).append(message)
        self.changed.emit()

    def take(self, place: int) -> Draft:
        """Take the one at `place` out."""
        waiting = self._waiting[self._chat.open_id]
        message = waiting.pop(place)
        if not waiting:
            del self._waiting[self._chat.open_id]
        self.changed.emit()
        return message

    def send_next(self) -> None:
        """Send the first one in front, where no answer is being written."""
        if self.waiting and self.is_held:
            self._send(self._chat.open_id)

    def give_back(self) -> None:
        """The window closes: what was never sent belongs to the drafts."""
        for conversation_id, waiting in self._waiting.items():
            for message in reversed(waiting):
                self._chat.drafts.give_back(conversation_id or None, message)
        self._waiting.clear()

    def _send(self, conversation_id: str) -> None:
        waiting = self._waiting[conversation_id]
        if self._chat.send_to(conversation_id, waiting[0]):
            del waiting[0]
        if not waiting:
            del self._waiting[conversation_id]
        self.changed.emit()

    def _on_ended(self, conversation_id: str, by_itself: bool) -> None:
        if by_itself and self._waiting.get(conversation_id):
            self._send(conversation_id)

    def _on_added(self) -> None:
        # A conversation has come of the new chat in which they were written.
        if self._chat.open_id and (early := self._waiting.pop("", [])):
            self._waiting.setdefault(self._chat.open_id, []).extend(early)
            self.changed.emit()
