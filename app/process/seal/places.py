"""Which files a process that runs a model has to be able to read besides the model."""

from __future__ import annotations

import os
import sys
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[2]
# /nix/store and /gnu/store are where such systems keep all libraries.
_SYSTEM = (
    "/usr", "/lib", "/lib64", "/nix/store", "/gnu/store", "/etc/ld.so.cache",
    "/proc/self", "/proc/cpuinfo", "/proc/meminfo", "/proc/stat",
    "/sys/devices/system", "/sys/fs/cgroup", "/dev/null", "/dev/urandom",
)  # fmt: skip
_GRAPHICS_DEVICES = ("nvidia*", "dri", "kfd")
_GRAPHICS = (
    "/proc/driver/nvidia", "/proc/devices", "/proc/modules", "/proc/version",
    "/sys/bus/pci", "/sys/class/drm", "/sys/dev", "/sys/devices", "/sys/module",
    "/etc/nvidia", "/etc/vulkan", "/etc/OpenCL", "/opt/rocm", "/opt/cuda",
)  # fmt: skip


def needed() -> tuple[Path, ...]:
    """Python, the libraries, this program's own code, and the figures of the machine.

    Of a source tree only the package: conversations or other models may lie beside it.
    """
    searched = [Path(entry).absolute() for entry in sys.path if entry]
    libraries = os.environ.get("LD_LIBRARY_PATH", "").split(":")
    candidates = [
        _PACKAGE,
        Path(sys.executable),  # the frozen program carries its code inside itself
        *(Path(prefix) for prefix in (sys.prefix, sys.base_prefix)),
        *(path for path in searched if not _holds_source_tree(path)),
        *(Path(entry) for entry in libraries if entry),
        *(Path(name) for name in _SYSTEM),
    ]
    unique = dict.fromkeys(path for path in candidates if path != Path("/"))
    return tuple(path for path in unique if path.exists())


def _holds_source_tree(path: Path) -> bool:
    root = _PACKAGE.parent
    return root.is_relative_to(path) and (root / "pyproject.toml").is_file()


def graphics_devices() -> tuple[Path, ...]:
    """The graphics devices that there are."""
    return tuple(sorted(path for name in _GRAPHICS_DEVICES for path in Path("/dev").glob(name)))


def for_graphics() -> tuple[Path, ...]:
    """What the drivers of graphics devices read."""
    return tuple(path for path in map(Path, _GRAPHICS) if path.exists())
