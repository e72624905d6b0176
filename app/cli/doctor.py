"""`tacit doctor`: what a support question needs, and nothing personal."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from app.cli.command import Commands, Context
from app.cli.output import EXIT_DONE
from app.core.errors import AppError
from app.logs import describe

if TYPE_CHECKING:
    from app.cli.examinations import Result


class Verdict(StrEnum):
    """What an examination found."""

    FINE = "fine"
    PROBLEM = "problem"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One examined thing: sentences for a person, details for a script."""

    name: str
    verdict: Verdict
    lines: tuple[str, ...]
    details: dict[str, Any] = field(default_factory=dict)


def register(commands: Commands) -> None:
    """Add the command."""
    commands.add(
        "doctor",
        _run,
        "Examine the installation",
        needs_home=False,
        more="The output holds no conversation and no name of a person",
    )


def _run(_options: argparse.Namespace, context: Context) -> int:
    findings = list(_examine(context))
    if context.as_json:
        context.console.json(
            {f.name: {"verdict": f.verdict, "lines": f.lines, **f.details} for f in findings}
        )
        return EXIT_DONE
    width = max(len(finding.name) for finding in findings)
    for finding in findings:
        for number, line in enumerate(finding.lines):
            mark = "!" if finding.verdict is Verdict.PROBLEM and number == 0 else " "
            name = finding.name if number == 0 else ""
            context.console.line(f"{mark} {name.ljust(width)}  {line}")
    return EXIT_DONE


def _examine(context: Context) -> Iterator[Finding]:
    from app.cli import examinations

    for name, examination in examinations.ALL.items():
        context.console.status(f"Examining {name} ...")
        yield _one(name, examination, context)
    context.console.clear_status()


def _one(name: str, examination: Callable[[Context], Result], context: Context) -> Finding:
    try:
        result = examination(context)
    except AppError as error:
        return Finding(name=name, verdict=Verdict.PROBLEM, lines=(error.sentence,))
    except Exception as error:  # noqa: BLE001  (one broken part may not hide the others)
        return Finding(
            name=name,
            verdict=Verdict.PROBLEM,
            lines=(f"This could not be examined ({describe(error)}).",),
        )
    return Finding(
        name=name,
        verdict=Verdict.FINE if result.is_fine else Verdict.PROBLEM,
        lines=result.lines,
        details=result.details,
    )
