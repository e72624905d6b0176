"""Answers from elsewhere, as plain values: services, their models, what is sent, what it costs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.core.messages import GenerationParameters, Message

REFERENCE = "cloud:"
"""What the id of a model begins with that is not one of the library: "cloud:SERVICE:MODEL"."""

LOCAL = "onnx"
"""The provider of the models in the library."""


class Speech(StrEnum):
    """What a service speaks: the published protocol, and the library that speaks it."""

    ANTHROPIC = "anthropic"
    OPENAI = "openai"
    HUGGINGFACE = "huggingface"


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """Somebody who answers questions, as far as the person has set it up.

    `name` is what rules, commands and messages call it ("anthropic", "openai-compatible/work"),
    `label` what the person reads. `host` is "host" or "host:port"; `is_local` says that it
    lies on this machine, which its address decides. `model` is the chosen one ("" for
    none yet), `secret` the name that its key has in the keyring, and `sampling` whether it is
    told the temperature.
    """

    name: str
    label: str
    speech: Speech
    address: str
    host: str
    is_local: bool
    is_on: bool
    model: str
    secret: str
    needs_key: bool = True
    sampling: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """US dollars for a million tokens, and where that was read."""

    input_usd: float
    output_usd: float
    source: str = ""

    def of(self, prompt_tokens: int, completion_tokens: int) -> float:
        """US dollars for so many tokens."""
        return (prompt_tokens * self.input_usd + completion_tokens * self.output_usd) / 1e6


@dataclass(frozen=True, slots=True, kw_only=True)
class CloudModel:
    """A model as its provider lists it. `context` is its length in tokens (0: not said)."""

    id: str
    name: str
    context: int = 0
    price: Price | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """Exactly what would be sent, and to whom: what is previewed, permitted and sent.

    Nothing else of a conversation is sent. `conversation` stays on this machine: the journal
    names it.
    """

    service: Service
    model: str
    messages: tuple[Message, ...]
    parameters: GenerationParameters
    conversation: str = ""

    @property
    def characters(self) -> int:
        """How long the texts are together."""
        return sum(len(message.text) for message in self.messages)


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What the person sees before something leaves, and agrees to or not.

    `failure` is why the model on this machine did not answer ("" where the person chose the
    service), `most_usd` the most that the answer can cost (None: not known). `replaced` are pairs
    of a placeholder and what it stands for, which is not sent.
    """

    demand: Demand
    failure: str = ""
    most_usd: float | None = None
    replaced: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthCost:
    """What one provider cost in one month ("2026-11"). `unpriced` answers have no known price;
    `estimated_usd` is the part of `cost_usd` that nobody has reported."""

    month: str
    provider: str
    answers: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost_usd: float = 0.0
    estimated_usd: float = 0.0
    unpriced: int = 0


def reference(service: str, model: str) -> str:
    """The id of a model of a service, as a conversation keeps it."""
    return f"{REFERENCE}{service}:{model}"


def split_reference(model_id: str) -> tuple[str, str]:
    """Service and model that an id means; ("", the id) for one of the library."""
    if not model_id.startswith(REFERENCE):
        return "", model_id
    service, _, model = model_id.removeprefix(REFERENCE).partition(":")
    return service, model
