"""`tacit history mark`: what is confidential, and stays on this computer whatever is set."""

from __future__ import annotations

import argparse

from app.cli.command import Commands, Context
from app.cli.history_store import chosen, folder_named, writing
from app.cli.output import EXIT_DONE
from app.core.errors import AppError, ErrorCode


def register(inner: Commands) -> None:
    """Add the command."""
    mark = inner.add(
        "mark",
        _mark,
        "Mark conversations or a folder confidential",
        more="Nothing of them ever leaves this computer, nor does anything made from them. What "
        "is in the folder is marked with it, and stays marked when it is moved out",
    )
    mark.add_argument("ids", metavar="ID", nargs="*", help="their ids, or beginnings of them")
    mark.add_argument("--folder", metavar="NAME", help="the folder of this name")
    mark.add_argument("--off", action="store_true", help="take the mark away")


def _mark(options: argparse.Namespace, context: Context) -> int:
    from app.store.values import Mark

    if not options.ids and not options.folder:
        raise AppError(
            "It is not said what to mark.", "Name ids or a --folder.", code=ErrorCode.USAGE
        )
    mark = Mark.NONE if options.off else Mark.CONFIDENTIAL
    with writing(context) as history, history.batch():
        ids = [chosen(history, given).id for given in options.ids]
        if options.folder:
            history.folders.set_mark(folder_named(options.folder, history), mark)
        for conversation_id in ids:
            history.labels.mark(conversation_id, mark)
    document = {"ids": ids, "folder": options.folder or "", "mark": mark}
    if context.as_json:
        context.console.json(document)
    else:
        what = f"{len(ids)} conversations" if ids else ""
        folder = f"the folder {options.folder}" if options.folder else ""
        state = "no longer marked" if options.off else "marked confidential"
        context.console.line(f"Now {state}: {' and '.join(filter(None, (what, folder)))}.")
    return EXIT_DONE
