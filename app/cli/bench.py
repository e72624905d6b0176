"""`tacit bench`: figures of this machine, each measured now."""

from __future__ import annotations

import argparse

from app.cli.command import Commands, Context
from app.cli.output import EXIT_DONE

NAMES = ("engine", "ui", "startup", "store", "download", "redaction", "all")


def register(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add(
        "bench",
        _run,
        "Measure this machine",
        # What it starts seals itself, and would otherwise be sealed twice.
        unsealed="a measurement seals only the processes that it measures",
    )
    parser.add_argument("name", metavar="NAME", choices=NAMES, help=f"one of {', '.join(NAMES)}")


def _run(options: argparse.Namespace, context: Context) -> int:
    from app.bench.command import run_bench

    report = run_bench(options.name, context.paths)
    if context.as_json:
        context.console.json(report)
        return EXIT_DONE
    rows = [("figure", "value", "unit", "goal", "holds")]
    for figure in report["figures"]:
        holds = {True: "yes", False: "no", None: ""}[figure.get("holds")]
        goal = "" if figure.get("goal") is None else f"{figure.get('sense', '')} {figure['goal']:g}"
        rows.append((figure["name"], f"{figure['value']:g}", figure["unit"], goal.strip(), holds))
    context.console.table(rows)
    return EXIT_DONE
