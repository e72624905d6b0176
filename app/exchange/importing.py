"""Takes the conversations of a file into the history, one transaction each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Protocol, TypeVar

from app.core.handoff import CancelToken
from app.exchange import reading
from app.exchange.building import Found, Unreadable
from app.exchange.reading import Progress
from app.store.history import History
from app.store.transcripts import Added

T = TypeVar("T")

_MOST_NAMED = 50


class Runner(Protocol):
    """Runs a job on the history: `HistoryWorker.run_blocking`, or a plain call of the job."""

    def __call__(self, job: Callable[[History], T]) -> T:
        """The result of `job`."""


@dataclass(slots=True)
class ImportReport:
    """What became of an import.

    `added` conversations are new, `known` ones were there already, `in_trash` ones too, but
    deleted. `unreadable` ones made no sense; the first of their titles are in `named`.
    `images` and `left_out` count parts of messages that have a note in their place or none.
    """

    formats: set[str] = field(default_factory=set)
    added: int = 0
    known: int = 0
    in_trash: int = 0
    empty: int = 0
    unreadable: int = 0
    named: list[str] = field(default_factory=list)
    images: int = 0
    left_out: int = 0
    was_cancelled: bool = False


def import_from(
    path: Path,
    run: Runner,
    *,
    on_progress: Callable[[Progress], None] = lambda _: None,
    cancel: CancelToken | None = None,
) -> ImportReport:
    """Import everything from `path`; blocking.

    Each conversation is kept as soon as it was read, so that what was imported before a
    cancellation or a failure stays; importing the same again adds only what is missing.
    `on_progress` is called on this thread. Raises `AppError` where the file cannot be read
    or the history not be written.
    """
    report, progress = ImportReport(), Progress()
    for name, item in reading.read(path, progress):
        if cancel is not None and cancel.is_cancelled:
            report.was_cancelled = True
            break
        if name:
            report.formats.add(name)
        if isinstance(item, Found):
            _count(report, item, run(partial(_add, item)))
        elif isinstance(item, Unreadable):
            report.unreadable += 1
            if item.title and len(report.named) < _MOST_NAMED:
                report.named.append(item.title)
        else:
            report.empty += 1
        on_progress(progress)
    return report


def _add(found: Found, history: History) -> Added:
    return history.transcripts.add(found.transcript)


def _count(report: ImportReport, found: Found, added: Added) -> None:
    match added:
        case Added.NEW:
            report.added += 1
            report.images += found.images
            report.left_out += found.left_out
        case Added.KNOWN:
            report.known += 1
        case Added.IN_TRASH:
            report.in_trash += 1
