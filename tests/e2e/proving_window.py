"""The window, which proves itself and its model as soon as it is there, and closes.

Prints the proof as JSON. Its argument is the data folder.
"""

from __future__ import annotations

from app.process import environment

environment.apply()

import json  # noqa: E402  (the environment is quiet first)
import sys  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import TYPE_CHECKING  # noqa: E402

from app.cli.main import main as command_line  # noqa: E402
from app.logs import Logging  # noqa: E402
from app.paths import Paths  # noqa: E402
from app.process import start  # noqa: E402

if TYPE_CHECKING:
    from app.ui.window.assembly import Assembly
    from app.ui.window.main_window import MainWindow


def open_window(paths: Paths, logging: Logging) -> int:
    protection = start.protect(desktop=True)
    from app.ui.application import run

    return run(paths, logging, begun, seal=protection.report, witness=protection.witness)


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
    home = str(Path(sys.argv[1]))
    sys.exit(command_line(["--data-dir", home], open_window, lambda _: start.Protection()))
