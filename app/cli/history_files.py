"""`tacit history export|import|backup|restore`: files that conversations go to and come from."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from app.cli.command import Commands, Context
from app.cli.history_keys import CommandKeys
from app.cli.history_store import chosen, reading, writing
from app.cli.output import EXIT_DONE, EXIT_INTERRUPTED, short_path
from app.core.errors import AppError, ErrorCode

if TYPE_CHECKING:
    from app.exchange.importing import ImportReport
    from app.store.history import History

T = TypeVar("T")

_FORMATS = ("markdown", "html", "json", "text")


def register(inner: Commands) -> None:
    """Add the commands."""
    export = inner.add(
        "export",
        _export,
        "Write conversations to a file, or one file each to a folder",
        more="Only json, also named *.tacit, holds everything and can be imported again",
    )
    export.add_argument("path", metavar="PATH", type=Path, help="a file, or a folder that exists")
    export.add_argument("ids", metavar="ID", nargs="*", help="which ones; all without it")
    export.add_argument(
        "--format", choices=_FORMATS, help="otherwise by the ending of the file's name"
    )
    imported = inner.add(
        "import",
        _import,
        "Take over conversations from another program",
        more="Exports of ChatGPT, Claude, Open WebUI and Tacit (also inside their zip archive), "
        "folders of LM Studio and Jan, copied text of GPT4All. Importing twice makes no doubles",
    )
    imported.add_argument("path", metavar="PATH", type=Path, help="the file or folder")
    backup = inner.add(
        "backup",
        _backup,
        "Write everything to one file",
        more="That is the history and the settings, without keys and models",
    )
    backup.add_argument("path", metavar="FILE", type=Path, help="the file to write")
    restore = inner.add(
        "restore",
        _restore,
        "Go back to a backup or to a daily copy",
        more="What is there now is kept beside it",
    )
    restore.add_argument("path", metavar="FILE", type=Path, help="what backup wrote")


class _Direct:
    """Runs jobs on the history at once."""

    def __init__(self, history: History) -> None:
        self._history = history

    def __call__(self, job: Callable[[History], T]) -> T:
        return job(self._history)


def _export(options: argparse.Namespace, context: Context) -> int:
    from app.cli.interrupt import cancelling_blocking
    from app.core.handoff import CancelToken
    from app.exchange.exporting import ExportProgress, export_to
    from app.exchange.writers import ExportFormat

    if options.path.suffix.lower() == ".pdf" and not options.format:
        raise AppError(
            "Only the window can write PDF: it takes what draws the window.",
            "Export there, on the page History, or write HTML here and print it.",
            code=ErrorCode.USAGE,
        )
    kind = options.format or ExportFormat.of(options.path.suffix)
    if kind is None:
        raise AppError(
            "The name of the file does not say in which format to export.",
            f"Add --format with one of {', '.join(_FORMATS)}.",
            code=ErrorCode.USAGE,
        )

    def tell(progress: ExportProgress) -> None:
        context.console.status(f"Exported {progress.written} of {progress.total} ...")

    cancel = CancelToken()
    with reading(context) as history, cancelling_blocking(cancel):
        ids = [chosen(history, given).id for given in options.ids] or None
        report = export_to(
            options.path,
            _Direct(history),
            ExportFormat(kind),
            ids,
            on_progress=tell,
            cancel=cancel,
        )
    if context.as_json:
        context.console.json({**asdict(report), "path": str(options.path)})
    elif report.was_cancelled:
        context.console.note("Stopped.")
    else:
        count = _counted(report.conversations, "conversation")
        context.console.line(f"Exported {count} to {short_path(options.path)}")
    return EXIT_INTERRUPTED if report.was_cancelled else EXIT_DONE


def _import(options: argparse.Namespace, context: Context) -> int:
    from app.cli.interrupt import cancelling_blocking
    from app.core.handoff import CancelToken
    from app.exchange.importing import import_from
    from app.exchange.reading import Progress

    def tell(progress: Progress) -> None:
        share = progress.read / progress.total if progress.total else 1.0
        context.console.status(f"Read {min(share, 1.0):.0%} ...")

    cancel = CancelToken()
    with writing(context) as history, cancelling_blocking(cancel):
        report = import_from(options.path, _Direct(history), on_progress=tell, cancel=cancel)
        while not cancel.is_cancelled and history.index_more():
            context.console.status("Making everything findable ...")
    if context.as_json:
        context.console.json({**asdict(report), "formats": sorted(report.formats)})
    else:
        for line in _sentences(report):
            context.console.line(line)
    return EXIT_INTERRUPTED if report.was_cancelled else EXIT_DONE


def _sentences(report: ImportReport) -> list[str]:
    origin = f" from {', '.join(sorted(report.formats))}" if report.formats else ""
    lines = [f"Imported {_counted(report.added, 'conversation')}{origin}."]
    if report.known:
        lines.append(f"{_counted(report.known, 'conversation')} had been imported before.")
    if report.in_trash:
        lines.append(f"{_counted(report.in_trash, 'conversation')} had been, and are in the trash.")
    if report.empty:
        lines.append(f"{_counted(report.empty, 'conversation')} had nothing in them.")
    if report.unreadable:
        named = f": {', '.join(report.named)}" if report.named else ""
        lines.append(f"{_counted(report.unreadable, 'conversation')} could not be read{named}.")
    if report.images:
        lines.append(f"{_counted(report.images, 'image')} left out, with a note in the message.")
    if report.left_out:
        lines.append(f"{_counted(report.left_out, 'part')} of other kinds left out.")
    if report.was_cancelled:
        lines.append("Stopped; import the same again to go on.")
    return lines


def _backup(options: argparse.Namespace, context: Context) -> int:
    from app.cli.interrupt import cancelling_blocking
    from app.core.handoff import CancelToken
    from app.store import backup
    from app.store.copying import NotWantedError

    cancel = CancelToken()
    paths = context.paths
    with cancelling_blocking(cancel):
        try:
            made = backup.write(
                paths.history_file,
                options.path.absolute(),
                {"settings.json": paths.settings_file},
                is_wanted=lambda: not cancel.is_cancelled,
                keys=CommandKeys(context),
            )
        except NotWantedError:
            return EXIT_INTERRUPTED
    if context.as_json:
        context.console.json({**asdict(made), "path": str(options.path)})
    else:
        count = _counted(made.conversations, "conversation")
        context.console.line(f"Backed up {count} and the settings to {short_path(options.path)}")
    return EXIT_DONE


def _restore(options: argparse.Namespace, context: Context) -> int:
    from app.store import backup

    paths = context.paths
    made, kept = backup.restore(
        options.path.absolute(),
        paths.history_file,
        {"settings.json": paths.settings_file},
        keys=CommandKeys(context),
    )
    if context.as_json:
        document = {"conversations": made.conversations, "messages": made.messages}
        context.console.json({**document, "kept": [str(place) for place in kept]})
        return EXIT_DONE
    context.console.line(f"Restored {_counted(made.conversations, 'conversation')}.")
    for place in kept:
        context.console.line(f"What was there is kept in {short_path(place)}")
    return EXIT_DONE


def _counted(count: int, thing: str) -> str:
    return f"{count} {thing}{'' if count == 1 else 's'}"
