"""`tacit privacy`: what is true about where words go, and what enforces it."""

from __future__ import annotations

import argparse
import os
from typing import Any

from app.cli.command import Commands, Context
from app.cli.output import EXIT_DONE
from app.core.privacy import Privacy, PrivacyFacts, indicate
from app.process import environment
from app.process.seal import seal

_SEALED = "Sealed: the system refuses every network connection of this process."
_NOT_ENFORCED = "Local only, not enforced: {reason}."
_FACTS = (
    "Answers come from a model on this computer.",
    "Conversations, settings and models are kept in the data folder and nowhere else.",
    "This version offers no cloud provider, no model download and no check for updates.",
    "Only setting up the starter model may fetch something: it starts pip, when you ask for it.",
    "The window and every command seal themselves at their start, as does the process of a model.",
    "What is said above is what the system says of this command's own process.",
)


def register(commands: Commands) -> None:
    """Add the group and its commands."""
    group = commands.add("privacy", None, "What stays on this computer, and what enforces it")
    inner = Commands(group, required=True)
    inner.add("status", _status, "Where your words go now", needs_home=False)


def sentence(state: dict[str, Any]) -> str:
    """What `seal_state` found, for a person."""
    return _SEALED if state["enforced"] else _NOT_ENFORCED.format(reason=state["reason"])


def seal_state(context: Context) -> dict[str, Any]:
    """What holds of this process at this moment, part by part."""
    report = seal.at_present(context.protection.report)
    found = indicate(PrivacyFacts(window=report))
    return {
        "state": str(found.state),
        "enforced": found.state is Privacy.SEALED,
        "reason": found.reason,
        "parts": [
            {"name": part.name, "holds": part.holds, "detail": part.detail} for part in report.parts
        ],
    }


def quiet_variables() -> dict[str, bool]:
    """Whether each variable that silences a library is in force in this process."""
    return {name: os.environ.get(name) == value for name, value in environment.QUIET.items()}


def _status(_options: argparse.Namespace, context: Context) -> int:
    state, variables = seal_state(context), quiet_variables()
    console = context.console
    if context.as_json:
        console.json({**state, "facts": list(_FACTS), "quiet_environment": variables})
        return EXIT_DONE
    console.line(sentence(state))
    for part in state["parts"]:
        holds = "holds" if part["holds"] else "does not hold"
        detail = f" ({part['detail']})" if part["detail"] else ""
        console.line(f"    {part['name']}: {holds}{detail}")
    for fact in _FACTS:
        console.line(f"- {fact}")
    for name, is_set in variables.items():
        console.line(f"    {name}: {'set' if is_set else 'not set'}")
    return EXIT_DONE
