"""`tacit bench NAME`: chooses what is measured and collects the report."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from app.bench.figures import Figure, report
from app.models.library import InstalledModel, Library
from app.paths import Paths


def run_bench(name: str, paths: Paths) -> dict[str, Any]:
    """The report of "engine", "ui", "startup", "store", "download", "redaction" or
    "all", measured now.

    Raises `AppError` where there is no model to measure with. The person's own conversations
    and settings are not touched: each measurement has a data folder of its own.
    """
    names = (
        ("startup", "store", "engine", "ui", "download", "redaction") if name == "all" else (name,)
    )
    figures: list[Figure] = []
    for one in names:
        with tempfile.TemporaryDirectory(prefix="tacit-bench-") as folder:
            figures += list(_measure(one, paths, Path(folder)))
    return report(figures)


def _measure(name: str, paths: Paths, folder: Path) -> Iterator[Figure]:
    if name == "startup":
        from app.bench import startup

        return startup.measure(folder)
    if name == "store":
        from app.bench import store

        return store.measure(folder)
    if name == "download":
        from app.bench import download

        return download.measure(folder)
    if name == "redaction":
        from app.bench import redaction

        return redaction.measure()
    model = _model(paths)
    if name == "engine":
        from app.bench.engine import EngineBench

        return EngineBench(model.folder, folder).measure()
    from app.bench import ui

    return ui.measure(model, folder)


def _model(paths: Paths) -> InstalledModel:
    return Library(lambda: (paths.models,)).default("smollm2-135m-instruct")
