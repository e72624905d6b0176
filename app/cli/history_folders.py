"""`tacit history folder`: what holds for all conversations of a folder."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from app.cli.attachments import read_text
from app.cli.command import Commands, Context
from app.cli.history_store import folder_named, reading, writing
from app.cli.output import EXIT_DONE
from app.core.errors import AppError, ErrorCode

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.store.history import History
    from app.store.values import Folder


def register(inner: Commands) -> None:
    """Add the command."""
    folder = inner.add(
        "folder",
        _folder,
        "Show the folders, or one of them, or change it",
        more="Instructions hold for its conversations that have none of their own, nor a persona "
        "that has; words are replaced in them before anything leaves. 'tacit history mark "
        "--folder NAME' marks it confidential",
    )
    folder.add_argument("name", metavar="NAME", nargs="?", help="without one: all folders")
    folder.add_argument("--rename", metavar="NEW", help="its new name")
    folder.add_argument("--instructions", metavar="S", help='for the model; "" for none')
    folder.add_argument(
        "--words",
        metavar="FILE",
        help='the words to replace, one on each line; "-" reads standard input',
    )


def _folder(options: argparse.Namespace, context: Context) -> int:
    changes = (options.rename, options.instructions, options.words)
    if not options.name:
        if any(change is not None for change in changes):
            raise AppError(
                "It is not said which folder to change.", "Name one.", code=ErrorCode.USAGE
            )
        return _list(context)
    if all(change is None for change in changes):
        with reading(context) as history:
            folder = history.folders.get(folder_named(options.name, history))
            around = _names(history)
        return _show(folder, around, context)
    words = None if options.words is None else read_text(options.words).splitlines()
    with writing(context) as history, history.batch():
        folder_id = folder_named(options.name, history)
        if options.rename is not None:
            history.folders.rename(folder_id, options.rename)
        if options.instructions is not None:
            history.folders.set_system_prompt(folder_id, options.instructions.strip())
        if words is not None:
            history.folders.set_words(folder_id, words)
        folder = history.folders.get(folder_id)
        around = _names(history)
    return context.told(_document(folder, around), f"The folder {folder.name} was changed.")


def _list(context: Context) -> int:
    with reading(context) as history:
        folders = history.folders.all()
    around = {one.id: one.name for one in folders}
    if context.as_json:
        context.console.json({"folders": [_document(one, around) for one in folders]})
        return EXIT_DONE
    if not folders:
        context.console.note("There are none.")
        return EXIT_DONE
    head = ("name", "inside of", "chats", "mark", "instructions", "words")
    context.console.table([head, *(_row(one, around) for one in folders)])
    return EXIT_DONE


def _row(folder: Folder, around: Mapping[str, str]) -> tuple[str, ...]:
    return (
        folder.name,
        around.get(folder.parent_id or "", ""),
        str(folder.conversations),
        str(folder.mark),
        "yes" if folder.system_prompt else "",
        str(len(folder.words) or ""),
    )


def _show(folder: Folder, around: Mapping[str, str], context: Context) -> int:
    if context.as_json:
        context.console.json(_document(folder, around))
        return EXIT_DONE
    line = context.console.line
    marked = f", {folder.mark}" if folder.mark else ""
    line(f"{folder.name}: {folder.conversations} chats{marked}")
    if folder.parent_id is not None:
        line(f"Inside of: {around.get(folder.parent_id, '')}")
    if folder.system_prompt:
        line("Instructions:")
        line(folder.system_prompt)
    if folder.words:
        line("Words:")
    for word in folder.words:
        line(word)
    return EXIT_DONE


def _names(history: History) -> dict[str, str]:
    return {one.id: one.name for one in history.folders.all()}


def _document(folder: Folder, around: Mapping[str, str]) -> dict[str, Any]:
    return {
        "name": folder.name,
        "inside_of": around.get(folder.parent_id or "", ""),
        "conversations": folder.conversations,
        "mark": folder.mark,
        "instructions": folder.system_prompt or "",
        "words": list(folder.words),
    }
