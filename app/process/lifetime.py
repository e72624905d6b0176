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

CORE_FILTER = Path("/proc/self/coredump_filter")
"""Which kinds of memory a core dump of this process holds, as a mask (core(5))."""

_PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE = 4
# SetErrorMode of Windows.
_NO_CRITICAL_ERROR_BOX, _NO_FAULT_BOX, _NO_OPEN_FILE_BOX = 0x1, 0x2, 0x8000


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


def keep_memory_private(*, desktop: bool = False) -> None:
    """No core dump, and no other process of this user may read the memory of this one.

    Call it in every process that holds a conversation: a core dump would hold it too. With
    `desktop` the kernel lets others look into the process as before: the desktop's portals
    refuse one that they cannot look into, and without them a Wayland window of Qt has neither
    its buttons nor the person's choice of dark or light
    (github.com/flatpak/xdg-desktop-portal/issues/2141).
    """
    if sys.platform == "win32":
        _leave_no_crash_dump()
        return
    import resource

    try:
        # To the kernel 1 means none either, and none to a handler that it pipes dumps to, which
        # 0 does not (fs/coredump.c).
        resource.setrlimit(resource.RLIMIT_CORE, (1, 1))
    except (OSError, ValueError):  # it is 0 already and may not be raised
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            # Whatever writes a dump all the same leaves every page of memory out of it.
            CORE_FILTER.write_text("0", encoding="ascii")
        if not desktop:
            _prctl(_PR_SET_DUMPABLE, 0)


def _leave_no_crash_dump() -> None:
    """Windows' error reporting neither keeps the memory of a crash nor sends it to Microsoft.

    It is left out for a process in this mode, whose children inherit it; no box asks, either.
    """
    no_boxes = _NO_CRITICAL_ERROR_BOX | _NO_FAULT_BOX | _NO_OPEN_FILE_BOX
    ctypes.CDLL("kernel32").SetErrorMode(no_boxes)


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
