"""`tacit compare`: one question to two models, with the figures of both."""

from __future__ import annotations

import argparse
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from app.cli.ask import add_answer_options, parameters
from app.cli.command import Commands, Context
from app.cli.output import EXIT_DONE, EXIT_FAILED, EXIT_INTERRUPTED, Console

if TYPE_CHECKING:
    from app.bootstrap import Services
    from app.cli.turn import Answer, Display
    from app.comparing import Arrangement


def register(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add(
        "compare",
        _run,
        "Have two models answer one question",
        more="They answer at the same time where the memory holds both, else one after the "
        "other. Nothing is stored",
    )
    parser.add_argument("first", metavar="MODEL_A", help='an id from "tacit models list"')
    parser.add_argument("second", metavar="MODEL_B", help="the id of another one")
    parser.add_argument("prompt", metavar="PROMPT", help="the question")
    parser.add_argument(
        "--one-by-one",
        action="store_true",
        help="one after the other in any case, so that neither slows the other down",
    )
    add_answer_options(parser, chooses=False)


def _run(options: argparse.Namespace, context: Context) -> int:
    import asyncio

    arrangement, answers = asyncio.run(_compare(options, context))
    if context.as_json:
        context.console.json(
            {
                "arrangement": {
                    "together": arrangement.together, "sentence": arrangement.sentence,
                },
                "answers": [_document(answer) for answer in answers],
            }
        )  # fmt: skip
    if any(answer.is_cancelled for answer in answers):
        return EXIT_INTERRUPTED
    return EXIT_FAILED if any(answer.error for answer in answers) else EXIT_DONE


async def _compare(
    options: argparse.Namespace, context: Context
) -> tuple[Arrangement, list[Answer]]:
    import asyncio

    from app import bootstrap

    asyncio.get_running_loop().set_exception_handler(context.logging.on_loop_error)
    services = bootstrap.build(context.paths, settings=context.settings())
    try:
        return await _ask(options, services, context)
    finally:
        context.console.clear_status()
        await services.close()


async def _ask(
    options: argparse.Namespace, services: Services, context: Context
) -> tuple[Arrangement, list[Answer]]:
    from contextlib import aclosing

    from app.cli.interrupt import cancelling
    from app.cli.turn import Display
    from app.comparing import Comparison
    from app.core.handoff import CancelToken

    console, ids = context.console, (options.first, options.second)
    comparison = Comparison(
        services,
        ids,
        options.prompt,
        system=options.system,
        one_by_one=options.one_by_one,
        parameters=parameters(options, services.settings),
    )
    arrangement, cancel = await comparison.arrange(), CancelToken()
    console.note(arrangement.sentence)
    sides = [Display(console, silent=True) for _ in ids]
    shown = 0
    with cancelling(cancel):
        async with aclosing(comparison.events(arrangement, cancel)) as events:
            async for side, event in events:
                sides[side].take(event)
                console.status(_progress(sides))
                while shown < len(ids) and sides[shown].answer.finish_reason:
                    _show(console, ids[shown], sides[shown].answer, silent=context.as_json)
                    shown += 1
    # Where it was stopped before its turn came, a model is known by its id alone.
    answers = [
        replace(side.answer, model=side.answer.model or model_id)
        for side, model_id in zip(sides, ids, strict=True)
    ]
    return arrangement, answers


def _progress(sides: list[Display]) -> str:
    written = [f"{len(side.answer.text):,}" for side in sides]
    return f"{' and '.join(written)} characters ..."


def _show(console: Console, model_id: str, answer: Answer, *, silent: bool) -> None:
    """Print one side that has ended."""
    if answer.error is not None:
        console.note(f"{model_id}: {answer.error.sentence}")
    if silent:
        return
    console.line(f"== {model_id}")
    console.line(answer.text.strip())
    if answer.usage is not None:
        use = answer.usage
        console.line(
            f"-- {use.completion_tokens} tokens, {use.decode_tokens_per_s:.1f} a second on "
            f"{answer.device}, the first after {use.first_token_s:.2f} s"
        )
    console.line()


def _document(answer: Answer) -> dict[str, Any]:
    error = answer.error
    described = None
    if error is not None:
        described = {"code": str(error.code), "what": error.what, "todo": error.todo}
    return {**answer.document(), "error": described}
