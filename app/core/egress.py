"""What leaves this machine, as plain values: purposes, openings of the gateway, the journal."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Purpose(StrEnum):
    """Why a connection may exist. There is none without one of these."""

    STARTER_MODEL = "starter-model"
    MODEL_LIST = "model-list"
    MODEL_DOWNLOAD = "model-download"
    CLOUD_ANSWER = "cloud-answer"
    LOCAL_SERVER = "local-server"
    LINK = "link"
    UPDATE_CHECK = "update-check"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """The gateway is open for `purpose`, to `host` and only as long as this exists.

    `label` is what the person calls it: a model, a provider ("" where the host says all).
    """

    purpose: Purpose
    host: str
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CourierStatus:
    """The courier, the one process that may open an internet socket, at this moment.

    `pid` is None where there is no such process: it was never started, or it has ended.
    Without `openings` the gateway is shut.
    """

    pid: int | None = None
    openings: tuple[Opening, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalRecord:
    """One connection (or one link handed to the browser), as the journal keeps it.

    `number` counts from 1 without gaps. `began` is UTC in ISO 8601, `seconds` how long it
    lasted (None while it lasts, or where the program was ended meanwhile). `address` is the
    IP address that was connected to, `peer` the name in the certificate that was verified
    ("" without TLS). The byte counts are those of the socket, TLS included. `conversation`
    is a random id, "" where no conversation is concerned. `allowed_by` says who allowed it,
    `outcome` how it ended, in a word or two.
    """

    number: int
    began: str
    seconds: float | None
    purpose: Purpose
    host: str
    port: int
    address: str
    peer: str
    sent_bytes: int
    received_bytes: int
    conversation: str
    allowed_by: str
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthTotal:
    """What one purpose moved in one month, for a chart. `month` is "2026-11" (UTC)."""

    month: str
    purpose: Purpose
    connections: int
    sent_bytes: int
    received_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalCheck:
    """What checking the journal's chain found.

    `problem` is a sentence about the first fault ("" where there is none), `line` the line of
    the file where it lies (0: the file as a whole). `head` is the digest of the last entry:
    noted elsewhere, it proves later that nothing before it was changed.
    """

    records: int
    problem: str = ""
    line: int = 0
    head: str = ""

    @property
    def is_whole(self) -> bool:
        """Whether nothing was changed, removed, added or reordered."""
        return not self.problem
