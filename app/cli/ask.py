"""`tacit ask`: one question, one answer, nothing kept."""

from __future__ import annotations

import argparse
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from app.cli.attachments import question
from app.cli.command import Commands, Context
from app.cli.output import EXIT_DONE, EXIT_INTERRUPTED
from app.core.messages import ChatRequest, GenerationParameters, Message, Role
from app.settings.settings import Settings, generation_parameters

if TYPE_CHECKING:
    from app.cli.turn import Answer
    from app.router.situation import Situation

_PROVIDERS = (
    "who answers (default: auto); anthropic, openrouter, huggingface and openai-compatible[:NAME] "
    "only where you switched them on: tacit cloud on"
)
_MORE = (
    'PROMPT "-", or none while text is piped in, reads standard input, which keeps the question '
    "out of the shell's history. The answer is not stored"
)


def register(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add(
        "ask", _run, "Ask one question and print the answer", courier=leaves, more=_MORE
    )
    parser.add_argument("prompt", metavar="PROMPT", nargs="?", help="the question")
    parser.add_argument(
        "--file",
        metavar="F",
        action="append",
        default=[],
        help='put this text file in front of the question; "-" for standard input; repeatable',
    )
    parser.add_argument("--use", metavar="PROMPT", help='ask a prompt of "tacit prompts"')
    parser.add_argument(
        "--with",
        dest="gaps",
        metavar="GAP=TEXT",
        action="append",
        default=[],
        help="fill in a gap of that prompt; repeatable",
    )
    add_answer_options(parser)


def add_answer_options(parser: argparse.ArgumentParser, *, chooses: bool = True) -> None:
    """The options that say how a model answers, and with `chooses` which one does."""
    if chooses:
        _add_choice(parser)
    parser.add_argument("--system", metavar="S", help="instructions for the model")
    parser.add_argument("--persona", metavar="NAME", help='who answers: one of "tacit personas"')
    parser.add_argument("--max-tokens", metavar="N", type=int, help="longest answer; 0: no limit")
    parser.add_argument(
        "--temperature", metavar="T", type=float, help="0 always takes the likeliest"
    )
    parser.add_argument("--top-p", metavar="P", type=float, help="share of likely words, 0 to 1")
    parser.add_argument("--top-k", metavar="K", type=int, help="number of likely words; 0: all")
    parser.add_argument("--seed", metavar="N", type=int, help="same seed, same answer; -1: random")
    parser.add_argument(
        "--stop", metavar="S", action="append", help="end the answer before this text; repeatable"
    )


def _add_choice(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--provider", metavar="NAME", default="auto", help=_PROVIDERS)
    parser.add_argument(
        "--privacy",
        choices=("low", "medium", "high"),
        default="",
        help="how private this is; high never leaves this computer",
    )
    parser.add_argument(
        "--local-only", action="store_true", help="let only this computer answer, whatever is set"
    )
    parser.add_argument(
        "--prefer", choices=("speed", "quality"), default="", help="what the rules are to prefer"
    )
    parser.add_argument(
        "--confidential",
        action="store_true",
        help="mark the question and its files confidential: nothing of it may leave",
    )
    parser.add_argument(
        "--model", metavar="ID", help='an id from "tacit models list", or of the provider'
    )


def leaves(options: argparse.Namespace, settings: Settings) -> bool:
    """Whether a courier is needed: where somebody may be asked who is not in this process."""
    from app.cloud_services import normal, services_on

    names = [service.name for service in services_on(settings)]
    if options.local_only or options.confidential or options.provider == "onnx":
        return False
    return bool(names) if options.provider == "auto" else normal(options.provider) in names


def parameters(options: argparse.Namespace, settings: Settings) -> GenerationParameters:
    """The settings' parameters with what the options say otherwise; raises `AppError`."""
    said: dict[str, Any] = {
        "temperature": options.temperature,
        "top_p": options.top_p,
        "top_k": options.top_k,
        "repetition_penalty": getattr(options, "repetition_penalty", None),
        "stop": tuple(options.stop) if options.stop else None,
    }
    said = {name: value for name, value in said.items() if value is not None}
    if options.max_tokens is not None:
        said["max_tokens"] = None if options.max_tokens == 0 else options.max_tokens
    if options.seed is not None:
        said["seed"] = None if options.seed == -1 else options.seed
    return replace(generation_parameters(settings), **said)


def provider_of(options: argparse.Namespace) -> str:
    """The provider that the options name."""
    from app.cloud_services import normal

    return normal(options.provider)


def system_messages(options: argparse.Namespace, settings: Settings) -> tuple[Message, ...]:
    """The system message, where the option or the setting has one."""
    chosen = options.system
    text = chosen if chosen is not None else str(settings.get("generation.system_prompt"))
    return (Message(Role.SYSTEM, text),) if text.strip() else ()


def chat_request(
    options: argparse.Namespace, settings: Settings, messages: tuple[Message, ...]
) -> ChatRequest:
    """The request for `messages`, answered as the options and the settings say."""
    return ChatRequest(
        messages=messages,
        model=options.model or "",
        parameters=parameters(options, settings),
        context_limit=int(settings.get("model.context_limit")) or None,
    )


def situation(options: argparse.Namespace, attachments: int = 0) -> Situation:
    """What the rules are told of a question on the command line."""
    from app.router.situation import MarkedBy, Need, Preference, Situation

    marked = MarkedBy.FILE if attachments else MarkedBy.CHAT
    return Situation(
        provider=provider_of(options),
        privacy=Need(options.privacy),
        local_only=options.local_only,
        marked=marked if options.confidential else MarkedBy.NOTHING,
        prefer=Preference(options.prefer),
        attachments=attachments,
        fixed=frozenset(
            name for name in ("max_tokens", "temperature") if getattr(options, name) is not None
        ),
    )


def _run(options: argparse.Namespace, context: Context) -> int:
    import asyncio

    from app.cli.first_model import put_in_place
    from app.cli.personas import filled_prompt, with_persona

    settings = context.settings()
    options = with_persona(options, context)
    saved = filled_prompt(options, context)
    asked = Message(Role.USER, question(options.prompt, options.file, saved))
    request = chat_request(options, settings, (*system_messages(options, settings), asked))
    attachments = len(options.file)
    put_in_place(context)
    result = asyncio.run(_ask(request, situation(options, attachments), settings, context))
    if result.error is not None:
        partial = {"text": result.text} if result.text else {}
        return context.console.fail(result.error, as_json=context.as_json, **partial)
    if context.as_json:
        context.console.json(result.document())
    return EXIT_INTERRUPTED if result.is_cancelled else EXIT_DONE


async def _ask(
    request: ChatRequest, asked: Situation, settings: Settings, context: Context
) -> Answer:
    import asyncio

    from app import bootstrap
    from app.cli.turn import answer

    asyncio.get_running_loop().set_exception_handler(context.logging.on_loop_error)
    services = bootstrap.build(context.paths, settings=settings, courier=context.courier)
    try:
        return await answer(services, request, asked, context.console, silent=context.as_json)
    finally:
        await services.close()
