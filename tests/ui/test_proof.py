"""Qt's own network code tries to get out: here, without a seal, it does."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from app.core.proof import Attempt
from app.ui.proof import try_through_qt

ROOT = Path(__file__).parents[2]
SEALED = """
from app.process import start
start.protect()
from app.ui.proof import try_through_qt
for attempt in try_through_qt():
    print(attempt.holds, attempt.said)
"""


def test_without_a_seal_the_attempts_get_through(qapp: QApplication) -> None:
    attempts = try_through_qt()
    assert [attempt.name for attempt in attempts] == [
        "TCP by QTcpSocket", "UDP by QUdpSocket", "HTTP by QNetworkAccessManager",
    ]  # fmt: skip
    assert not any(attempt.holds for attempt in attempts)


def test_they_may_be_made_on_another_thread(qapp: QApplication) -> None:
    made: list[Attempt] = []
    thread = threading.Thread(target=lambda: made.extend(try_through_qt()))
    thread.start()
    thread.join(20)
    assert len(made) == 3


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's seal is Linux's")
def test_in_a_sealed_process_every_one_is_refused() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SEALED],
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.stdout.split() == [
        "True", "SocketAccessError", "True", "SocketAccessError", "True", "UnknownNetworkError",
    ], done.stderr  # fmt: skip
