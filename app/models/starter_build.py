"""Builds the starter model by starting the builder from here, where there is no courier.

A process that may open no socket cannot do this: what it starts may open none, either.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from app.core.cancel import CancelToken
from app.core.errors import AppError, ErrorCode
from app.models.starter import Build, Tell

_WAIT_S = 10


def directly(builder: Path) -> Build:
    """What builds it with the script `builder`."""

    def build(target: Path, cache: Path, tell: Tell, cancel: CancelToken) -> None:
        command = [sys.executable, "-I", str(builder)]
        command += ["--out", str(target), "--cache", str(cache), "--progress", "json"]
        with _process(command) as process:
            forget = cancel.on_cancel(lambda: _end(process))
            try:
                for line in process.stdout or ():
                    _relay(line, tell)
                words = process.stderr.read() if process.stderr else ""
                code = process.wait(_WAIT_S)
            finally:
                forget()
        if cancel.is_cancelled:
            raise AppError(
                "Setting the starter model up was stopped.",
                "Start it again.",
                code=ErrorCode.CANCELLED,
            )
        if code != 0:
            sentence = words.strip().splitlines()[-1:] or ["The starter model could not be built."]
            raise AppError(sentence[0], code=ErrorCode.INSTALL_FAILED)

    return build


@contextlib.contextmanager
def _process(command: list[str]) -> Iterator[subprocess.Popen[str]]:
    """The builder in a group of its own, so that ending it ends what it started, too."""
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    with process:
        try:
            yield process
        finally:
            _end(process)


def _end(process: subprocess.Popen[str]) -> None:
    if process.poll() is not None:
        return
    if os.name == "posix":
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()


def _relay(line: str, tell: Tell) -> None:
    with contextlib.suppress(ValueError, KeyError, TypeError):
        progress = json.loads(line)
        fraction = float(progress["fraction"])
        step, steps = int(progress["step"]), int(progress["steps"])
        tell(f"{progress['label']} (step {step} of {steps})", (step - 1 + fraction) / steps)
