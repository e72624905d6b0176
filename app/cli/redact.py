"""`tacit redact`: what would be replaced in a text before it left for the cloud."""

from __future__ import annotations

import argparse

from app.cli.attachments import read_text
from app.cli.command import Commands, Context
from app.cli.history_store import folder_named, reading
from app.cli.output import EXIT_DONE
from app.core.messages import Message, Role


def register(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add(
        "redact",
        _run,
        "Show what would be replaced in a text before it left",
        more="Nothing is sent. No such search is ever complete: look at the result",
    )
    parser.add_argument("file", metavar="FILE", nargs="?", help="without one: standard input")
    parser.add_argument(
        "--folder", metavar="NAME", default="", help="with the words of this folder as well"
    )
    parser.add_argument(
        "--word", metavar="W", action="append", default=[], help="another word; repeatable"
    )


def _run(options: argparse.Namespace, context: Context) -> int:
    from app.redaction.redactor import redact
    from app.routing import name_lists, own_words

    text = read_text(options.file or "-")
    words = (*own_words(context.paths).all(), *_of_folder(options.folder, context), *options.word)
    found = redact([Message(Role.USER, text)], name_lists(), words=words)
    replaced = [piece for piece in found.pieces[0] if piece.placeholder]
    if context.as_json:
        context.console.json(
            {
                "text": found.messages[0].text,
                "replaced": [
                    {"placeholder": one.placeholder, "kind": str(one.kind), "text": one.text}
                    for one in replaced
                ],
            }
        )
        return EXIT_DONE
    context.console.line(found.messages[0].text.rstrip("\n"))
    for placeholder, original in found.originals.items():
        context.console.note(f"{placeholder.ljust(16)} {original}")
    context.console.note(f"{len(replaced)} pieces were found. There may be more: look yourself.")
    return EXIT_DONE


def _of_folder(name: str, context: Context) -> tuple[str, ...]:
    if not name:
        return ()
    with reading(context) as history:
        return history.folders.words_in(folder_named(name, history))
