"""What a file holds before anything of it is imported."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from app.core.handoff import CancelToken
from app.exchange import reading
from app.exchange.building import Found, Unreadable
from app.exchange.reading import Progress

_MOST_TITLES = 3


@dataclass(slots=True)
class Contents:
    """Whose export it is, what would be imported, and the first `titles` of it."""

    formats: set[str] = field(default_factory=set)
    conversations: int = 0
    messages: int = 0
    unreadable: int = 0
    titles: list[str] = field(default_factory=list)
    was_cancelled: bool = False


def look(
    path: Path,
    *,
    on_progress: Callable[[Progress], None] = lambda _: None,
    cancel: CancelToken | None = None,
) -> Contents:
    """Read all of `path` and keep nothing; blocking. Raises `AppError` as importing it would."""
    contents, progress = Contents(), Progress()
    for name, item in reading.read(path, progress):
        if cancel is not None and cancel.is_cancelled:
            contents.was_cancelled = True
            break
        if name:
            contents.formats.add(name)
        if isinstance(item, Found):
            contents.conversations += 1
            contents.messages += len(item.transcript.messages)
            title = item.transcript.conversation.title
            if title and len(contents.titles) < _MOST_TITLES:
                contents.titles.append(title)
        elif isinstance(item, Unreadable):
            contents.unreadable += 1
        on_progress(progress)
    return contents
