"""`tacit privacy journal` and `verify-journal`: every connection there ever was."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from app.cli.command import Commands, Context
from app.cli.output import EXIT_DONE, EXIT_FAILED, size
from app.core.egress import JournalRecord, Purpose
from app.core.errors import AppError, ErrorCode

_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
_HEADINGS = ("no.", "began (UTC)", "purpose", "host", "sent", "received", "how it ended")


def register(commands: Commands) -> None:
    """Add the two commands to the group `privacy`."""
    show = commands.add(
        "journal",
        _show,
        "Every connection, newest first",
        more="It holds no word of any conversation",
    )
    show.add_argument("--purpose", choices=[str(purpose) for purpose in Purpose])
    show.add_argument("--host", default="", help="only hosts whose name holds this")
    show.add_argument("--month", default="", metavar="YYYY-MM", help="only this month (UTC)")
    show.add_argument(
        "--head", action="store_true", help="print the digest to note elsewhere, and nothing else"
    )
    show.add_argument(
        "--export",
        type=Path,
        metavar="FILE",
        help="write all of it to FILE: a table for .csv, else the chain as it is",
    )
    commands.add("verify-journal", _verify, "Whether nothing in the journal was changed")


def _show(options: argparse.Namespace, context: Context) -> int:
    from app.bootstrap import journal

    book, console = journal(context.paths), context.console
    if options.month and not _MONTH.fullmatch(options.month):
        raise AppError(
            f"{options.month} is no month.", "Write it like 2026-11.", code=ErrorCode.USAGE
        )
    if options.head:
        check = book.check()
        if context.as_json:
            console.json({"head": check.head, "records": check.records, "whole": check.is_whole})
        else:
            console.line(check.head)
        return EXIT_DONE if check.is_whole else _not_whole(context, check.problem)
    if options.export is not None:
        book.export(options.export)
        if context.as_json:
            console.json({"exported": str(options.export)})
        else:
            console.line(f"The journal was written to {options.export}.")
        return EXIT_DONE
    purpose = Purpose(options.purpose) if options.purpose else None
    records = book.records(purpose=purpose, host=options.host, month=options.month)
    if context.as_json:
        console.json({"records": [asdict(record) for record in records]})
    else:
        _table(records, context)
    return EXIT_DONE


def _table(records: Iterator[JournalRecord], context: Context) -> None:
    rows = [
        (
            str(record.number),
            record.began[:19].replace("T", " "),
            str(record.purpose),
            record.host if record.port == 443 else f"{record.host}:{record.port}",
            size(record.sent_bytes),
            size(record.received_bytes),
            record.outcome,
        )
        for record in records
    ]
    if rows:
        context.console.table([_HEADINGS, *rows])
    else:
        context.console.line("There is no such connection in the journal.")


def _verify(_options: argparse.Namespace, context: Context) -> int:
    from app.bootstrap import journal

    check, console = journal(context.paths).check(), context.console
    if context.as_json:
        console.json(asdict(check) | {"whole": check.is_whole})
    elif check.is_whole:
        console.line(f"The journal is whole: {check.records} connections, head {check.head}.")
    return EXIT_DONE if check.is_whole else _not_whole(context, check.problem)


def _not_whole(context: Context, problem: str) -> int:
    context.console.note(f"tacit: The journal is not whole. {problem}")
    return EXIT_FAILED
