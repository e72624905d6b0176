"""What a benchmark reports: figures with their goals, and the machine they belong to."""

from __future__ import annotations

import math
import os
import platform
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from importlib import metadata
from typing import Any, Literal

import psutil

LIBRARIES = ("onnxruntime-genai", "onnxruntime", "PySide6-Essentials", "qasync")


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value. `goal` is None for a figure that only informs; otherwise `sense`
    says whether the value must be at most or at least the goal."""

    name: str
    value: float
    unit: str
    goal: float | None = None
    sense: Literal["at most", "at least"] = "at most"

    @property
    def holds(self) -> bool | None:
        """Whether the goal is met; None without a goal."""
        if self.goal is None:
            return None
        return self.value <= self.goal if self.sense == "at most" else self.value >= self.goal

    def as_plain(self) -> dict[str, Any]:
        """The figure as a JSON object."""
        return {**asdict(self), "value": round(self.value, 3), "holds": self.holds}


def machine() -> dict[str, Any]:
    """What the figures depend on; no name of a person or a host."""
    return {
        "system": platform.system(),
        "release": platform.release(),
        "processor": platform.machine(),
        "cores": os.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 1e9, 1),
        "load_average": [round(load, 2) for load in psutil.getloadavg()],
    }


def versions() -> dict[str, str]:
    """Versions of Python and of the libraries that are installed of those that matter."""
    found = {"python": platform.python_version(), "tacit": _version("tacit")}
    found.update({name: _version(name) for name in LIBRARIES})
    return {name: version for name, version in found.items() if version}


def report(figures: Iterable[Figure]) -> dict[str, Any]:
    """The JSON document of `tacit bench`."""
    return {
        "machine": machine(),
        "versions": versions(),
        "figures": [figure.as_plain() for figure in figures],
    }


def median(values: Sequence[float]) -> float:
    """The middle of the measured values, which one noisy round does not move."""
    return statistics.median(values)


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` (0 to 1) of all values do not exceed; nearest-rank method."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * share) - 1)]


def _version(distribution: str) -> str:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return ""
