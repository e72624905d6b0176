"""What the end-to-end tests read from strace, and the environment in which they watch."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence

from app.process.environment import QUIET

# Where the libraries look for a hint that nobody is watching; then they are quiet by themselves.
HINTS = ("CI", "TF_BUILD", "BUILD_ID", "BUILD_NUMBER", "GITHUB_ACTIONS", "GITLAB_CI", "TRAVIS")
TRACES_OF_TELEMETRY = ("DeveloperTools", ".onnxruntime", "deviceid")

_THREAD = re.compile(r"^(\d+) .*parent_tid=\[(\d+)\]")


def loud_environment() -> dict[str, str]:
    """This process's environment without what keeps the libraries quiet or moves the home."""
    without = {*HINTS, *QUIET, "TACIT_HOME"}
    return {
        name: value
        for name, value in os.environ.items()
        if name not in without and not name.startswith("XDG_")
    }


def threads_of(calls: Sequence[str], pid: int) -> set[int]:
    """A process and its threads: strace names each by its own number."""
    found = {pid}
    for call in calls:
        made = _THREAD.match(call)
        if made is not None and int(made[1]) in found:
            found.add(int(made[2]))
    return found
