"""What is said to a model: pure values, whose identity belongs to the store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from app.core.errors import AppError, ErrorCode

if TYPE_CHECKING:
    from app.core.permit import Permit

_FRACTIONS = {"temperature", "top_p", "repetition_penalty"}
_MAY_BE_NONE = {"seed", "max_tokens"}


class Role(StrEnum):
    """Who speaks."""

    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation as a model sees it."""

    role: Role
    text: str


def _within(name: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:
        raise AppError(
            f"{name} is {value}, which is not between {low} and {high}.",
            "Choose a value within the limits.",
            code=ErrorCode.USAGE,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationParameters:
    """How an answer is drawn from the model.

    `temperature` 0 is greedy decoding. `top_k` 0 means no limit. `seed` None draws a new
    seed each time; the same seed gives the same text. `max_tokens` None leaves the answer
    as long as the context allows. Raises `AppError` for a value outside its limits.
    """

    temperature: float = 0.7
    top_p: float = 0.95
    top_k: int = 50
    repetition_penalty: float = 1.0
    seed: int | None = None
    max_tokens: int | None = None
    stop: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _within("temperature", self.temperature, 0.0, 5.0)
        _within("top_p", self.top_p, 0.0, 1.0)
        _within("top_k", self.top_k, 0, 100_000)
        _within("repetition_penalty", self.repetition_penalty, 0.1, 10.0)
        if self.seed is not None:
            _within("seed", self.seed, 0, 2**31 - 1)
        if self.max_tokens is not None:
            _within("max_tokens", self.max_tokens, 1, 1_000_000)
        if any(not text for text in self.stop):
            raise AppError(
                "A stop string is empty.", "Remove it or write a text.", code=ErrorCode.USAGE
            )


def checked_parameters(values: Mapping[str, Any]) -> GenerationParameters:
    """Parameters by name, the others at their defaults; raises `AppError` for wrong ones."""
    wanted = dict(values)
    known = {field.name for field in fields(GenerationParameters)}
    if unknown := sorted(set(wanted) - known):
        raise AppError(
            f"There is no parameter {unknown[0]}.",
            f"The parameters are {', '.join(sorted(known))}.",
            code=ErrorCode.USAGE,
        )
    for name, value in wanted.items():
        _require_kind(name, value)
    return GenerationParameters(**wanted)


def _require_kind(name: str, value: object) -> None:
    if name == "stop":
        is_right = isinstance(value, list | tuple) and all(isinstance(one, str) for one in value)
    else:
        kinds = (int, float) if name in _FRACTIONS else (int,)
        is_right = isinstance(value, kinds) and not isinstance(value, bool)
        is_right = is_right or (value is None and name in _MAY_BE_NONE)
    if not is_right:
        raise AppError(
            f"{name} has a value of the wrong kind.",
            "Write a number (for stop, a list of texts).",
            code=ErrorCode.USAGE,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatRequest:
    """One question to a provider: the whole conversation so far and how to answer it.

    `model` is an id from the library ("" lets the provider choose its default); `messages`
    begins with the system message, where there is one, and ends with the user's, or with the
    beginning of an answer that is to go on. `context_limit` caps the context length in tokens
    below the model's own. `device` is the wanted one for a model on this machine ("" leaves it
    to the settings). `conversation` is the random id of the conversation that it belongs to, ""
    where there is none. Without `permit` it may not leave this machine.
    """

    messages: tuple[Message, ...]
    model: str = ""
    parameters: GenerationParameters = GenerationParameters()
    context_limit: int | None = None
    device: str = ""
    conversation: str = ""
    permit: Permit | None = None
