"""`tacit models device`: what one model runs on, tried with one token before it is kept."""

from __future__ import annotations

import argparse
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from app.cli.command import Commands, Context
from app.cli.models_view import manager
from app.cli.output import EXIT_DONE, size
from app.core.errors import AppError, ErrorCode

if TYPE_CHECKING:
    from app.models.library import InstalledModel
    from app.models.placement import DeviceTrial, Placement


def register(inner: Commands) -> None:
    """Add the command to the group."""
    device = inner.add(
        "device",
        _device,
        "Show or choose what a model runs on",
        more="A choice is tried with one token, and kept only where the model answers there; "
        "the window and all commands heed it",
    )
    device.add_argument("id", metavar="ID", help='an id from "tacit models list"')
    device.add_argument(
        "--set", metavar="DEVICE", help="auto, cpu, cuda, dml, webgpu or another that was found"
    )
    device.add_argument(
        "--threads", metavar="N", type=int, help="threads of the processor; 0: the usual number"
    )
    device.add_argument(
        "--context",
        metavar="N",
        type=int,
        help="most tokens of context, which bounds the memory it takes; 0: no limit",
    )
    device.add_argument(
        "--usual", action="store_true", help="forget the choice: the settings decide again"
    )


def _device(options: argparse.Namespace, context: Context) -> int:
    models = manager(context)
    model = models.library.get(options.id)
    known = models.shelf.records.placement(model.id)
    wanted = _wanted(options, known)
    if wanted is None:
        _show(context, model, known, None)
        return EXIT_DONE
    import asyncio

    trial = asyncio.run(_place(model, wanted, context))
    _show(context, model, wanted, None if wanted.is_usual else trial)
    return EXIT_DONE


def _wanted(options: argparse.Namespace, known: Placement) -> Placement | None:
    """The placement that the options ask for, None where they only ask what it is."""
    from app.models.placement import Placement

    said = {"device": options.set, "threads": options.threads, "context_limit": options.context}
    said = {name: value for name, value in said.items() if value is not None}
    if not options.usual:
        return replace(known, **said) if said else None
    if said:
        raise AppError(
            "--usual forgets what the other options choose.",
            "Use one or the other.",
            code=ErrorCode.USAGE,
        )
    return Placement()


async def _place(model: InstalledModel, wanted: Placement, context: Context) -> DeviceTrial:
    from app.bootstrap import build
    from app.cli.interrupt import cancelling
    from app.core.handoff import CancelToken
    from app.placing import place, refusal

    services, cancel = build(context.paths, settings=context.settings()), CancelToken()
    context.console.status(f"Trying {model.name} ...")
    try:
        with cancelling(cancel):
            trial = await place(services, model.id, wanted, cancel)
    finally:
        context.console.clear_status()
        await services.close()
    if not trial.works:
        error = refusal(model.name, trial, built_for=model.device)
        again = f"Use the processor with: tacit models device {model.id} --set cpu"
        todo = error.todo if trial.wanted == "cpu" else again
        raise AppError(error.what, todo, code=error.code)
    return trial


def _show(
    context: Context, model: InstalledModel, placement: Placement, trial: DeviceTrial | None
) -> None:
    from app.local_models import devices

    if context.as_json:
        context.console.json(
            {
                "id": model.id,
                **asdict(placement),
                "trial": asdict(trial) if trial else None,
                "devices": [asdict(device) for device in devices()],
            }
        )
        return
    context.console.table([(f"{name}:", value) for name, value in _facts(model, placement)])
    if trial is not None:
        context.console.line(
            f"It answered on {trial.used}, {trial.load_s:.1f} s after loading began, with "
            f"{size(trial.memory_bytes)} of memory."
        )
        return
    for device in devices():
        context.console.line(f"{device.name}: {device.reason}")


def _facts(model: InstalledModel, placement: Placement) -> list[tuple[str, Any]]:
    limit = placement.context_limit
    return [
        ("id", model.id),
        ("built for", model.device or "unknown"),
        ("device", placement.device or "as the settings say"),
        ("threads", str(placement.threads) if placement.threads else "the usual number"),
        ("context", f"at most {limit} tokens" if limit else "as the settings say"),
    ]
