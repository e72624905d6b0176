"""`tacit models verify|catalogue|try`: whether models are whole, fit, and how fast they are."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from app.cli import models_view
from app.cli.command import Commands, Context
from app.cli.models_view import manager
from app.cli.output import EXIT_DONE, EXIT_FAILED, size
from app.cli.work import Tell, run_long
from app.core.errors import AppError, ErrorCode

if TYPE_CHECKING:
    from app.core.handoff import CancelToken
    from app.models.fit import Choice
    from app.models.manager import ModelManager
    from app.models.trials import Trial

_VERDICTS = {
    "fits": "fits",
    "slow": "slow",
    "tight": "close other programs first",
    "will-not-fit": "will not fit",
}


def register(inner: Commands) -> None:
    """Add the commands to the group."""
    verify = inner.add("verify", _verify, "Compare every byte of models with their manifests")
    verify.add_argument("id", metavar="ID", nargs="*", help="models; none means all of them")
    verify.add_argument(
        "--repair",
        action="store_true",
        help="move damaged files aside, so that only they are fetched again",
    )
    inner.add(
        "catalogue",
        _catalogue,
        "Models that Tacit knows of, and whether they fit this computer",
        more="Nothing is fetched; sizes marked with * were not compared with the hub",
    )
    trial = inner.add("try", _try, "Measure how fast a model answers here")
    trial.add_argument("id", metavar="ID", help='an id from "tacit models list"')


def _verify(options: argparse.Namespace, context: Context) -> int:
    models = manager(context)
    ids = options.id or [model.id for model in models.library.scan()]
    results = [_verify_one(models, model_id, options.repair, context) for model_id in ids]
    if context.as_json:
        context.console.json({"models": results})
    else:
        for result in results:
            for line in _lines(result):
                context.console.line(line)
    return EXIT_DONE if all(result["verified"] is not False for result in results) else EXIT_FAILED


def _verify_one(
    models: ModelManager, model_id: str, repair: bool, context: Context
) -> dict[str, Any]:
    """What was found; `verified` is null where nothing says what the model should be."""

    def work(tell: Tell, cancel: CancelToken) -> dict[str, Any]:
        report = models.verify(model_id, tell, cancel)
        found: dict[str, Any] = {
            "id": model_id,
            "verified": None if report.manifest is None else report.is_whole,
            "flaws": [asdict(flaw) for flaw in report.flaws],
            "words": report.words,
        }
        mended = models.repair(model_id, tell, cancel) if repair and report.flaws else None
        if mended is not None:
            found["moved"] = [str(path) for path in mended.moved]
            found["missing"] = [asdict(file) for file in mended.missing]
        return found

    return run_long(context.console, work)


def _lines(result: dict[str, Any]) -> list[str]:
    if result["verified"] is None:
        return [f"{result['id']}: not verified, it came without a manifest"]
    if result["verified"]:
        return [f"{result['id']}: verified"]
    lines = [f"{result['id']}: DAMAGED, {result['words']}"]
    lines += [f"  moved aside: {path}" for path in result.get("moved", ())]
    lines += [
        f"  has to be fetched again: {file['name']}, {size(file['size'])}"
        for file in result.get("missing", ())
    ]
    return lines


def _catalogue(_options: argparse.Namespace, context: Context) -> int:
    from app.local_models import catalogue, machine
    from app.models.fit import choices

    here = machine(context.paths, manager(context).library.main)
    found = [choices(entry, here) for entry in catalogue().models]
    if context.as_json:
        context.console.json({"models": [_document(ways) for ways in found]})
        return EXIT_DONE
    rows = [("model", "download", "memory", "device", "here", "good at")]
    for ways in found:
        best = ways[0]
        mark = "" if best.variant.checked else "*"
        rows.append(
            (
                best.entry.name,
                f"{size(best.variant.download_bytes)}{mark}",
                size(best.fit.memory_bytes),
                best.device,
                _pace(best),
                best.entry.good_at,
            )
        )
    context.console.table(rows)
    return EXIT_DONE


def _pace(choice: Choice) -> str:
    words = _VERDICTS[choice.fit.verdict]
    speed = choice.fit.tokens_per_s
    return words if speed is None else f"{words}, about {speed:.0f} tokens/s"


def _document(ways: list[Choice]) -> dict[str, Any]:
    entry = asdict(ways[0].entry)
    entry.pop("variants")
    return {
        **entry,
        "choices": [
            {
                "variant": asdict(way.variant),
                "device": way.device,
                "fit": models_view.fit_document(way.fit),
            }
            for way in ways
        ],
    }


def _try(options: argparse.Namespace, context: Context) -> int:
    import asyncio

    trial = asyncio.run(_measure(options.id, context))
    return context.told({"id": options.id, **asdict(trial)}, models_view.trial_line(trial))


async def _measure(model_id: str, context: Context) -> Trial:
    from app.bootstrap import build, try_model
    from app.cli.interrupt import cancelling
    from app.core.handoff import CancelToken

    services, cancel = build(context.paths, settings=context.settings()), CancelToken()
    context.console.status(f"Trying {model_id} ...")
    try:
        with cancelling(cancel):
            return await try_model(services, model_id, cancel)
    except AppError as error:
        if error.code is ErrorCode.MODEL_NOT_AUTOLOADED:
            services.local.allow_load(model_id)  # asked for by name: try it
            return await try_model(services, model_id, cancel)
        raise
    finally:
        context.console.clear_status()
        await services.close()
