"""How much memory there is, and how long a context it allows."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from app.core.errors import AppError, ErrorCode
from app.engine.model_folder import ModelFolder

# What is taken without being asked: long enough for documents, short enough for the memory.
USUAL_CONTEXT = 8192
SMALLEST_CONTEXT = 512
# For the environment of the host: the C library asks for pages of 2 MB for what it takes, and
# decoding, which runs through all weights and the cache for every token, is 2 to 4 % faster.
# Nothing happens where the library or the kernel knows no such thing.
HUGE_PAGES = {"GLIBC_TUNABLES": "glibc.malloc.hugetlb=1"}
_UNKNOWN_FREE = 2 * 2**30
_SHARE = 0.5
_SHARE_WHEN_AMPLE = 1 / 16
_SHARE_OF_ANOTHER = 1 / 16
_LONGEST_UNASKED = 32_768
_STEP = 256


def free_bytes() -> int:
    """Memory that can be taken without pushing anything out; a guess where it is unknown."""
    try:
        import psutil

        return int(psutil.virtual_memory().available)
    except (ImportError, OSError, RuntimeError):
        return _available_pages() or _UNKNOWN_FREE


def resident_bytes() -> int:
    """Resident size of this process, 0 where it is unknown."""
    try:
        import psutil

        return int(psutil.Process().memory_info().rss)
    except (ImportError, OSError, RuntimeError):
        return 0


def obtainable_bytes() -> int:
    """Memory that this process can take before the machine is in trouble, swap included."""
    try:
        import psutil

        return free_bytes() + int(psutil.swap_memory().free)
    except (ImportError, OSError, RuntimeError):
        return free_bytes()


def limit_growth(growth: int | None) -> None:
    """Have the kernel refuse this process more than `growth` bytes beyond its present size.

    None takes the limit off again. Only on Linux, where mapped files (a model's weights) do not
    count; elsewhere nothing happens.
    """
    if sys.platform != "linux":
        return
    import resource

    size = _data_bytes()
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    limit = resource.RLIM_INFINITY if growth is None or not size else size + growth
    if hard != resource.RLIM_INFINITY:
        limit = hard if limit == resource.RLIM_INFINITY else min(limit, hard)
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_DATA, (limit, hard))


@contextlib.contextmanager
def growing_at_most(growth: int) -> Iterator[None]:
    """`limit_growth` for a while, where that is less than the limit in force."""
    if sys.platform != "linux":
        yield
        return
    import resource

    before = resource.getrlimit(resource.RLIMIT_DATA)
    if before[0] == resource.RLIM_INFINITY or _data_bytes() + growth < before[0]:
        limit_growth(growth)
    try:
        yield
    finally:
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_DATA, before)


def check_room_for(folder: ModelFolder, free: int) -> None:
    """Raise `AppError` where the weights alone would not fit."""
    if folder.weight_bytes > free:
        raise AppError(
            f"This model needs {_gigabytes(folder.weight_bytes)} of memory and only "
            f"{_gigabytes(free)} are free.",
            "Close other programs, or choose a smaller model.",
            code=ErrorCode.OUT_OF_MEMORY,
        )


def cache_bytes_per_token(folder: ModelFolder, device: str) -> int:
    """Estimated: the processor keeps 32-bit values, the other devices 16-bit ones."""
    return folder.cache.bytes_per_token(4 if device == "cpu" else 2)


def window(folder: ModelFolder, device: str, wanted: int | None, free: int) -> int:
    """The context length to make room for, in tokens.

    The whole cache is taken at once, so it is the least of the model's own length (up to its
    border, where it has one), what was `wanted` (None or 0: a usual length, more where memory
    is ample), and what half of the free memory holds. Memory of other devices is unknown:
    there the allocation decides.
    """
    longest = folder.context_length
    if folder.rope_border and device != "dml":
        longest = min(longest, folder.rope_border)
    per_token = cache_bytes_per_token(folder, device)
    if wanted:
        longest = min(longest, wanted)
    else:
        longest = min(longest, _unasked(per_token, free) if device == "cpu" else USUAL_CONTEXT)
    if device == "cpu" and per_token:
        affordable = int(free * _SHARE) // per_token // _STEP * _STEP
        longest = min(longest, max(affordable, SMALLEST_CONTEXT))
    return max(longest, 1)


def affords_another(folder: ModelFolder, device: str, length: int, free: int) -> bool:
    """Whether a further cache of `length` tokens leaves most of the free memory alone."""
    needed = cache_bytes_per_token(folder, device) * length
    return device == "cpu" and needed <= free * _SHARE_OF_ANOTHER


def _unasked(per_token: int, free: int) -> int:
    length = USUAL_CONTEXT
    while length < _LONGEST_UNASKED and 2 * length * per_token <= free * _SHARE_WHEN_AMPLE:
        length *= 2
    return length


def _data_bytes() -> int:
    """What the kernel counts against the limit: private memory that can be written."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[5]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")
    return 0


def _available_pages() -> int:
    try:
        return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, OSError, ValueError):
        return 0


def _gigabytes(size: int) -> str:
    return f"{size / 1e9:.1f} GB"
