"""`tacit self-test`: whether this installation works, found out by using every part of it."""

from __future__ import annotations

import argparse
from dataclasses import asdict

from app.cli.command import Commands, Context
from app.cli.output import EXIT_DONE, EXIT_FAILED


def register(commands: Commands) -> None:
    """Add the command."""
    commands.add(
        "self-test",
        _run,
        "Try every part of the installation",
        needs_home=False,
        # What it starts seals itself, and would otherwise be sealed twice.
        unsealed="a self-test starts processes that seal themselves",
        more="It answers a question and opens the window unseen, in a folder that is thrown "
        "away afterwards; your conversations are not touched",
    )


def _run(_options: argparse.Namespace, context: Context) -> int:
    from app.selftest import trial

    console = context.console
    outcomes = []
    for outcome in trial.run(lambda name: console.status(f"Trying {name} ...")):
        outcomes.append(outcome)
        if not context.as_json:
            console.clear_status()
            mark = "ok    " if outcome.passed else "FAILED"
            console.line(
                f"{mark}  {outcome.name.ljust(9)}  {outcome.seconds:4.1f} s  {outcome.sentence}"
            )
    console.clear_status()
    passed = all(outcome.passed for outcome in outcomes)
    if context.as_json:
        console.json({"passed": passed, "parts": [asdict(outcome) for outcome in outcomes]})
    else:
        console.line("Everything works." if passed else "This installation is damaged.")
    return EXIT_DONE if passed else EXIT_FAILED
