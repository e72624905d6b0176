"""`tacit why`: who would answer a question, and why, without asking anybody."""

from __future__ import annotations

import argparse
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from app.cli.ask import add_answer_options, chat_request, situation, system_messages
from app.cli.attachments import question
from app.cli.command import Commands, Context
from app.cli.output import EXIT_DONE, EXIT_FAILED
from app.core.messages import ChatRequest, Message, Role
from app.settings.settings import Settings

if TYPE_CHECKING:
    from app.router.decide import Decision
    from app.router.situation import Situation


def register(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add(
        "why",
        _run,
        "Say who would answer a question, and why",
        more="Nobody is asked, and nothing is sent. Exit code 1 where nobody may answer",
    )
    parser.add_argument("prompt", metavar="PROMPT", nargs="?", help="the question")
    parser.add_argument(
        "--conversation", metavar="ID", help="as if it were asked at the end of this one"
    )
    parser.add_argument("--file", metavar="F", action="append", default=[], help="with this file")
    add_answer_options(parser)


def _run(options: argparse.Namespace, context: Context) -> int:
    import asyncio

    settings = context.settings()
    text = question(options.prompt, options.file)
    asked = situation(options, len(options.file))
    messages = (*system_messages(options, settings), Message(Role.USER, text))
    request = chat_request(options, settings, messages)
    if options.conversation:
        request, asked = _in_conversation(options, context, settings, text)
    decision = asyncio.run(_decide(request, asked, settings, context))
    if context.as_json:
        context.console.json(document(decision))
    else:
        _show(decision, context)
    return EXIT_DONE if decision.problem is None else EXIT_FAILED


def document(decision: Decision) -> dict[str, Any]:
    """The JSON object of a decision."""
    problem, rule = decision.problem, decision.rule
    return {
        "provider": decision.provider,
        "model": decision.model,
        "is_local": decision.is_local,
        "allowed": problem is None,
        "reason": decision.reason,
        "rule": None if rule is None else {"line": rule.line, "reason": rule.reason},
        "trail": list(decision.trail),
        "notices": list(decision.notices),
        "problem": None
        if problem is None
        else {"code": str(problem.code), "what": problem.what, "todo": problem.todo},
    }


def _in_conversation(
    options: argparse.Namespace, context: Context, settings: Settings, text: str
) -> tuple[ChatRequest, Situation]:
    """The request and the situation as the window would have them there."""
    from app.bootstrap import turn_options
    from app.chat import prompt
    from app.chat.session import situation_in
    from app.cli.history_store import chosen, reading

    with reading(context) as history:
        conversation = chosen(history, options.conversation)
        said, _ = history.spoken(conversation.leaf_id, prompt.MAX_CHARACTERS)
        folder_prompt = history.folders.prompt_for(conversation)
        asked = situation(options, len(options.file))
        there = situation_in(history, conversation.id, turn_options(settings))
    request = prompt.request_for(
        conversation, [*said, Message(Role.USER, text)], turn_options(settings), folder_prompt
    )
    marked = there.marked if there.is_confidential else asked.marked
    if options.model:
        request = replace(request, model=options.model)
    asked = replace(
        asked,
        conversation=there.conversation,
        folder=there.folder,
        marked=marked,
        attachments=asked.attachments + there.attachments,
    )
    return request, asked


async def _decide(
    request: ChatRequest, asked: Situation, settings: Settings, context: Context
) -> Decision:
    from app import bootstrap

    services = bootstrap.build(context.paths, settings=settings)
    try:
        return services.router.decide(request, asked)
    finally:
        await services.close()


def _show(decision: Decision, context: Context) -> None:
    console = context.console
    if decision.problem is not None:
        console.line(f"Nobody answers. {decision.problem.sentence}")
    else:
        place = "on this computer" if decision.is_local else "which is not on this computer"
        model = f" with the model {decision.model}" if decision.model else ""
        console.line(f"{decision.provider} answers{model}, {place}.")
        console.line(decision.reason)
    for number, step in enumerate(decision.trail, 1):
        console.line(f"  {number}. {step}")
    for notice in decision.notices:
        console.note(notice)
