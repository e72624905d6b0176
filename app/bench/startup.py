"""How long the window takes to open, against an empty PySide6 window in the same run."""

from __future__ import annotations

import contextlib
import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

from app.bench import programs
from app.bench.figures import Figure, median

ROUNDS = 7
SETTLE_S = 4.0
_WAIT_S = 60


def measure(data_dir: Path) -> Iterator[Figure]:
    """All figures over the data folder `data_dir`; pairs of starts, one after the other."""
    empty: list[float] = []
    usable: list[float] = []
    ready: list[float] = []
    for _ in range(ROUNDS + 1):
        empty.append(_seconds_until(programs.command("empty_window"), "shown"))
        usable.append(_seconds_until(programs.command("window_probe", str(data_dir)), "usable"))
        ready.append(_seconds_until(programs.command("window_probe", str(data_dir)), "ready"))
    # The first round reads everything from disk and would only measure that.
    empty, usable, ready = empty[1:], usable[1:], ready[1:]
    yield Figure("empty_qt_window_ms", median(empty) * 1e3, "ms")
    yield Figure("window_usable_ms", median(usable) * 1e3, "ms")
    yield Figure("window_ready_ms", median(ready) * 1e3, "ms")
    ratios = [ours / theirs for ours, theirs in zip(usable, empty, strict=True)]
    yield Figure("window_ratio_to_empty_qt", median(ratios), "ratio", 2.5)
    yield Figure("gui_rss_mb", _idle_rss(data_dir) / 1e6, "MB")


def seconds_until_ready(data_dir: Path, recovery: str = "") -> float:
    """How long the window over `data_dir` takes until its services are behind it.

    `recovery` is the recovery key of an encrypted history there.
    """
    return _seconds_until(programs.command("window_probe", str(data_dir)), "ready", recovery)


def _environment() -> dict[str, str]:
    screen = {} if _has_screen() else {"QT_QPA_PLATFORM": "offscreen"}
    return {**programs.environment(), **screen}


def _has_screen() -> bool:
    return any(os.environ.get(n) for n in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))


def _seconds_until(command: list[str], word: str, given: str = "") -> float:
    started = time.perf_counter()
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=_environment(),
        text=True,
    ) as process:
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("the window's output cannot be read")
        with contextlib.suppress(BrokenPipeError):
            process.stdin.write(f"{given}\n")
            process.stdin.close()
        for line in process.stdout:
            if line.strip() == word:
                took = time.perf_counter() - started
                process.terminate()
                process.wait(_WAIT_S)
                return took
    raise RuntimeError(f"the window never said {word}")


def _idle_rss(data_dir: Path) -> int:
    """Resident bytes of the window's process, some seconds after it can be used."""
    with subprocess.Popen(
        programs.command("window_probe", str(data_dir)),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=_environment(),
        text=True,
    ) as process:
        if process.stdout is None or not any(line.strip() == "ready" for line in process.stdout):
            raise RuntimeError("the window never said ready")
        time.sleep(SETTLE_S)
        resident = int(psutil.Process(process.pid).memory_info().rss)
        process.terminate()
        process.wait(_WAIT_S)
        return resident
