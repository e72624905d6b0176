"""What the courier can be asked to do for an answer from elsewhere, known on both sides."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from app.core.cloud import CloudModel, Demand, Service
from app.core.events import FinishReason
from app.network.verb import Nothing, Verb, codec


@dataclass(frozen=True, slots=True, kw_only=True)
class CloudChat:
    """Send `demand`, with the service's key ("" for none). `silence_s` is how long the service
    may say nothing."""

    demand: Demand
    allowed_by: str
    silence_s: float
    key: str = field(default="", repr=False)


class PieceKind(StrEnum):
    """What a piece of an answer is; `ACCEPTED` comes once, before all others."""

    ACCEPTED = "accepted"
    TEXT = "text"
    REASONING = "reasoning"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True)
class Piece:
    """The next piece of an answer."""

    kind: PieceKind
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CloudEnd:
    """How an answer ended; what the service did not report is None."""

    finish_reason: FinishReason
    prompt_tokens: int | None = None
    cached_tokens: int | None = None
    completion_tokens: int | None = None
    cost_usd: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListModels:
    """Which models the service has for this key."""

    service: Service
    allowed_by: str
    silence_s: float
    key: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelList:
    """The models of a service."""

    models: tuple[CloudModel, ...]


CLOUD_CHAT: Verb[CloudChat, Piece, CloudEnd] = Verb(
    name="cloud-chat", arguments=codec(CloudChat), item=codec(Piece), result=codec(CloudEnd)
)
CLOUD_MODELS: Verb[ListModels, Nothing, ModelList] = Verb(
    name="cloud-models", arguments=codec(ListModels), item=codec(Nothing), result=codec(ModelList)
)
