"""`tacit config export|import`: the settings to a file without secrets, and back."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from app.cli.command import Commands, Context
from app.cli.output import short_path
from app.core.errors import AppError, ErrorCode
from app.settings import transfer
from app.settings.setting import Value
from app.settings.transfer import Change, Plan, RefusedImportError

_LONGEST = 100


def register(inner: Commands) -> None:
    """Add the commands to the group."""
    export = inner.add(
        "export",
        _export,
        "Write all settings to a file",
        more="Keys and passwords are not among them, and no conversation",
    )
    export.add_argument("file", metavar="FILE", type=Path, help="the file to write")
    bring = inner.add(
        "import",
        _import,
        "Take over settings from a file made by export",
        more="Every value is checked, and nothing is changed where one is wrong. What would let "
        "more leave this computer is taken over only with your yes",
    )
    bring.add_argument("file", metavar="FILE", type=Path, help="the file to read")
    answer = bring.add_mutually_exclusive_group()
    answer.add_argument(
        "--yes", action="store_true", help="also what would let more leave this computer"
    )
    answer.add_argument("--rest", action="store_true", help="all but that")


def _export(options: argparse.Namespace, context: Context) -> int:
    file = Path(options.file)
    left_out = [setting.key for setting in transfer.export(context.settings(), file)]
    sentence = f"The settings are in {short_path(file)}, without keys and passwords."
    if left_out:
        sentence += f" Left out, because a key or a password seems to be in it: {_list(left_out)}."
    return context.told({"path": str(file), "left_out": left_out}, sentence)


def _import(options: argparse.Namespace, context: Context) -> int:
    settings = context.settings()
    try:
        plan = transfer.read(settings, Path(options.file))
        agreed = bool(options.yes) or (not options.rest and _agrees(plan, context))
        taken = transfer.take(settings, plan, agreed=agreed)
    except RefusedImportError as error:
        return context.console.fail(error, as_json=context.as_json, problems=list(error.problems))
    left = [change for change in plan.changes if change not in taken]
    waiting = [change.setting.key for change in taken if change.setting.restart_needed]
    document = {
        "changed": [_document(change) for change in taken],
        "left_as_they_are": [_document(change) for change in left],
        "after_restart": waiting,
    }
    lines = [_words(change) for change in taken] or ["Nothing had to be changed."]
    if left:
        lines.append(f"Left as they are: {_list([change.setting.key for change in left])}.")
    if waiting:
        lines.append(f"After the next start holds: {_list(waiting)}.")
    return context.told(document, "\n".join(lines))


def _agrees(plan: Plan, context: Context) -> bool:
    """Ask on a terminal; a script has to say which it means."""
    if not plan.openings:
        return False
    named = "\n".join(f"  {_words(change)}" for change in plan.openings)
    if context.as_json or not sys.stdin.isatty():
        keys = _list([change.setting.key for change in plan.openings])
        raise AppError(
            f"Nothing was imported: this would let more leave this computer, or go elsewhere: "
            f"{keys}.",
            "Add --yes to take that over as well, or --rest to leave it as it is.",
            code=ErrorCode.USAGE,
        )
    context.console.note(f"This lets more leave this computer, or go elsewhere:\n{named}")
    context.console.note("Take it over as well? Without it, the rest is imported. [y/N]")
    return sys.stdin.readline().strip().lower() in {"y", "yes"}


def _words(change: Change) -> str:
    longest = None if change.lets_out else _LONGEST
    before, after = (_value(value)[:longest] for value in (change.before, change.after))
    return f"{change.setting.key}: {before} -> {after}"


def _value(value: Value) -> str:
    # On one line and without disguise, whatever the file has in it.
    return json.dumps(value, ensure_ascii=not str(value).isprintable())


def _document(change: Change) -> dict[str, Any]:
    return {"key": change.setting.key, "before": change.before, "after": change.after}


def _list(keys: Sequence[str]) -> str:
    return ", ".join(keys)
