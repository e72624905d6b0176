"""The chunks of an answer in OpenAI's protocol, and what a question is made of in it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from app.core.cloud import Demand, Service
from app.core.errors import AppError
from app.core.events import FinishReason
from app.providers.cloud import faults
from app.providers.cloud.calls import CloudEnd, Piece, PieceKind
from app.providers.cloud.faults import Refusal

MOST_TOKENS = 8192
"""How long an answer may be where the person set no limit: nothing goes on for ever and costs."""


def arguments(demand: Demand) -> dict[str, Any]:
    """What a client of this protocol is called with; `top_k` and penalties are not part of it."""
    parameters = demand.parameters
    sent: dict[str, Any] = {
        "model": demand.model,
        "messages": [{"role": str(m.role), "content": m.text} for m in demand.messages],
        "max_tokens": parameters.max_tokens or MOST_TOKENS,
    }
    if demand.service.sampling:
        sent["temperature"] = min(parameters.temperature, 2.0)
        sent["top_p"] = parameters.top_p
    if parameters.stop:
        sent["stop"] = list(parameters.stop)
    if parameters.seed is not None:
        sent["seed"] = parameters.seed
    return sent


class Chunks:
    """What the chunks of one answer add up to."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._reason: str | None = None
        self._usage: Any = None

    def take(self, chunk: Any) -> Iterator[Piece]:
        """The pieces in a chunk; raises `AppError` for a failure that it tells of."""
        if failure := _of(chunk, "error"):
            raise self._failed(failure)
        self._usage = _of(chunk, "usage") or self._usage
        for choice in (_of(chunk, "choices") or ())[:1]:
            delta = _of(choice, "delta")
            for name in ("reasoning", "reasoning_content"):
                if text := _of(delta, name):
                    yield Piece(PieceKind.REASONING, str(text))
                    break
            if text := _of(delta, "content"):
                yield Piece(PieceKind.TEXT, str(text))
            self._reason = _of(choice, "finish_reason") or self._reason
            if _of(choice, "finish_reason") == "content_filter":
                yield Piece(PieceKind.NOTICE, "The provider's filter ended the answer.")

    def end(self) -> CloudEnd:
        """The end of the answer; raises `AppError` where there was none."""
        if self._reason is None:
            raise faults.cut_off(self._service)
        if self._reason == "error":
            raise self._failed({})
        details = _of(self._usage, "prompt_tokens_details")
        cost = _of(self._usage, "cost")
        return CloudEnd(
            finish_reason=FinishReason.LENGTH if self._reason == "length" else FinishReason.STOP,
            prompt_tokens=_whole(_of(self._usage, "prompt_tokens")),
            cached_tokens=_whole(_of(details, "cached_tokens")),
            completion_tokens=_whole(_of(self._usage, "completion_tokens")),
            cost_usd=float(cost) if isinstance(cost, int | float) and cost >= 0 else None,
        )

    def _failed(self, failure: object) -> AppError:
        return faults.in_words(Refusal.read(0, {"error": failure}), self._service)


def _of(value: Any, name: str) -> Any:
    """An attribute or a key, None where there is none: the libraries' types differ, and the
    hub's are dictionaries whose keys know less than their attributes."""
    found = getattr(value, name, None)
    return value.get(name) if found is None and isinstance(value, dict) else found


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
