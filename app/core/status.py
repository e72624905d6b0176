"""What the engine and its devices are doing, as plain values that any room may show."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.core.privacy import SealReport


class EngineState(StrEnum):
    """What the engine host does at this moment."""

    ABSENT = "absent"
    IDLE = "idle"
    LOADING = "loading"
    READY = "ready"
    BUSY = "busy"


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineStatus:
    """A snapshot of the engine.

    `device_note` says why the device is not the one that was asked for ("" when it is).
    `pid` is that of the host process, `load_s` the seconds the last load took, `rss_bytes`
    the resident size of the host after it. `seal` is what protects the host (None: there is
    none, or it has not reported yet).
    """

    state: EngineState = EngineState.ABSENT
    model_id: str = ""
    device: str = ""
    device_note: str = ""
    pid: int | None = None
    load_s: float = 0.0
    rss_bytes: int = 0
    seal: SealReport | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceStatus:
    """Whether a device can run a model here, and the reason in one sentence."""

    name: str
    available: bool
    reason: str
