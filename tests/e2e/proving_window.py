"""The window, which proves itself and its model as soon as it is there, and closes.

Prints the proof as JSON. Its argument is the data folder.
"""

from __future__ import annotations

from app.process import environment

environment.apply()

import json  # noqa: E402  (the environment is quiet first)
import sys  # noqa: E402
from functools import partial  # noqa: E402
from typing import TYPE_CHECKING  # noqa: E402

from app import __main__ as entry  # noqa: E402
from app.cli.main import main as command_line  # noqa: E402
from app.logs import Logging  # noqa: E402
from app.paths import Paths  # noqa: E402

if TYPE_CHECKING:
    from app.ui.application import RunWindow
    from app.ui.window.assembly import Assembly
    from app.ui.window.main_window import MainWindow


def open_window(paths: Paths, logging: Logging) -> int:
    return entry.open_window(paths, logging, window)


def window() -> RunWindow:
    from app.ui.application import run

    return partial(run, begun=begun)


def begun(window: MainWindow, assembly: Assembly) -> None:
    from app.core.handoff import Worker
    from app.process.proof.text import as_document
    from app.ui.proof import try_through_qt

    async def prove() -> None:
        worker = Worker("qt")
        try:
            more = await worker.call(try_through_qt)
            proof = await assembly._services.prove("the window", more)
        finally:
            worker.close()
        sys.stdout.write(json.dumps(as_document(proof)))
        window.close_wanted.emit()

    assembly.parts.tasks.start("prove", prove())


if __name__ == "__main__":
    sys.exit(command_line(["--data-dir", sys.argv[1]], open_window, entry.protect))
