"""The messages that are in front, in their order; no Qt in here."""

from __future__ import annotations

from collections.abc import Iterable

from app.core.messages import Role
from app.store.values import StoredMessage


class ShownPath:
    """Follows what the store does, so that the view is told only what changes."""

    def __init__(self) -> None:
        self._messages: list[StoredMessage] = []

    @property
    def ids(self) -> list[str]:
        """The ids in their order."""
        return [message.id for message in self._messages]

    @property
    def last_answer(self) -> StoredMessage | None:
        """The last message that a model wrote."""
        answers = [m for m in self._messages if m.role is Role.ASSISTANT]
        return answers[-1] if answers else None

    def set(self, messages: Iterable[StoredMessage]) -> None:
        """Take these in place of what was there."""
        self._messages = list(messages)

    def prepend(self, messages: Iterable[StoredMessage]) -> None:
        """Put these before the first one."""
        self._messages = [*messages, *self._messages]

    def put(self, message: StoredMessage) -> None:
        """Take the new facts of a message that is there."""
        self._messages = [message if m.id == message.id else m for m in self._messages]

    def add(self, message: StoredMessage) -> list[str]:
        """Put `message` after its parent; returns the ids that stood there, now elsewhere."""
        ids = self.ids
        place = ids.index(message.parent_id) + 1 if message.parent_id in ids else 0
        self._messages[place:] = [message]
        return ids[place:]
