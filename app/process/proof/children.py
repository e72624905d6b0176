"""Attempts through a child process: one that is started anew, or forked where none may start.

The child tries what it inherited the seal for, and prints or pipes "name TAB answer" lines.
"""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import warnings
from collections.abc import Iterable

from app.core.proof import Attempt
from app.process.proof import native, sockets
from app.process.proof.trying import make, result
from app.process.spawn import child_environment, creation_flags, own_command

FLAG = "--attempt-from-child"
FOREIGN = "a socket by the gate of 32-bit programs"
_BY = "a child process"
_REFUSED = ("EACCES", "ENOSYS")
_WAIT_S = 15.0


def main() -> int:
    """What the child started with `FLAG` does: try, print what came of it, and end."""
    # First what survives: the other may end the process where the kernel lacks the gate.
    for line in _plain_lines():
        _say(line)
    _say(_foreign_line())
    return 0


def started(part: str) -> tuple[Attempt, ...]:
    """Attempts of a program that this process starts now, as a browser or pip would be."""
    try:
        done = subprocess.run(
            own_command(FLAG), check=False, env=child_environment(), stdin=subprocess.DEVNULL,
            capture_output=True, timeout=_WAIT_S, creationflags=creation_flags(),
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        said = type(error).__name__
        return (result("start a program that tries it", said, by=_BY, part=part, holds=False),)
    return _attempts(done.stdout.decode(errors="replace").splitlines(), part)


def forked(part: str) -> tuple[Attempt, ...]:
    """Attempts of a copy of this process, which may start no program."""
    reading, writing = os.pipe()
    with warnings.catch_warnings():
        # Later Pythons warn of forking beside threads; the copy calls nothing that could wait
        # for one of them.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        _be_the_copy(writing)
    os.close(writing)
    try:
        lines = _lines_of(reading)
    finally:
        os.close(reading)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    return _attempts(lines, part)


def _be_the_copy(writing: int) -> None:
    try:
        for line in _plain_lines():
            os.write(writing, f"{line}\n".encode())
        os.write(writing, f"{_foreign_line()}\n".encode())
    finally:
        os._exit(0)


def _lines_of(reading: int) -> list[str]:
    """Everything that the copy says before it ends or takes too long."""
    said = b""
    while select.select([reading], [], [], _WAIT_S)[0]:
        piece = os.read(reading, 4096)
        if not piece:
            break
        said += piece
    return said.decode(errors="replace").splitlines()


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _plain_lines() -> Iterable[str]:
    tries = [*list(sockets.network())[:4], *native.network()]
    for attempt in make(tries, by=_BY, part=""):
        yield f"{attempt.name}\t{attempt.said}"


def _foreign_line() -> str:
    return f"{FOREIGN}\t{native.foreign_call() if sys.platform == 'linux' else ''}"


def _attempts(lines: list[str], part: str) -> tuple[Attempt, ...]:
    answers = dict(line.split("\t", 1) for line in lines if "\t" in line)
    # Without an answer the kernel ended the child at the gate: it has none, or guards it so.
    foreign = answers.pop(FOREIGN, "the kernel has no such gate")
    found = [
        result(name, said, by=_BY, part=part, holds=said in _REFUSED)
        for name, said in answers.items()
    ]
    if not found:
        found.append(
            result("a child that tries it", "it said nothing", by=_BY, part=part, holds=False)
        )
    if foreign:
        holds = foreign != "the socket was opened"
        found.append(result(FOREIGN, foreign, by=_BY, part=part, holds=holds))
    return tuple(found)
