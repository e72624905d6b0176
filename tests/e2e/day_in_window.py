"""The program by its own door, and a person's day in its window: a question, a download, the end.

Its one argument (JSON) names the `file` to fetch, its `target`, the `endpoint` it comes from and
how long to `wait_s` after the answer. It prints the numbers of the processes and the answer.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from app import __main__ as program

if TYPE_CHECKING:
    from app.logs import Logging
    from app.network.base import Courier
    from app.paths import Paths
    from app.ui.application import RunWindow
    from app.ui.window.assembly import Assembly
    from app.ui.window.main_window import MainWindow

QUESTION = "What is the capital of France?"
WISH: dict[str, Any] = json.loads(sys.argv[1])


def open_window(paths: Paths, logging: Logging) -> int:
    return program.open_window(paths, logging, the_window)


def the_window() -> RunWindow:
    from app.ui.application import run

    return partial(run, begun=begin)


def begin(window: MainWindow, assembly: Assembly) -> None:
    assembly.parts.tasks.start("day", day(window, assembly))


async def day(window: MainWindow, assembly: Assembly) -> None:
    try:
        await ask(window, assembly)
        services = assembly._services
        seen = {
            "window": os.getpid(),
            "host": services.engine_status().pid,
            "answers": await services.history.run(
                lambda store: [m.text for m in store.path(assembly.parts.chat.open_id)]
            ),
        }
        assert services.courier is not None
        seen["courier"] = services.courier.status().pid
        seen["size"] = await asyncio.to_thread(download, services.courier, services.paths)
        await asyncio.sleep(float(WISH["wait_s"]))
        sys.stdout.write(json.dumps(seen) + "\n")
        sys.stdout.flush()
    finally:
        window.close_wanted.emit()


async def ask(window: MainWindow, assembly: Assembly) -> None:
    """Type the question key by key and wait for the end of the answer."""
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QPlainTextEdit, QTextEdit

    chat = assembly.parts.chat
    begun, over = asyncio.Event(), asyncio.Event()

    def note(is_busy: bool) -> None:
        if is_busy:
            begun.set()
        elif begun.is_set():
            over.set()

    chat.busy_changed.connect(note)
    while not over.is_set():
        every: list[QTextEdit | QPlainTextEdit] = [*window.findChildren(QTextEdit)]
        every += window.findChildren(QPlainTextEdit)
        boxes = [box for box in every if box.isVisible() and not box.isReadOnly()]
        if not chat.is_busy and len(boxes) == 1:
            if not boxes[0].toPlainText():
                QTest.keyClicks(boxes[0], QUESTION)
            QTest.keyClick(boxes[0], Qt.Key.Key_Return)
        await asyncio.sleep(0.5)


def download(courier: Courier, paths: Paths) -> int:
    """A transfer through the window's own courier, as the model manager makes them."""
    from app.core.cancel import CancelToken
    from app.core.egress import Purpose
    from app.courier import policy
    from app.network.transfer.values import FileWanted
    from app.network.verbs.download import DOWNLOAD, Download
    from app.settings.settings import Settings

    known = policy(paths, Settings(paths.settings_file))
    courier.configure(replace(known, endpoints=(WISH["endpoint"],)))
    wanted = Download(
        url=WISH["file"],
        file=FileWanted(target=str(paths.models / "file.bin")),
        purpose=Purpose.MODEL_DOWNLOAD,
        allowed_by="a test",
    )
    return courier.run(DOWNLOAD, wanted, CancelToken()).size


if __name__ == "__main__":
    from app.cli.main import main

    sys.exit(main([], open_window, program.protect, program.try_through_qt))
