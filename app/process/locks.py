"""A file that only one process at a time may hold, the same on every system."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

_PRIVATE = 0o600
_POLL_S = 0.02
_TAKEN = frozenset({errno.EACCES, errno.EAGAIN, errno.EDEADLK})


class TakenError(Exception):
    """Somebody else holds the file."""


@contextlib.contextmanager
def exclusive(file: Path, timeout_s: float, *, remove: bool = False) -> Iterator[None]:
    """Hold `file` (made where it is missing), from all other processes and threads.

    Raises `TakenError` where it is not to be had within `timeout_s` seconds, and `OSError`
    where it cannot be opened. It is set free whatever ends the process; with `remove` it is
    deleted in the end.
    """
    descriptor = _take(file, time.monotonic() + timeout_s)
    try:
        yield
    finally:
        if remove and os.name == "posix":  # while it is held, so that nobody waits for nothing
            file.unlink(missing_ok=True)
        _unlock(descriptor)
        os.close(descriptor)
        if remove and os.name != "posix":  # what is open cannot be deleted there
            with contextlib.suppress(OSError):
                file.unlink()


def _take(file: Path, deadline: float) -> int:
    while True:
        descriptor = os.open(file, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), _PRIVATE)
        try:
            if _try_lock(descriptor):
                if _is_still(file, descriptor):
                    return descriptor
            elif time.monotonic() >= deadline:
                raise TakenError
            else:
                time.sleep(_POLL_S)
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)


def _is_still(file: Path, descriptor: int) -> bool:
    """Whether the name still belongs to what was opened, and was not deleted meanwhile."""
    try:
        return os.path.samestat(file.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False


def _try_lock(descriptor: int) -> bool:
    try:
        _lock(descriptor)
    except OSError as error:
        if error.errno in _TAKEN:
            return False
        raise
    return True


if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

    def _unlock(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _lock(descriptor: int) -> None:
        # flock belongs to the open file, not to the process: it holds between threads, too.
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _unlock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_UN)
