"""`tacit privacy`: what is true about where words go, and what enforces it."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from app.cli import journal
from app.cli.command import Commands, Context
from app.cli.output import EXIT_DONE, EXIT_FAILED
from app.core.errors import AppError
from app.core.privacy import Privacy, PrivacyFacts, indicate
from app.core.proof import Attempt, Proof
from app.process import environment
from app.process.seal import seal

_SEALED = "Sealed: the system refuses every network connection of this process."
_NOT_ENFORCED = "Local only, not enforced: {reason}."
_ENDED = "The processes proved here end with this command; the window proves those that stay."
_FACTS = (
    "Answers come from a model on this computer.",
    "Conversations, settings and models are kept in the data folder and nowhere else.",
    "Cloud providers are off until you switch one on, and so is looking for new versions daily.",
    "Models are searched for and downloaded only when you ask; the journal has every connection.",
    "Setting up the starter model may fetch something, too: it starts pip, when you ask for it.",
    "The window and every command seal themselves at their start, as does the process of a model.",
    "What is said above is what the system says of this command's own process.",
)


def register(commands: Commands) -> None:
    """Add the group and its commands."""
    group = commands.add("privacy", None, "What stays on this computer, and what enforces it")
    inner = Commands(group, required=True)
    inner.add("status", _status, "Where your words go now", needs_home=False)
    prove = inner.add(
        "prove",
        _prove,
        "Try to get out, from inside, and show how the system refuses it",
        more="Everything is aimed at this computer itself. The result ends with commands by which "
        "anybody can check it from outside",
    )
    prove.add_argument(
        "--save", metavar="FILE", type=Path, help="write the proof there as well (.json: as JSON)"
    )
    journal.register(inner)


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


def _prove(options: argparse.Namespace, context: Context) -> int:
    import asyncio

    from app.process.proof import text

    more = context.try_through_qt()
    proof = asyncio.run(_proof(context, more))
    document = text.as_document(proof)
    if options.save is not None:
        is_json = options.save.suffix == ".json"
        _save(options.save, json.dumps(document, indent=2) if is_json else text.as_text(proof))
    if context.as_json:
        context.console.json(document)
    else:
        context.console.write(text.as_text(proof))
    if proof.holds:
        return EXIT_DONE
    context.console.note(f"tacit: {proof.sentence}")
    return EXIT_FAILED


async def _proof(context: Context, more: Sequence[Attempt]) -> Proof:
    from app import bootstrap

    context.console.status("Trying to get out ...")
    services = bootstrap.build(
        context.paths, settings=context.settings(), protection=context.protection
    )
    try:
        proof = await services.prove("this command", more)
        return replace(proof, notes=(*proof.notes, _ENDED))
    finally:
        await services.close()


def _save(file: Path, text: str) -> None:
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        raise AppError(
            f"The proof could not be saved: {reason}.", "Choose another file with --save."
        ) from error


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
