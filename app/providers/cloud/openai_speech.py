"""The protocol of OpenAI, which most servers speak: the only place that touches openai.

The library is loaded in the courier alone. It is given a key and an address, so it reads
neither from the environment; it retries nothing and its transport is the gateway's.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from app.core.cloud import CloudModel, Demand, Price, Service
from app.providers.cloud import faults
from app.providers.cloud.calls import CloudEnd, Piece, PieceKind
from app.providers.cloud.chunks import Chunks, arguments
from app.providers.cloud.faults import Refusal
from app.providers.cloud.transport import NO_KEY, Way

if TYPE_CHECKING:
    from openai import OpenAI

_OPENAI = "api.openai.com"


def answer(demand: Demand, way: Way) -> Iterator[Piece | CloudEnd]:
    """The pieces of one answer, and its end; raises `AppError`."""
    told = Chunks(demand.service)
    sent = {**arguments(demand), "stream_options": {"include_usage": True}}
    if demand.service.name == "openrouter":
        sent["extra_body"] = {"usage": {"include": True}}
    if way.where.host == _OPENAI:
        sent["max_completion_tokens"] = sent.pop("max_tokens")
    with _client(demand.service, way, demand.model) as client:
        with client.chat.completions.create(**sent, stream=True) as chunks:
            yield Piece(PieceKind.ACCEPTED)
            for chunk in chunks:
                yield from told.take(chunk)
        yield told.end()


def models(service: Service, way: Way) -> Iterator[CloudModel]:
    """What the server has, with its prices where it lists them; raises `AppError`."""
    with _client(service, way) as client:
        for model in client.models.list():
            more = model.model_extra or {}
            yield CloudModel(
                id=model.id,
                name=str(more.get("name") or model.id),
                context=_context(more),
                price=_price(more, service),
            )


def _context(more: dict[str, Any]) -> int:
    known = [more.get("context_length"), *(p.get("context_length") for p in _providers(more))]
    return max((length for length in known if isinstance(length, int)), default=0)


def _price(more: dict[str, Any], service: Service) -> Price | None:
    """OpenRouter names dollars for a token as text, the hub's router dollars for a million.

    The router chooses among providers: the dearest is what may be charged.
    """
    source = f"the list of {service.label}"
    with contextlib.suppress(KeyError, TypeError, ValueError):
        pricing = more["pricing"]
        per_token = float(pricing["prompt"]), float(pricing["completion"])
        if min(per_token) >= 0:  # -1 stands for "it depends"
            return Price(input_usd=per_token[0] * 1e6, output_usd=per_token[1] * 1e6, source=source)
    with contextlib.suppress(KeyError, TypeError, ValueError):
        listed = [p["pricing"] for p in _providers(more) if p.get("status", "live") == "live"]
        return Price(
            input_usd=max(float(price["input"]) for price in listed),
            output_usd=max(float(price["output"]) for price in listed),
            source=source,
        )
    return None


def _providers(more: dict[str, Any]) -> list[dict[str, Any]]:
    listed = more.get("providers")
    return [p for p in listed if isinstance(p, dict)] if isinstance(listed, list) else []


@contextlib.contextmanager
def _client(service: Service, way: Way, model: str = "") -> Iterator[OpenAI]:
    """The library's client; what it raises is put in words."""
    import openai

    try:
        with openai.OpenAI(
            api_key=NO_KEY,
            organization="",
            project="",
            base_url=way.address,
            http_client=way.client(),
            max_retries=0,
        ) as client:
            yield client
    except openai.APIStatusError as error:
        retry = error.response.headers.get("Retry-After", "")
        refusal = Refusal.read(error.status_code, error.body, retry)
        raise faults.in_words(refusal, service, model) from None
    except openai.APIConnectionError as error:
        raise way.in_words(error, service) from None
    except openai.APIError as error:  # said in the midst of the stream
        raise faults.in_words(Refusal.read(0, error.body), service, model) from None
    except Exception as error:  # noqa: BLE001  (its words may quote the question)
        raise way.in_words(error, service) from None
