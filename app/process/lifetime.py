"""How processes of this program live: they leave no memory behind, and children end with them."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
from pathlib import Path

PARENT_VARIABLE = "TACIT_PARENT_PID"
"""Tells a child whose child it is."""

_PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE = 4


def begin() -> None:
    """Call it first in a child process: no core dumps, no Ctrl-C, and an end with the parent.

    A core dump would hold the conversation. Ctrl-C in a terminal reaches every process of
    it: the parent hears it too and stops its children in order.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "linux":
        _be_the_first_to_go()
    keep_memory_private()
    if sys.platform == "linux":
        _end_with_parent()


def keep_memory_private() -> None:
    """No core dump, and no other process of this user may read the memory of this one.

    Call it in every process that holds a conversation: a core dump would hold it too.
    """
    if sys.platform == "win32":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        # A handler that the kernel pipes core dumps to is started whatever the limit says.
        _prctl(_PR_SET_DUMPABLE, 0)


def _end_with_parent() -> None:
    """End of file on the pipe says the same, but not while native code holds the lock.

    The kernel sends the signal when the parent's *thread* ends that started this process:
    start children from a thread that lives as long as they should.
    """
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    parent = os.environ.get(PARENT_VARIABLE, "")
    if parent.isdigit() and os.getppid() != int(parent):
        os._exit(0)  # the parent ended before the kernel was asked


def _be_the_first_to_go() -> None:
    """Where the machine runs out of memory, the kernel shall end this process and no other.

    Before it is made non-dumpable: after that, the file belongs to root.
    """
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")


def _prctl(option: int, value: int) -> None:
    ctypes.CDLL(None).prctl(option, ctypes.c_ulong(value), 0, 0, 0)
