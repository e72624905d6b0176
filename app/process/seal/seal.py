"""Seals this process as far as its system can, and says part by part what holds.

A seal is never taken off and is inherited by every child. Where a part cannot be had the
program still works, and the report says so: nothing shown to a person may be more reassuring
than `SealReport`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from app.core.privacy import SealPart, SealReport
from app.process import lifetime
from app.process.seal import facts, landlock, places, seccomp, windows

NO_NETWORK = "no network sockets"
NO_SOCKETS = "no sockets, no programs"
NOTHING_INHERITED = "no socket from before"
FILES = "files read-only"
PRIVATE_MEMORY = "private memory"

Apply = Callable[[], str]
"""Puts one part in force and says what is worth knowing of it; raises `OSError`."""


def seal_window(*, desktop: bool = False, left_out: Sequence[str] = ()) -> SealReport:
    """Seal a process that shows conversations: local sockets only, in all its threads.

    `desktop` says that it has a window (see `lifetime.keep_memory_private`). Call it before any
    other thread exists. `left_out` names parts that a test takes off.
    """
    if sys.platform == "win32":
        return SealReport(windows.window_parts())
    if sys.platform != "linux":
        return _unknown_system((NO_NETWORK,))
    return _seal(
        {
            PRIVATE_MEMORY: lambda: _keep_memory_private(desktop=desktop),
            NO_NETWORK: lambda: _filter(seccomp.UNIX_ONLY, may_execute=True),
            NOTHING_INHERITED: _no_network_sockets,
        },
        left_out,
    )


def seal_host(model: Path, *, graphics: bool, left_out: Sequence[str] = ()) -> SealReport:
    """Seal a process that runs a model: no socket at all, no file written, no program started.

    It may still read `model`, its own code and the libraries. With `graphics` it may use the
    graphics devices too, which includes writing to them. Call it before any other thread
    exists: the rules about files bind this one and those that it starts.
    """
    if sys.platform == "win32":
        return SealReport(windows.host_parts())
    if sys.platform != "linux":
        return _unknown_system((FILES, NO_SOCKETS))
    return _seal(
        {
            PRIVATE_MEMORY: lambda: _keep_memory_private(desktop=False),
            FILES: lambda: _read_only(model, graphics),
            NO_SOCKETS: lambda: _filter(seccomp.NO_SOCKETS, may_execute=False),
            NOTHING_INHERITED: _no_network_sockets,
        },
        left_out,
    )


def not_sealed(reason: str) -> SealReport:
    """The report of a process that is left open on purpose, and why."""
    return SealReport((SealPart(NO_NETWORK, holds=False, detail=reason),))


def at_present(report: SealReport) -> SealReport:
    """`report` with what the kernel says of this process now, for whoever asks later.

    A thread without the filter or a network socket that came in afterwards (another process
    can hand one over) takes away what held at the start.
    """
    if sys.platform != "linux" or not report.enforced:
        return report
    now = facts.read()
    more = []
    if now.unsealed_threads:
        detail = f"thread {now.unsealed_threads[0]} is not sealed"
        more.append(SealPart(NO_NETWORK, holds=False, detail=detail))
    if now.network_sockets:
        detail = f"descriptor {now.network_sockets[0]} is a network socket"
        more.append(SealPart(NOTHING_INHERITED, holds=False, detail=detail))
    replaced = {part.name for part in more}
    return SealReport((*(p for p in report.parts if p.name not in replaced), *more))


def _unknown_system(names: Sequence[str]) -> SealReport:
    reason = f"Tacit has no seal for this system ({sys.platform})"
    return SealReport(tuple(SealPart(name, holds=False, detail=reason) for name in names))


def _seal(parts: Mapping[str, Apply], left_out: Sequence[str]) -> SealReport:
    return SealReport(
        tuple(
            SealPart(name, holds=False, detail=f"{name}: left out by a test")
            if name in left_out
            else _attempt(name, apply)
            for name, apply in parts.items()
        )
    )


def _attempt(name: str, apply: Apply) -> SealPart:
    try:
        detail = apply()
    except OSError as error:
        return SealPart(name, holds=False, detail=f"{name}: {error.strerror}")
    return SealPart(name, holds=True, detail=detail)


def _filter(families: Sequence[int], *, may_execute: bool) -> str:
    seccomp.apply(families, may_execute=may_execute)
    return ""


def _read_only(model: Path, graphics: bool) -> str:
    if facts.read().threads > 1:
        raise OSError(0, "another thread was running already, which it would not bind")
    devices = places.graphics_devices() if graphics else ()
    readable = [model, *places.needed()]
    if devices:
        # Without this the driver keeps compiled code in the home folder.
        os.environ["CUDA_CACHE_DISABLE"] = "1"
        readable += places.for_graphics()
    landlock.read_only(readable, writable=[Path(os.devnull), *devices])
    if not devices:
        return ""
    return f"graphics devices may be written to: {', '.join(str(path) for path in devices)}"


def _keep_memory_private(*, desktop: bool) -> str:
    lifetime.keep_memory_private(desktop=desktop)
    if not facts.memory_is_private():
        raise OSError(0, "a core dump could hold conversations")
    return "in no core dump" if desktop else "in no core dump, and not for other programs to read"


def _no_network_sockets() -> str:
    found = facts.network_sockets()
    if found:
        raise OSError(0, f"descriptor {found[0]} is a network socket")
    return ""
