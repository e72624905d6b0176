"""Running the program as an ordinary user where the tests themselves run as root."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOMEBODY = 54321


def as_somebody(*more: str) -> list[str]:
    """The command that runs another one as an ordinary user."""
    name = str(SOMEBODY)
    return ["setpriv", f"--reuid={name}", f"--regid={name}", "--clear-groups", *more, "--"]


@functools.cache
def ways_to_be_somebody() -> list[list[str]]:
    """Commands under which this Python can be run as an ordinary user; none unless as root."""
    if os.geteuid() != 0 or shutil.which("setpriv") is None:
        return []
    # A Python below /root is found by nobody else, unless they may look into every folder.
    looking = ("--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search")
    child = "subprocess.run([sys.executable, '-c', 'import app'], check=True)"
    code = f"import subprocess, sys; {child}"
    return [
        way
        for way in (as_somebody(), as_somebody(*looking))
        if subprocess.run(
            [*way, sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=False
        ).returncode
        == 0
    ]


def give(home: Path) -> None:
    """Make the data folder one of the ordinary user's, who has to be able to get there."""
    for folder in (home, *(path for path in home.rglob("*") if path.is_dir())):
        os.chown(folder, SOMEBODY, SOMEBODY)
    for parent in home.parents:
        if parent.owner() == "root" and parent.name.startswith(("pytest-", "test_")):
            parent.chmod(0o755)
