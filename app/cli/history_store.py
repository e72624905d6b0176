"""What the commands of `tacit history` share: opening, choosing, dates."""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from app.cli.command import Context
from app.cli.history_keys import CommandKeys
from app.core.errors import AppError, ErrorCode

if TYPE_CHECKING:
    from app.store.filters import Filters
    from app.store.history import History
    from app.store.values import Conversation

_SHORTEST_ID = 4


@contextmanager
def reading(context: Context) -> Iterator[History]:
    """The history to look at, also while a window has it open."""
    from app.store.history import History

    history = History(context.paths.history_file, keys=CommandKeys(context))
    try:
        history.open(read_only=True)
    except AppError as error:
        if error.code is not ErrorCode.STORE_UNWRITABLE:
            raise
        history.open()  # from an older version: it is brought up to date, or says who has it
    try:
        yield history
    finally:
        history.close()


@contextmanager
def writing(context: Context) -> Iterator[History]:
    """The history to change; raises `AppError` while a window has it open."""
    from app.store.history import History

    history = History(context.paths.history_file, keys=CommandKeys(context))
    history.open()
    try:
        yield history
    finally:
        history.close()


def chosen(history: History, given: str, *, in_trash: bool = False) -> Conversation:
    """The conversation whose id is or begins with `given`; raises `AppError`."""
    if in_trash:
        everything = history.trash.conversations()
        found = [one for one in everything if one.id.startswith(given)]
    else:
        ids = [one for one in history.transcripts.ids() if one.startswith(given)]
        found = [history.conversation(one) for one in ids[:2]]
    if len(found) == 1 and len(given) >= _SHORTEST_ID:
        return found[0]
    where = "in the trash" if in_trash else "in the history"
    what = f"No conversation {where} has the id {given}."
    if len(found) > 1 or (found and len(given) < _SHORTEST_ID):
        what = f"{given} does not say which conversation {where} is meant."
    raise AppError(what, "tacit history list shows the ids.", code=ErrorCode.USAGE)


def add_filters(parser: argparse.ArgumentParser) -> None:
    """The options that narrow a list or a search."""
    group = parser.add_argument_group("only conversations that")
    group.add_argument("--folder", metavar="NAME", help='are in this folder ("" for in none)')
    group.add_argument("--tag", default="", metavar="NAME", help="have this tag")
    group.add_argument("--model", default="", metavar="ID", help="this model has answered in")
    group.add_argument("--since", metavar="DATE", help="are of this day or later (2026-01-31)")
    group.add_argument("--until", metavar="DATE", help="are of this day or earlier")
    group.add_argument("--pinned", action="store_true", default=None, help="are pinned")
    place = group.add_mutually_exclusive_group()
    place.add_argument(
        "--local", dest="is_local", action="store_true", default=None, help="never left here"
    )
    place.add_argument(
        "--cloud", dest="is_local", action="store_false", default=None, help="a cloud answered in"
    )


def filters(options: argparse.Namespace, history: History) -> Filters:
    """What `add_filters` asked for; raises `AppError` for a folder or date that is none."""
    from app.store.filters import Filters

    return Filters(
        folder_id=folder_named(options.folder, history) if options.folder else options.folder,
        tag=options.tag,
        model=options.model,
        is_local=options.is_local,
        pinned=options.pinned,
        since=None if options.since is None else _day(options.since).timestamp(),
        until=None
        if options.until is None
        else (_day(options.until) + timedelta(days=1)).timestamp(),
    )


def moment(at: float) -> str:
    """A time as people read it."""
    try:
        return time.strftime("%Y-%m-%d %H:%M", time.localtime(at))
    except (OverflowError, ValueError, OSError):
        return ""


def folder_named(name: str, history: History) -> str:
    """The id of the folder of that name; raises `AppError`."""
    found = [folder.id for folder in history.folders.all() if folder.name == name]
    if not found:
        raise AppError(
            f"There is no folder {name}.", "Write its name as it is.", code=ErrorCode.USAGE
        )
    return found[0]


def _day(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text).astimezone()
    except ValueError:
        raise AppError(
            f"{text} is no date.", "Write it like 2026-01-31.", code=ErrorCode.USAGE
        ) from None
