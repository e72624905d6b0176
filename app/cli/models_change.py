"""`tacit models import|export|remove|move|rename`: what changes the library."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from app.cli import models_view
from app.cli.command import Commands, Context
from app.cli.models_view import manager
from app.cli.output import EXIT_DONE, short_path, size
from app.cli.work import run_long
from app.core.errors import AppError, ErrorCode

_SUFFIX = ".tacit-model"


def register(inner: Commands) -> None:
    """Add the commands to the group."""
    bring = inner.add(
        "import",
        _import,
        "Bring a model in from a folder, or from a file made by export",
        more="A folder is copied; with --reference it is used where it lies",
    )
    bring.add_argument("path", metavar="PATH", type=Path, help="the folder, or NAME.tacit-model")
    bring.add_argument("--name", default="", help="what the model is called in lists")
    bring.add_argument("--reference", action="store_true", help="do not copy the folder")
    export = inner.add(
        "export", _export, "Write a model into one file for a computer without a network"
    )
    export.add_argument("id", metavar="ID", help='an id from "tacit models list"')
    export.add_argument("file", metavar="FILE", type=Path, help="the new file, or a folder for it")
    remove = inner.add(
        "remove",
        _remove,
        "Delete a model",
        more="One that is used where it lies is only taken off the list",
    )
    remove.add_argument("id", metavar="ID", help='an id from "tacit models list"')
    remove.add_argument("--yes", action="store_true", help="do not ask")
    move = inner.add("move", _move, "Move all models to another folder or disk")
    move.add_argument("folder", metavar="FOLDER", type=Path, help="the new place")
    rename = inner.add("rename", _rename, "Give a model another name in lists; its id stays")
    rename.add_argument("id", metavar="ID", help='an id from "tacit models list"')
    rename.add_argument("name", metavar="NAME", help='the name; "" for its own again')


def _import(options: argparse.Namespace, context: Context) -> int:
    models, path = manager(context), Path(options.path)
    if path.is_dir():
        model = run_long(
            context.console,
            lambda tell, cancel: models.import_folder(
                path, copy=not options.reference, name=options.name, tell=tell, cancel=cancel
            ),
        )
    elif options.reference:
        raise AppError(
            "Only a folder can be used where it lies.", "Leave --reference out.",
            code=ErrorCode.USAGE,
        )  # fmt: skip
    else:
        model = run_long(
            context.console, lambda tell, cancel: models.import_package(path, tell, cancel)
        )
        if options.name:
            model = models.rename(model.id, options.name)
    return context.told(models_view.document(model), f"The model is in the library: {model.id}")


def _export(options: argparse.Namespace, context: Context) -> int:
    models, file = manager(context), Path(options.file)
    if file.is_dir():
        file /= f"{options.id.replace('/', '-')}{_SUFFIX}"
    elif not file.name.endswith(_SUFFIX):
        file = file.with_name(f"{file.name}{_SUFFIX}")
    listed = run_long(
        context.console, lambda tell, cancel: models.export(options.id, file, tell, cancel)
    )
    return context.told(
        {"id": options.id, "file": str(file), "size_bytes": listed.size},
        f"{short_path(file)}, {size(listed.size)}",
    )


def _remove(options: argparse.Namespace, context: Context) -> int:
    models = manager(context)
    model = models.library.find(options.id)
    if not options.yes and not _agrees(
        context, model.id, 0 if model.is_reference else model.size_bytes
    ):
        raise AppError("Nothing was removed.", "Say yes, or add --yes.", code=ErrorCode.CANCELLED)
    removed = models.remove(model.id)
    if context.as_json:
        context.console.json(
            {
                "id": removed.id,
                "freed_bytes": removed.freed_bytes,
                "was_reference": removed.was_reference,
            }
        )
    elif removed.was_reference:
        context.console.line(f"{removed.id} is off the list; its folder was not touched.")
    else:
        context.console.line(f"{removed.id} is deleted, {size(removed.freed_bytes)} are free.")
    return EXIT_DONE


def _agrees(context: Context, model_id: str, freed: int) -> bool:
    """Ask on a terminal; a script has to say --yes."""
    if context.as_json or not sys.stdin.isatty():
        raise AppError("A script has to say that it means it.", "Add --yes.", code=ErrorCode.USAGE)
    context.console.note(f"Delete {model_id} and free {size(freed)}? [y/N]")
    return sys.stdin.readline().strip().lower() in {"y", "yes"}


def _move(options: argparse.Namespace, context: Context) -> int:
    models, folder = manager(context), Path(options.folder)
    moved = run_long(context.console, lambda tell, cancel: models.move(folder, tell, cancel))
    main = models.library.main
    return context.told(
        {"folder": str(main), "moved_bytes": moved},
        f"The models are in {short_path(main)}, {size(moved)} were moved.",
    )


def _rename(options: argparse.Namespace, context: Context) -> int:
    model = manager(context).rename(options.id, options.name)
    return context.told(models_view.document(model), f"{model.id} is called {model.name}.")
