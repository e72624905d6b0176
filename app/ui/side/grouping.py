"""Puts conversations and folders into the rows of the side list; no Qt in here."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from app.store.filters import Sort

if TYPE_CHECKING:
    from app.store.values import Conversation, Folder

# The keys of headings; a month has its own one, as "2026-11".
PINNED, FOLDERS, ALL = "pinned", "folders", "all"
TODAY, YESTERDAY, LAST_WEEK = "today", "yesterday", "last-week"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of the list: a heading, a folder, or a conversation.

    `heading` is the key of the heading, or of the one that the row stands under. `depth` is
    how many folders are around it, and `count` the conversations in a folder and in those
    inside of it.
    """

    heading: str
    conversation: Conversation | None = None
    folder: Folder | None = None
    depth: int = 0
    is_unfolded: bool = False
    count: int = 0

    @property
    def key(self) -> str:
        """The same for the same row before and after a change."""
        if self.conversation is not None:
            return self.conversation.id
        return f"folder {self.folder.id}" if self.folder is not None else f"heading {self.heading}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What decides the rows, beside the conversations themselves."""

    today: date
    sort: Sort = Sort.ACTIVITY
    folders: Sequence[Folder] = ()
    unfolded: Collection[str] = ()


def rows(conversations: Iterable[Conversation], order: Order) -> list[Row]:
    """Pinned conversations, folders, and the others by their time or title."""
    known = {folder.id for folder in order.folders}
    pinned: list[Conversation] = []
    inside: dict[str, list[Conversation]] = {}
    others: list[Conversation] = []
    for conversation in sorted(conversations, key=_key(order.sort), reverse=_is_falling(order)):
        if conversation.pinned:
            pinned.append(conversation)
        elif conversation.folder_id in known:
            inside.setdefault(str(conversation.folder_id), []).append(conversation)
        else:
            others.append(conversation)
    found = [Row(heading=PINNED, conversation=one) for one in pinned]
    found[:0] = [Row(heading=PINNED)] if pinned else []
    if order.folders:
        found.append(Row(heading=FOLDERS))
        found += _of_folders(None, 0, inside, order)
    found += _with_headings(others, order)
    return found


def heading_of(at: float, today: date) -> str:
    """The key of the heading for a time in Unix seconds, by the calendar of this machine."""
    return _heading(date.fromtimestamp(at), today)  # noqa: DTZ012  (the day as it is called here)


@lru_cache(maxsize=4096)
def _heading(day: date, today: date) -> str:
    """Kept: of a thousand conversations with every change, most are of the same few days."""
    if day >= today:
        return TODAY
    if day == today - timedelta(days=1):
        return YESTERDAY
    if day >= today - timedelta(days=7):
        return LAST_WEEK
    return f"{day.year}-{day.month:02}"


def _of_folders(
    parent: str | None, depth: int, inside: dict[str, list[Conversation]], order: Order
) -> Iterator[Row]:
    for folder in order.folders:
        if folder.parent_id != parent:
            continue
        below = [one.id for one in order.folders if one.parent_id == folder.id]
        count = sum(len(inside.get(one, ())) for one in (folder.id, *below))
        is_unfolded = folder.id in order.unfolded
        yield Row(heading=FOLDERS, folder=folder, depth=depth, is_unfolded=is_unfolded, count=count)
        if is_unfolded:
            yield from _of_folders(folder.id, depth + 1, inside, order)
            for one in inside.get(folder.id, ()):
                yield Row(heading=FOLDERS, conversation=one, depth=depth + 1)


def _with_headings(conversations: Iterable[Conversation], order: Order) -> Iterator[Row]:
    last = ""
    for conversation in conversations:
        heading = ALL
        if order.sort is not Sort.TITLE:
            is_made = order.sort is Sort.CREATED
            at = conversation.created_at if is_made else conversation.updated_at
            heading = heading_of(at, order.today)
        if heading != last:
            yield Row(heading=heading)
            last = heading
        yield Row(heading=heading, conversation=conversation)


def _is_falling(order: Order) -> bool:
    return order.sort is not Sort.TITLE


def _key(sort: Sort) -> Callable[[Conversation], tuple[str, float]]:
    match sort:
        case Sort.TITLE:
            return lambda one: (one.title.casefold(), -one.updated_at)
        case Sort.CREATED:
            return lambda one: ("", one.created_at)
        case Sort.ACTIVITY:
            return lambda one: ("", one.updated_at)
