"""What the kernel says about a process: sealed threads, open sockets, private memory."""

from __future__ import annotations

import ctypes
import os
from dataclasses import dataclass
from pathlib import Path

from app.process import lifetime

SECCOMP_FILTERED = "2"
_PR_GET_DUMPABLE = 3
_NO_CORE = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessFacts:
    """Threads of a process by their seccomp state, and its sockets that are not AF_UNIX.

    `unsealed_threads` are thread ids without a filter; `network_sockets` descriptor numbers.
    """

    pid: int
    threads: int
    unsealed_threads: tuple[int, ...]
    network_sockets: tuple[int, ...]

    @property
    def is_sealed(self) -> bool:
        """Every thread is filtered and no socket from before can reach a network."""
        return self.threads > 0 and not self.unsealed_threads and not self.network_sockets


def read(pid: int | None = None) -> ProcessFacts:
    """The facts of process `pid` (this one by default); needs Linux."""
    number = os.getpid() if pid is None else pid
    root = Path("/proc") / str(number)
    threads = sorted(int(entry.name) for entry in (root / "task").iterdir())
    unsealed = tuple(t for t in threads if _seccomp(root / "task" / str(t)) != SECCOMP_FILTERED)
    return ProcessFacts(
        pid=number,
        threads=len(threads),
        unsealed_threads=unsealed,
        network_sockets=network_sockets() if pid is None else (),
    )


def network_sockets() -> tuple[int, ...]:
    """Descriptors of this process that are sockets of any family but AF_UNIX."""
    found = []
    for entry in Path("/proc/self/fd").iterdir():
        descriptor = int(entry.name)
        try:
            if not entry.readlink().name.startswith("socket:"):
                continue
            import socket  # its many names are slow to make, and at a start there is none

            with socket.socket(fileno=os.dup(descriptor)) as copy:
                if copy.family != socket.AF_UNIX:
                    found.append(descriptor)
        except OSError:
            continue  # closed since the folder was read
    return tuple(sorted(found))


def memory_is_private() -> bool:
    """Whether no core dump can hold the memory of this process; needs Linux."""
    import resource

    is_dumpable = ctypes.CDLL(None).prctl(_PR_GET_DUMPABLE, 0, 0, 0, 0)
    kept_out = int(lifetime.CORE_FILTER.read_text(encoding="ascii"), 16) == 0
    is_off = resource.getrlimit(resource.RLIMIT_CORE)[0] <= _NO_CORE
    return is_off and (is_dumpable == 0 or kept_out)


def _seccomp(task: Path) -> str:
    try:
        status = (task / "status").read_text(encoding="ascii", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return SECCOMP_FILTERED  # the thread has ended, and can do nothing any more
    for line in status.splitlines():
        if line.startswith("Seccomp:"):
            return line.split()[1]
    return ""
