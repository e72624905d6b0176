"""The place where an installation is tried: a data folder and a home that are thrown away."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.core.errors import AppError, ErrorCode
from app.paths import Paths
from app.process.spawn import child_environment, creation_flags, own_command

_WAIT_S = 60
# Where the runtime could be about to collect usage data, but keeps quiet: the trial has to look
# like an ordinary start.
_HOMES = ("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "XDG_CACHE_HOME", "TMPDIR")


@dataclass(frozen=True, slots=True)
class Ground:
    """Everything that is tried writes below `root` and nowhere else."""

    root: Path

    @property
    def paths(self) -> Paths:
        """The data folder of the trial."""
        return Paths.at(self.root / "data")

    @property
    def home(self) -> Path:
        """What the processes take for the person's home."""
        return self.root / "home"

    def prepare(self) -> None:
        """Make the folders."""
        self.home.mkdir(mode=0o700)
        self.paths.create()

    def command(self, *arguments: str) -> dict[str, Any]:
        """What `tacit ARGUMENTS --json` prints; raises `AppError` where it does not end well."""
        done = self.start(*arguments, "--json", "--data-dir", str(self.paths.root))
        try:
            document = json.loads(done.stdout)
            if done.returncode == 0:
                return dict(document)
            raise failed(str(document["error"]["what"]))
        except (ValueError, KeyError, TypeError):
            raise failed(_last_words(done)) from None

    def start(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Start this program once more and wait for its end; raises `AppError` if it hangs."""
        # On no screen: nothing shall flash up, and there may be none.
        homes = dict.fromkeys(_HOMES, str(self.home))
        try:
            return subprocess.run(
                own_command(*arguments),
                cwd=self.home,
                env={**child_environment(), **homes, "QT_QPA_PLATFORM": "offscreen"},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                encoding="utf-8",
                errors="replace",
                timeout=_WAIT_S,
                check=False,
                creationflags=creation_flags(),
            )
        except subprocess.TimeoutExpired:
            raise failed(f"It did not end within {_WAIT_S} seconds.") from None
        except OSError as error:
            raise failed(f"It could not be started: {error.strerror}.") from None

    def telemetry(self) -> list[str]:
        """Files that a library left in the home of the trial, where nothing of ours lies."""
        return [
            str(Path(folder, name).relative_to(self.home))
            for folder, _, names in os.walk(self.home)
            for name in names
            if "DeveloperTools" in folder or name.endswith((".db", ".ses"))
        ]


def failed(sentence: str) -> AppError:
    """What it means that a part of the installation does not work."""
    return AppError(sentence, "Install Tacit again.", code=ErrorCode.INSTALL_FAILED)


def _last_words(done: subprocess.CompletedProcess[str]) -> str:
    lines = [line for line in done.stderr.splitlines() if line.strip()]
    said = f": {lines[-1].strip()}" if lines else "."
    return f"It ended with {done.returncode}{said}"
