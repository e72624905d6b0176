"""Turns the system's signals to end into a call on the loop."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Callable
from types import FrameType

from PySide6.QtCore import QObject, QTimer

_POLL_MS = 250


def on_signals(loop: asyncio.AbstractEventLoop, end: Callable[[], None], owner: QObject) -> None:
    """Call `end` on the loop when the process is asked to end (SIGINT, SIGTERM, SIGBREAK)."""
    if sys.platform == "win32":
        _on_windows(loop, end, owner)
    else:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, end)


if sys.platform == "win32":

    def _on_windows(
        loop: asyncio.AbstractEventLoop, end: Callable[[], None], owner: QObject
    ) -> None:
        def handle(_number: int, _frame: FrameType | None) -> None:
            loop.call_soon_threadsafe(end)

        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGBREAK):
            signal.signal(number, handle)
        # Qt's loop is native code: Python looks at signals only when its own code runs.
        timer = QTimer(owner)
        timer.timeout.connect(lambda: None)
        timer.start(_POLL_MS)
