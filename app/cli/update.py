"""`tacit update`: whether there is a newer version. Nothing is downloaded or installed."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from app.cli.command import Commands, Context
from app.cli.output import EXIT_DONE, size
from app.cli.work import run_long
from app.settings.settings import Settings

if TYPE_CHECKING:
    from app.updates.looking import Found

_SEALED = "sealed"


def register(commands: Commands) -> None:
    """Add the group and its command."""
    group = commands.add("update", None, "News of newer versions of Tacit")
    inner = Commands(group, required=True)
    inner.add(
        "check",
        _check,
        "Ask whether there is a newer version",
        courier=_may_ask,
        more="It fetches a signed file through the courier and shows the notes. Nothing is "
        "downloaded or installed",
    )


def _may_ask(_options: argparse.Namespace, settings: Settings) -> bool:
    """Whether a courier is wanted: not where the answer is known without one."""
    from app.core.errors import AppError
    from app.updating import source

    try:
        return settings.get("privacy.level") != _SEALED and source() is not None
    except AppError:
        return False


def _check(_options: argparse.Namespace, context: Context) -> int:
    from app.updating import put_together

    updates = put_together(context.paths, context.settings(), context.courier)
    found = run_long(context.console, lambda _tell, cancel: updates.look(cancel))
    if context.as_json:
        context.console.json(_document(found))
    else:
        _say(context, found)
    return EXIT_DONE


def _document(found: Found) -> dict[str, Any]:
    from app.process.plain import to_plain

    announced = found.release
    return {
        "current": found.current,
        "announced": announced.version,
        "is_newer": found.is_newer,
        "date": announced.made.isoformat(),
        "expires": announced.expires.isoformat(),
        "notes": announced.notes,
        "page": announced.page,
        "files": to_plain(announced.files),
    }


def _say(context: Context, found: Found) -> None:
    line, announced = context.console.line, found.release
    if not found.is_newer:
        line(f"This is Tacit {found.current}; there is no newer version.")
        return
    line(
        f"Tacit {announced.version} is there ({announced.made:%Y-%m-%d}); this is {found.current}."
    )
    if announced.notes.strip():
        line()
        line(announced.notes.strip())
    line()
    line(f"Get it from {announced.page}")
    for file in announced.files:
        line(f"    {file.name}, {size(file.size)}, SHA-256 {file.sha256}")
