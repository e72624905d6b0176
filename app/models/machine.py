"""What this computer has for a model: memory, disk, devices, and how fast its memory is."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path

# Larger than the caches of a desktop processor; quick to read even where memory is slow.
_PROBE_BYTES = 64 * 2**20
_MOST_THREADS = 8
_ROUNDS = 5
_LONGEST_PROBE_S = 0.15


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """Sizes in bytes, 0 where unknown. `bandwidth` is bytes read from memory per second.

    `devices` are those that a model can be tried on; "cpu" always is. `efficiency` is the
    share of the bandwidth that decoding reaches (see `app.models.fit`).
    """

    memory_total: int
    memory_available: int
    disk_free: int
    disk_total: int
    bandwidth: float
    devices: frozenset[str]
    efficiency: float | None = None


def examine(library: Path, devices: Iterable[str] = (), efficiency: float | None = None) -> Machine:
    """This computer, with the disk that holds `library`. Blocking, at most 0.3 s once."""
    total, available = _memory()
    disk_free, disk_total = disk(library)
    return Machine(
        memory_total=total,
        memory_available=available,
        disk_free=disk_free,
        disk_total=disk_total,
        bandwidth=bandwidth(),
        devices=frozenset({"cpu", *devices}),
        efficiency=efficiency,
    )


def disk(folder: Path) -> tuple[int, int]:
    """Free and total bytes of the disk that holds `folder`, which need not exist yet."""
    place = folder
    while not place.exists() and place != place.parent:
        place = place.parent
    try:
        usage = shutil.disk_usage(place)
    except OSError:
        return 0, 0
    return usage.free, usage.total


@cache
def bandwidth() -> float:
    """Bytes a second that all cores together read from memory: the best of a few short rounds.

    Decoding reads all weights for every token, so this decides how fast a model answers.
    Measured once while the program runs; 0.07 s on two cores with 25 GB/s.
    """
    import numpy as np

    threads = min(os.cpu_count() or 1, _MOST_THREADS)
    blocks = [np.ones(_PROBE_BYTES // threads // 8, dtype=np.int64) for _ in range(threads)]
    best, began = 0.0, time.perf_counter()
    with ThreadPoolExecutor(threads, thread_name_prefix="bandwidth") as pool:
        for _ in range(_ROUNDS):
            start = time.perf_counter()
            list(pool.map(np.max, blocks))
            end = time.perf_counter()
            best = max(best, _PROBE_BYTES / max(end - start, 1e-9))
            if end - began > _LONGEST_PROBE_S:
                break
    return best


def _memory() -> tuple[int, int]:
    try:
        import psutil

        memory = psutil.virtual_memory()
    except (ImportError, OSError, RuntimeError):
        return 0, 0
    return int(memory.total), int(memory.available)
