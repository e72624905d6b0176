"""Writes conversations to a file, or to a folder with a file for each, all of it or nothing."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from app.core.errors import AppError, ErrorCode
from app.core.files import replacing
from app.core.handoff import CancelToken
from app.exchange.importing import Runner
from app.exchange.writers import ExportFormat, writer
from app.store.errors import GoneError
from app.store.history import History
from app.store.transcripts import Transcript

# Writes conversations to a file that is there and empty.
Write = Callable[[Path, Iterator[Transcript]], None]

_LONGEST_NAME = 80
# What no file system in use takes, and what would hide a file.
_FORBIDDEN = set('<>:"/\\|?*')
_RESERVED = {"con", "prn", "aux", "nul", *(f"{n}{i}" for n in ("com", "lpt") for i in range(10))}


@dataclass(slots=True)
class ExportReport:
    """How many conversations were written to how many files; `gone` were deleted meanwhile."""

    conversations: int = 0
    files: int = 0
    gone: int = 0
    was_cancelled: bool = False


@dataclass(frozen=True, slots=True)
class ExportProgress:
    """How many conversations of all have been written."""

    written: int
    total: int


def export_to(
    path: Path,
    run: Runner,
    kind: ExportFormat,
    ids: Sequence[str] | None = None,
    *,
    suffix: str = "",
    on_progress: Callable[[ExportProgress], None] = lambda _: None,
    cancel: CancelToken | None = None,
) -> ExportReport:
    """Write the conversations `ids` (None: all) to the file `path`; see `export_with`.

    In a folder their names end with `suffix`, or with that of their kind.
    """
    way = (suffix or kind.suffix, partial(_write, kind))
    return export_with(path, run, way, ids, on_progress=on_progress, cancel=cancel)


def export_with(
    path: Path,
    run: Runner,
    way: tuple[str, Write],
    ids: Sequence[str] | None = None,
    *,
    on_progress: Callable[[ExportProgress], None] = lambda _: None,
    cancel: CancelToken | None = None,
) -> ExportReport:
    """Write conversations in some way: a suffix, and what writes one file; blocking.

    Where `path` is a folder that exists, each conversation gets a file of its own in it, and
    none that is there is overwritten. A file is there complete or not at all, also after a
    cancellation. Only one conversation is read at a time. Raises `AppError`.
    """
    suffix, write = way
    wanted = list(ids) if ids is not None else run(lambda history: history.transcripts.ids())
    report = ExportReport()
    transcripts = _transcripts(wanted, run, report, on_progress, cancel)
    try:
        if path.is_dir():
            for transcript in transcripts:
                with replacing(_free_name(path, transcript, suffix)) as file:
                    write(file, iter([transcript]))
                report.files += 1
        else:
            with replacing(path) as file:
                write(file, transcripts)
                if report.was_cancelled:
                    raise _CancelledError
            report.files = 1
    except _CancelledError:
        report.conversations = 0
    except OSError as error:
        raise _unwritable(path, error) from error
    return report


class _CancelledError(Exception):
    """Nobody wants the file any more."""


def _transcripts(
    ids: Sequence[str],
    run: Runner,
    report: ExportReport,
    on_progress: Callable[[ExportProgress], None],
    cancel: CancelToken | None,
) -> Iterator[Transcript]:
    for number, conversation_id in enumerate(ids):
        if cancel is not None and cancel.is_cancelled:
            report.was_cancelled = True
            return
        try:
            transcript = run(partial(_read, conversation_id))
        except GoneError:
            report.gone += 1
            continue
        yield transcript
        report.conversations += 1
        on_progress(ExportProgress(number + 1, len(ids)))


def _read(conversation_id: str, history: History) -> Transcript:
    return history.transcripts.read(conversation_id)


def _write(kind: ExportFormat, target: Path, transcripts: Iterator[Transcript]) -> None:
    chosen = writer(kind)
    with target.open("w", encoding="utf-8", errors="replace", newline="\n") as file:
        file.write(chosen.begin())
        file.writelines(chosen.one(transcript) for transcript in transcripts)
        file.write(chosen.end())


def _free_name(folder: Path, transcript: Transcript, suffix: str) -> Path:
    """A name made of the title that every file system takes and that is free."""
    title = "".join(
        c if c.isprintable() and c not in _FORBIDDEN else " " for c in transcript.conversation.title
    )
    stem = " ".join(title.split())[:_LONGEST_NAME].strip(". ")
    while len(stem.encode("utf-8", "replace")) > 2 * _LONGEST_NAME:  # a name's length in bytes
        stem = stem[:-1]
    if not stem or stem.casefold() in _RESERVED:
        stem = f"Conversation {stem}".strip()
    number, path = 1, folder / f"{stem}{suffix}"
    while path.exists():
        number += 1
        path = folder / f"{stem} ({number}){suffix}"
    return path


def _unwritable(path: Path, error: OSError) -> AppError:
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return AppError(
            "The disk is full, so nothing was exported.",
            "Free some space or choose another place.",
            code=ErrorCode.DISK_FULL,
        )
    reason = (error.strerror or type(error).__name__).lower()
    return AppError(
        f"The export cannot be written to {path.name}: {reason}.",
        "Choose another place.",
        code=ErrorCode.USAGE,
    )
