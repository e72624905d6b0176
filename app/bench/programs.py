"""Programs of their own that a measurement starts: modules of this room, also when frozen."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Sequence

from app.process.environment import is_frozen
from app.process.spawn import own_command

FLAG = "--bench-program"
"""Has the frozen program, which knows no `-m`, run one of `NAMES`."""
NAMES = ("empty_window", "hub_client", "hub_server", "plain_loop", "window_probe")


def command(name: str, *arguments: str) -> list[str]:
    """The command that runs the module `name` of this room with `arguments`."""
    if is_frozen():
        return own_command(FLAG, name, *arguments)
    return [sys.executable, "-P", "-m", f"app.bench.{name}", *arguments]


def environment() -> dict[str, str]:
    """The variables for it: this program's, and where it finds its modules."""
    if is_frozen():
        return dict(os.environ)
    return {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}


def run(arguments: Sequence[str]) -> int:
    """Be the program that `command` asked for; returns its exit code."""
    name = arguments[0] if arguments else ""
    if name not in NAMES:
        return 2
    sys.argv = list(arguments)
    return importlib.import_module(f"app.bench.{name}").main() or 0
