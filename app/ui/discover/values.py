"""What the page shows of a search and of each offer, at one moment."""

from __future__ import annotations

from dataclasses import dataclass, field

from app.core.errors import AppError, ErrorCode
from app.models.downloads.values import DownloadStatus
from app.models.library import InstalledModel
from app.models.listing import Address, FoundRepository
from app.models.offers import OfferedRepository

GATED = (ErrorCode.ACCESS_REFUSED, ErrorCode.MODEL_MISSING)
"""Refusals that a licence or a token may change: the hub hides what is private."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question to the hub: whether its answer is waited for, and why there was none."""

    is_busy: bool = False
    problem: AppError | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """A repository that was looked at; `offered` is None until the hub has answered."""

    where: Address
    asked: Asked = field(default_factory=Asked)
    offered: OfferedRepository | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What was searched for ("" for nothing) and found; `is_address` where a repository was
    named instead, which is looked at without a search."""

    query: str = ""
    is_address: bool = False
    asked: Asked = field(default_factory=Asked)
    found: tuple[FoundRepository, ...] = ()
    looked: dict[str, Looked] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferState:
    """What is under way with an offer, or came of it."""

    asked: Asked = field(default_factory=Asked)
    download: DownloadStatus | None = None
    installed: InstalledModel | None = None
