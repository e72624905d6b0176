"""`tacit history delete|check`: the trash, and the state of the file."""

from __future__ import annotations

import argparse
from typing import Any

from app.cli.command import Commands, Context
from app.cli.history_keys import CommandKeys
from app.cli.history_store import chosen, writing
from app.cli.output import EXIT_FAILED, short_path
from app.core.errors import AppError, ErrorCode


def register(inner: Commands) -> None:
    """Add the commands."""
    delete = inner.add(
        "delete",
        _delete,
        "Move conversations to the trash",
        more="Only erasing is for good: then the words are in no file any more",
    )
    delete.add_argument("ids", metavar="ID", nargs="*", help="their ids, or beginnings of them")
    how = delete.add_mutually_exclusive_group()
    how.add_argument("--undo", action="store_true", help="take them out of the trash instead")
    how.add_argument("--erase", action="store_true", help="delete them, and erase them at once")
    how.add_argument("--empty-trash", action="store_true", help="erase all that is in the trash")
    check = inner.add("check", _check, "Look whether the history is in order")
    check.add_argument(
        "--repair",
        action="store_true",
        help="save what can be saved of a damaged history into a new one; the old one is kept",
    )


def _delete(options: argparse.Namespace, context: Context) -> int:
    if bool(options.ids) == options.empty_trash:
        raise AppError(
            "It is not said which conversations to delete.",
            "Name their ids, or use --empty-trash alone.",
            code=ErrorCode.USAGE,
        )
    with writing(context) as history:
        if options.empty_trash:
            count = history.trash.purge()
            return context.told({"erased": count}, f"Erased {count} from the trash.")
        ids = [chosen(history, given, in_trash=options.undo).id for given in options.ids]
        for conversation_id in ids:
            if options.undo:
                history.restore_conversation(conversation_id)
                continue
            history.delete_conversation(conversation_id)
            if options.erase:
                history.trash.erase_conversation(conversation_id)
    if options.undo:
        return context.told({"restored": ids}, f"Took {len(ids)} out of the trash.")
    if options.erase:
        return context.told({"erased": ids}, f"Erased {len(ids)}.")
    return context.told({"deleted": ids}, f"Moved {len(ids)} to the trash.")


def _check(options: argparse.Namespace, context: Context) -> int:
    from app.store import recovery

    file = context.paths.history_file
    keys = CommandKeys(context)
    report = recovery.check(file, keys)
    document: dict[str, Any] = {
        "exists": report.exists,
        "is_sound": report.is_sound,
        "conversations": report.conversations,
        "messages": report.messages,
        "problems": list(report.problems),
    }
    if not report.exists:
        return context.told(document, "There is no history yet.")
    if report.is_sound:
        sentence = (
            f"The history is in order: {report.conversations} conversations, "
            f"{report.messages} messages."
        )
        return context.told(document, sentence)
    if not options.repair:
        what = "The history is damaged."
        todo = "tacit history check --repair saves what can be saved, and keeps the old file."
        error = AppError(what, todo, code=ErrorCode.STORE_BROKEN)
        context.console.fail(error, as_json=context.as_json, **document)
        return EXIT_FAILED
    saved = recovery.recover(file, keys=keys)
    document["repaired"] = {
        "conversations": saved.conversations,
        "messages": saved.messages,
        "without_text": saved.without_text,
        "from_copies": saved.from_copies,
        "kept": str(saved.aside),
    }
    sentence = (
        f"Saved {saved.conversations} conversations with {saved.messages} messages. "
        f"The damaged file is kept in {short_path(saved.aside)}"
    )
    return context.told(document, sentence)
