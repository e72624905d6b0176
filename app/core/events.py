"""The stream of one answer, as events.

Order: `Loading*`, `Started`, then `Notice`, `Progress`, `ReasoningDelta` and `TextDelta` as
they come, `Usage`, and exactly one terminal event (`Done`, `Cancelled` or `Failed`) after
which nothing follows. A failure may come at any place; `Usage` precedes the terminal event
whenever `Started` was sent and the figures are known.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.core.errors import AppError


class FinishReason(StrEnum):
    """Why an answer ended by itself."""

    STOP = "stop"
    LENGTH = "length"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContextUse:
    """What of the conversation the model saw, in tokens and messages.

    `limit` is the context length in force. `dropped_messages` counts the oldest messages
    (the system message aside) that did not fit and were left out, `dropped_tokens` their
    size. `prompt_tokens` is what was kept.
    """

    limit: int
    prompt_tokens: int
    dropped_messages: int = 0
    dropped_tokens: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Loading:
    """A model is being loaded into memory."""

    model: str
    device: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """The prompt is ready to be read: who answers, on what, and what it sees.

    `device` is the execution provider in use ("cpu", "cuda", "dml"), or the host's name for
    a cloud provider. `cached_tokens` of the prompt need not be read again. `model_hash` is the
    SHA-256 that the model's manifest comes to, "" where it has none.
    """

    provider: str
    model: str
    device: str
    context: ContextUse
    cached_tokens: int = 0
    model_hash: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something the person should know about this answer, in one sentence."""

    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Prompt tokens read so far, of all that have to be read."""

    read: int
    total: int


@dataclass(frozen=True, slots=True)
class TextDelta:
    """The next piece of the answer; never half a character, never a special token."""

    text: str


@dataclass(frozen=True, slots=True)
class ReasoningDelta:
    """The next piece of what the model thinks before it answers."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Figures of one answer. Times in seconds; `first_token_s` counts from the request's
    arrival at a loaded model, `load_s` is 0 where the model was loaded already. `cost_usd` is
    None where the price is not known."""

    prompt_tokens: int
    cached_tokens: int
    completion_tokens: int
    load_s: float
    first_token_s: float
    decode_tokens_per_s: float
    cost_usd: float | None = 0.0


@dataclass(frozen=True, slots=True)
class Done:
    """The answer is complete, or as long as it was allowed to be."""

    finish_reason: FinishReason


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The person stopped the answer."""


@dataclass(frozen=True, slots=True)
class Failed:
    """The answer could not be given, or not be finished."""

    error: AppError


Terminal = Done | Cancelled | Failed
Event = Loading | Started | Notice | Progress | TextDelta | ReasoningDelta | Usage | Terminal
