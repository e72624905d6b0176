"""Seals this process as far as its system can, and says part by part what holds.

A seal is never taken off and is inherited by every child. Where a part cannot be had the
program still works, and the report says so: nothing shown to a person may be more reassuring
than `SealReport`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from app.core.privacy import SealPart, SealReport
from app.process.seal import facts, landlock, seccomp


def seal_window(left_out: Sequence[str] = ()) -> SealReport:
    """Seal a process that shows conversations: local sockets only, in all its threads.

    Call it before any other thread exists. `left_out` names parts that a test takes off.
    """
    return _seal(
        {
            "no network sockets": lambda: seccomp.apply(seccomp.UNIX_ONLY, may_execute=True),
            "no socket from before": _no_network_sockets,
        },
        left_out,
    )


def seal_host(readable: Sequence[Path], left_out: Sequence[str] = ()) -> SealReport:
    """Seal a process that runs a model: no socket at all, no file written, no program started.

    `readable` are the folders it may still read: its model, its code, the system's libraries.
    """
    return _seal(
        {
            "files read-only": lambda: landlock.read_only(readable),
            "no sockets, no programs": lambda: seccomp.apply(seccomp.NO_SOCKETS, may_execute=False),
            "no socket from before": _no_network_sockets,
        },
        left_out,
    )


def runtime_folders() -> tuple[Path, ...]:
    """Folders that Python and the runtime read after start: libraries, time zones, devices."""
    candidates = [
        Path(sys.prefix),
        Path(sys.base_prefix),
        Path(sys.executable).resolve().parent,
        Path(__file__).resolve().parents[3],
        *(Path(name) for name in ("/usr", "/lib", "/lib64", "/etc/ld.so.cache", "/proc/self")),
        *(Path(name) for name in ("/sys/devices/system", "/sys/fs/cgroup", "/proc/cpuinfo")),
        *(Path(name) for name in ("/proc/meminfo", "/proc/stat", "/dev/null", "/dev/urandom")),
    ]
    return tuple(path for path in candidates if path.exists())


def _seal(parts: dict[str, Callable[[], None]], left_out: Sequence[str]) -> SealReport:
    if sys.platform != "linux":
        return SealReport(tuple(SealPart(name, holds=False) for name in parts))
    return SealReport(
        tuple(
            SealPart(name, holds=False, detail=f"{name}: left out by a test")
            if name in left_out
            else _attempt(name, apply)
            for name, apply in parts.items()
        )
    )


def _attempt(name: str, apply: Callable[[], None]) -> SealPart:
    try:
        apply()
    except OSError as error:
        return SealPart(name, holds=False, detail=f"{name}: {error.strerror}")
    return SealPart(name, holds=True)


def _no_network_sockets() -> None:
    found = facts.network_sockets()
    if found:
        raise OSError(0, f"descriptor {found[0]} is a network socket")
