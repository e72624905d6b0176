"""Anthropic's own protocol: the only place that touches anthropic, loaded in the courier alone.

The library reads no environment where it is given a key and an address, retries nothing and
traces nothing here; it has no proxy of its own because its transport is the gateway's. The
protocol of 2026-10-21 has no temperature.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from app.core.cloud import CloudModel, Demand, Service
from app.core.events import FinishReason
from app.core.messages import Message, Role
from app.providers.cloud import faults
from app.providers.cloud.calls import CloudEnd, Piece, PieceKind
from app.providers.cloud.faults import Refusal
from app.providers.cloud.transport import NO_KEY, Way

if TYPE_CHECKING:
    from anthropic import Anthropic

MOST_TOKENS = 8192
"""How long an answer may be where the person set no limit; the protocol wants one."""

_ENDS = {
    "max_tokens": FinishReason.LENGTH,
    "model_context_window_exceeded": FinishReason.LENGTH,
}


def answer(demand: Demand, way: Way) -> Iterator[Piece | CloudEnd]:
    """The pieces of one answer, and its end; raises `AppError`."""
    with _client(demand.service, way, demand.model) as client:
        told = _Told()
        with client.messages.create(**_arguments(demand), stream=True) as events:
            yield Piece(PieceKind.ACCEPTED)
            for event in events:
                yield from told.take(event)
        if not told.is_over:
            raise faults.cut_off(demand.service)
        yield told.end()


def models(service: Service, way: Way) -> Iterator[CloudModel]:
    """What the account can use; raises `AppError`."""
    with _client(service, way) as client:
        for model in client.models.list(limit=1000):
            context = model.max_input_tokens or 0
            yield CloudModel(id=model.id, name=model.display_name, context=context)


class _Told:
    """What the events of a stream add up to."""

    def __init__(self) -> None:
        self.is_over = False
        self._reason = ""
        self._read = self._cached = self._written = None  # type: int | None

    def take(self, event: Any) -> Iterator[Piece]:
        match event.type:
            case "message_start":
                self._count(event.message.usage)
            case "content_block_delta":
                yield from _piece(event.delta)
            case "message_delta":
                self._reason = event.delta.stop_reason or self._reason
                self._count(event.usage)
            case "message_stop":
                self.is_over = True
                if self._reason == "refusal":
                    yield Piece(PieceKind.NOTICE, "The provider declined to answer on.")
            case _:  # the begin and end of a block, and kinds that are still to come
                pass

    def end(self) -> CloudEnd:
        return CloudEnd(
            finish_reason=_ENDS.get(self._reason, FinishReason.STOP),
            prompt_tokens=self._read,
            cached_tokens=self._cached,
            completion_tokens=self._written,
        )

    def _count(self, usage: Any) -> None:
        cached = usage.cache_read_input_tokens
        if usage.input_tokens is not None:
            # What was read from the cache, or written into it, is not among the input tokens.
            written = usage.cache_creation_input_tokens or 0
            self._read, self._cached = usage.input_tokens + (cached or 0) + written, cached
        if usage.output_tokens is not None:
            self._written = usage.output_tokens


def _piece(delta: Any) -> Iterator[Piece]:
    match delta.type:
        case "text_delta":
            yield Piece(PieceKind.TEXT, delta.text)
        case "thinking_delta":
            yield Piece(PieceKind.REASONING, delta.thinking)
        case _:  # signatures and citations are no text
            pass


def _arguments(demand: Demand) -> dict[str, Any]:
    parameters = demand.parameters
    arguments: dict[str, Any] = {
        "model": demand.model,
        "max_tokens": parameters.max_tokens or MOST_TOKENS,
        "messages": [_said(m) for m in demand.messages if m.role is not Role.SYSTEM],
    }
    if system := "\n\n".join(m.text for m in demand.messages if m.role is Role.SYSTEM):
        arguments["system"] = system
    if parameters.stop:
        arguments["stop_sequences"] = list(parameters.stop)
    return arguments


def _said(message: Message) -> dict[str, str]:
    return {"role": str(message.role), "content": message.text}


@contextlib.contextmanager
def _client(service: Service, way: Way, model: str = "") -> Iterator[Anthropic]:
    """The library's client; what it raises is put in words."""
    import anthropic

    try:
        with anthropic.Anthropic(
            api_key=NO_KEY,
            base_url=way.address,
            http_client=way.client(),
            max_retries=0,
            open_telemetry=False,
        ) as client:
            yield client
    except anthropic.APIStatusError as error:
        retry = error.response.headers.get("Retry-After", "")
        refusal = Refusal.read(error.status_code, error.body, retry)
        raise faults.in_words(refusal, service, model) from None
    except Exception as error:  # noqa: BLE001  (its words may quote the question)
        raise way.in_words(error, service) from None
