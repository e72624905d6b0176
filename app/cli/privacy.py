"""`tacit privacy`: what is true about where words go, and what enforces it."""

from __future__ import annotations

import argparse
import os
from typing import Any

from app.cli import journal
from app.cli.command import Commands, Context
from app.cli.output import EXIT_DONE
from app.process import environment

_SENTENCE = "Local only, not enforced."
_FACTS = (
    "Answers come from a model on this computer.",
    "Conversations, settings and models are kept in the data folder and nowhere else.",
    "This version offers no cloud provider, no model download and no check for updates.",
    "Only setting up the starter model may fetch something: it starts pip, when you ask for it.",
    "The libraries that run the model are told to send nothing, by the variables below.",
    "The system is not yet asked to refuse network connections of Tacit's processes.",
    "So this is a statement about the program, not a proof; the proof comes with a later version.",
)


def register(commands: Commands) -> None:
    """Add the group and its commands."""
    group = commands.add("privacy", None, "What stays on this computer, and what enforces it")
    inner = Commands(group, required=True)
    inner.add("status", _status, "Where your words go now", needs_home=False)
    journal.register(inner)


def seal_state() -> dict[str, Any]:
    """The state of the seal, which is the same for every process of this version."""
    return {
        "state": "local-only",
        "enforced": False,
        "reason": "Not enforced: comes with a later version.",
    }


def quiet_variables() -> dict[str, bool]:
    """Whether each variable that silences a library is in force in this process."""
    return {name: os.environ.get(name) == value for name, value in environment.QUIET.items()}


def _status(_options: argparse.Namespace, context: Context) -> int:
    variables = quiet_variables()
    console = context.console
    if context.as_json:
        console.json({**seal_state(), "facts": list(_FACTS), "quiet_environment": variables})
        return EXIT_DONE
    console.line(_SENTENCE)
    for fact in _FACTS:
        console.line(f"- {fact}")
    for name, is_set in variables.items():
        console.line(f"    {name}: {'set' if is_set else 'not set'}")
    return EXIT_DONE
