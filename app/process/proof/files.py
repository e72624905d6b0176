"""Attempts of a process that runs a model to write, to read what is not its own, to start."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from app.process.proof.trying import Try

_ALWAYS_THERE = "/etc/passwd"
_WAIT_S = 10.0


def writing(model: Path) -> Sequence[Try]:
    """Writing a new file where this user may write."""
    places = {
        "the model's folder": model,
        "the temporary folder": _temporary(),
        "the home folder": Path.home(),
    }
    return [
        Try(
            name=f"write a file in {name}",
            expected=errno.EACCES,
            or_else=errno.EROFS,
            act=lambda folder=folder: _write(folder),  # type: ignore[misc]
        )
        for name, folder in places.items()
        if folder.is_dir()
    ]


def reading(private: Sequence[str]) -> Sequence[Try]:
    """Reading the files `private`, which belong to the person, and one of the system's."""
    files = [path for path in (*private, _ALWAYS_THERE) if Path(path).exists()]
    return [
        Try(
            name=f"read {Path(path).name}",
            expected=errno.EACCES,
            act=lambda path=path: _read(path),  # type: ignore[misc]
        )
        for path in files
    ]


def starting() -> Sequence[Try]:
    """Starting a program."""
    # The job object of Windows counts processes and says that there are enough of them.
    by_job = errno.ENOMEM if sys.platform == "win32" else None
    return [Try(name="start a program", expected=errno.EPERM, or_else=by_job, act=_start)]


def _temporary() -> Path:
    # Not by `tempfile`: it looks for a folder that can be written, and here there is none.
    names = (os.environ.get(name, "") for name in ("TMPDIR", "TEMP"))
    return Path(next(filter(None, names), "/tmp"))  # noqa: S108  (where nothing is named)


def _write(folder: Path) -> str:
    file = folder / f".tacit-proof-{os.getpid()}"
    os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    file.unlink()
    return "the file was written"


def _read(path: str) -> str:
    os.close(os.open(path, os.O_RDONLY))
    return "the file was opened"


def _start() -> str:
    command = [sys.executable, "--version"]
    subprocess.run(
        command, check=False, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, timeout=_WAIT_S,
    )  # fmt: skip
    return "the program was started"
