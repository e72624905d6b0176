"""What the kernel says of this process at this moment, besides what can be tried."""

from __future__ import annotations

import ctypes
import os
import re
import socket
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from app.core.proof import DescriptorCount, QuietVariable, TelemetryFile, ThreadFact
from app.process.environment import QUIET

_FAMILIES = {
    int(getattr(socket, name)): words
    for name, words in (
        ("AF_UNIX", "local sockets"),
        ("AF_INET", "IPv4 sockets"),
        ("AF_INET6", "IPv6 sockets"),
        ("AF_NETLINK", "netlink sockets"),
        ("AF_PACKET", "Ethernet sockets"),
    )
    if hasattr(socket, name)
}
_LOCAL = "local sockets"
# Where onnxruntime and onnxruntime-genai collect usage data, below the cache folder.
_TELEMETRY = Path("Microsoft") / "DeveloperTools" / ".onnxruntime"


def threads() -> tuple[ThreadFact, ...]:
    """Every thread of this process; empty where the system does not tell."""
    root = Path("/proc/self/task")
    if not root.is_dir():
        return ()
    return tuple(_threads(root))


def descriptors() -> tuple[DescriptorCount, ...]:
    """The open descriptors of this process by kind; empty where the system does not tell."""
    root = Path("/proc/self/fd")
    if not root.is_dir():
        return ()
    kinds = Counter(_kinds(root))
    return tuple(
        DescriptorCount(
            kind=kind, count=count, is_network=kind.endswith("sockets") and kind != _LOCAL
        )
        for kind, count in sorted(kinds.items())
    )


def quiet() -> tuple[QuietVariable, ...]:
    """The variables that silence libraries, as native code of this process sees them."""
    return tuple(
        QuietVariable(name=name, is_set=_native_value(name) == value)
        for name, value in QUIET.items()
    )


def telemetry(since: float) -> tuple[TelemetryFile, ...]:
    """Files of collected usage data; `since` is when this program started (seconds, epoch)."""
    return tuple(
        TelemetryFile(
            path=str(file),
            written=datetime.fromtimestamp(written, UTC).isoformat(timespec="seconds"),
            is_ours=written >= since,
        )
        for folder in _cache_folders()
        for file, written in _files(folder / _TELEMETRY)
    )


def _threads(root: Path) -> Iterator[ThreadFact]:
    for task in sorted(root.iterdir(), key=lambda entry: int(entry.name)):
        try:
            status = (task / "status").read_text(encoding="utf-8", errors="replace")
        except (FileNotFoundError, ProcessLookupError):
            continue  # it has ended
        values = dict(re.findall(r"^(\w+):\s*(.*)$", status, re.MULTILINE))
        yield ThreadFact(
            tid=int(task.name),
            name=values.get("Name", ""),
            seccomp=int(values.get("Seccomp", 0)),
            filters=int(values.get("Seccomp_filters", 0)),
            no_new_privileges=values.get("NoNewPrivs") == "1",
        )


def _kinds(root: Path) -> Iterator[str]:
    for entry in root.iterdir():
        try:
            target = os.readlink(entry)  # noqa: PTH115  (a name, not a path)
            if target.startswith("socket:"):
                yield _family(int(entry.name))
            elif target.startswith("pipe:"):
                yield "pipes"
            elif target.startswith("anon_inode:"):
                yield "event descriptors"
            else:
                yield "files and devices"
        except OSError:
            continue  # closed since the folder was read


def _family(descriptor: int) -> str:
    with socket.socket(fileno=os.dup(descriptor)) as copy:
        return _FAMILIES.get(int(copy.family), "other sockets")


def _native_value(name: str) -> str | None:
    if sys.platform == "win32":
        return os.environ.get(name)
    getenv = ctypes.CDLL(None).getenv
    getenv.restype = ctypes.c_char_p
    value: bytes | None = getenv(name.encode())
    return None if value is None else value.decode(errors="replace")


def _cache_folders() -> tuple[Path, ...]:
    """Where the runtime may look for the person's cache folder."""
    named = [os.environ.get(name, "") for name in ("XDG_CACHE_HOME", "LOCALAPPDATA")]
    home = Path.home()
    folders = [Path(name) for name in named if name]
    folders += [home / ".cache", home / "Library" / "Caches"]
    return tuple(dict.fromkeys(folders))


def _files(folder: Path) -> Iterator[tuple[Path, float]]:
    try:
        for file in sorted(folder.iterdir()):
            yield file, file.stat().st_mtime
    except OSError:
        return  # there is none
