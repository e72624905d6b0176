"""What the privacy indicator may say: one pure function from facts, never from a setting."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from app.core.egress import CourierStatus, Opening, Purpose

_HERE = frozenset({"127.0.0.1", "localhost", "[::1]"})


class Privacy(StrEnum):
    """The states, from the most to the least that can leave this machine."""

    CLOUD = "cloud"
    DOWNLOADING = "downloading"
    NOT_ENFORCED = "not_enforced"
    LOCAL_ONLY = "local_only"
    SEALED = "sealed"


@dataclass(frozen=True, slots=True)
class SealPart:
    """One protection: whether it holds, and in a few words why not (or how)."""

    name: str
    holds: bool
    detail: str = ""


@dataclass(frozen=True, slots=True)
class SealReport:
    """What protects a process. Without parts, nothing was tried."""

    parts: tuple[SealPart, ...] = ()

    @property
    def enforced(self) -> bool:
        """Whether every part holds."""
        return bool(self.parts) and all(part.holds for part in self.parts)

    @property
    def reason(self) -> str:
        """Why it is not enforced, in a few words; "" where it is."""
        if self.enforced:
            return ""
        missing = [part.detail or part.name for part in self.parts if not part.holds]
        return "; ".join(missing) or "no seal for this system"


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivacyFacts:
    """What is known of the program's processes at this moment.

    `window` is the seal of the process that holds the conversations, `host` that of the
    process that runs the model: None where there is none, or where it has not reported yet
    (it inherits the window's seal from its first instruction).
    """

    window: SealReport = field(default_factory=SealReport)
    host: SealReport | None = None
    courier: CourierStatus = field(default_factory=CourierStatus)


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """What holds now. `opening` is the one that `state` is about, or one to a server on this
    machine (None where the gateway is shut); `reason` says why the seal is not enforced (""
    where it is), whatever the state."""

    state: Privacy
    opening: Opening | None = None
    reason: str = ""


def indicate(facts: PrivacyFacts) -> Indicator:
    """The state to show: of all that hold, the least reassuring one."""
    reason = _reason(facts)
    openings = [opening for opening in facts.courier.openings if not _is_here(opening)]
    # A server on this machine takes nothing away from it.
    here = next((o for o in facts.courier.openings if o not in openings), None)
    away = (Purpose.CLOUD_ANSWER, Purpose.LOCAL_SERVER)
    cloud = [opening for opening in openings if opening.purpose in away]
    if cloud:
        return Indicator(state=Privacy.CLOUD, opening=cloud[0], reason=reason)
    if openings:
        return Indicator(state=Privacy.DOWNLOADING, opening=openings[0], reason=reason)
    if reason:
        return Indicator(state=Privacy.NOT_ENFORCED, opening=here, reason=reason)
    if facts.courier.pid is not None:
        return Indicator(state=Privacy.LOCAL_ONLY, opening=here)
    return Indicator(state=Privacy.SEALED)


def _is_here(opening: Opening) -> bool:
    """Whether it leads to another program on this machine, by its purpose and its host."""
    name = opening.host.rpartition(":")[0] or opening.host
    return opening.purpose is Purpose.LOCAL_SERVER and name in _HERE


def _reason(facts: PrivacyFacts) -> str:
    if not facts.window.enforced:
        return facts.window.reason
    if facts.host is not None and not facts.host.enforced:
        return facts.host.reason
    return ""
