"""Hugging Face Inference, by the hub's own client over the router's address.

With an address of its own the client asks the router alone, and not the hub where to go.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from app.core.cloud import Demand
from app.models import hub_library
from app.providers.cloud import faults
from app.providers.cloud.calls import CloudEnd, Piece, PieceKind
from app.providers.cloud.chunks import Chunks, arguments
from app.providers.cloud.faults import Refusal
from app.providers.cloud.transport import NO_KEY, Way


def answer(demand: Demand, way: Way) -> Iterator[Piece | CloudEnd]:
    """The pieces of one answer, and its end; raises `AppError`."""
    told = Chunks(demand.service)
    sent = {**arguments(demand), "stream_options": {"include_usage": True}}
    with hub_library.through(way.send):
        library = hub_library.library()
        try:
            with library.InferenceClient(base_url=way.address, api_key=NO_KEY) as client:
                chunks = client.chat_completion(**sent, stream=True)
                yield Piece(PieceKind.ACCEPTED)
                for chunk in chunks:
                    yield from told.take(chunk)
        except library.errors.HfHubHTTPError as error:
            raise faults.in_words(_read(error), demand.service, demand.model) from None
        except library.errors.TextGenerationError as error:  # said in the midst of the stream
            said = error.args[0] if error.args else None
            refusal = Refusal.read(0, {"error": said})
            raise faults.in_words(refusal, demand.service, demand.model) from None
        except Exception as error:  # noqa: BLE001  (its words may quote the question)
            raise way.in_words(error, demand.service) from None
    yield told.end()


def _read(error: object) -> Refusal:
    response = getattr(error, "response")  # noqa: B009  (the library is not typed)
    try:
        body = json.loads(response.text)
    except (ValueError, RuntimeError):  # no JSON, or a stream that was not read
        body = None
    return Refusal.read(response.status_code, body, response.headers.get("Retry-After", ""))
