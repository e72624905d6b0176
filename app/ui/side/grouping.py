"""Groups conversations by when they were used last; no Qt in here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.store.values import Conversation


class Age(Enum):
    """How long ago a conversation was used; in the order in which they are listed."""

    TODAY = "Today"
    YESTERDAY = "Yesterday"
    LAST_WEEK = "Last week"
    OLDER = "Older"


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the list: a heading, or a conversation."""

    age: Age
    conversation: Conversation | None = None

    @property
    def key(self) -> str:
        """The same for the same row before and after a change."""
        return self.age.name if self.conversation is None else self.conversation.id


def age_of(used_at: float, today: date) -> Age:
    """The group of a time in Unix seconds, by the calendar of this machine."""
    day = datetime.fromtimestamp(used_at).astimezone().date()
    if day >= today:
        return Age.TODAY
    if day == today - timedelta(days=1):
        return Age.YESTERDAY
    return Age.LAST_WEEK if day >= today - timedelta(days=7) else Age.OLDER


def rows(conversations: Iterable[Conversation], words: str, today: date) -> list[Row]:
    """Headings and the conversations whose title holds all of `words`, newest first."""
    wanted = words.casefold().split()
    return list(_with_headings((c for c in conversations if _matches(c, wanted)), today))


def _matches(conversation: Conversation, wanted: list[str]) -> bool:
    title = conversation.title.casefold()
    return all(word in title for word in wanted)


def _with_headings(conversations: Iterable[Conversation], today: date) -> Iterator[Row]:
    last: Age | None = None
    for conversation in sorted(conversations, key=lambda c: c.updated_at, reverse=True):
        age = age_of(conversation.updated_at, today)
        if age is not last:
            yield Row(age)
            last = age
        yield Row(age, conversation)
