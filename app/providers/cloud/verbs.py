"""The courier's side of answers from elsewhere; what does the work is loaded when asked.

The courier looks for itself whether the service is switched on: its policy names the servers
that are, and a call for another one ends here, whatever the window believes.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from app.core.cloud import Service
from app.core.egress import Purpose
from app.core.errors import AppError, ErrorCode
from app.network import hosts
from app.network.verb import AnyHandler, Handler, Nothing, VerbContext
from app.providers.cloud.calls import (
    CLOUD_CHAT,
    CLOUD_MODELS,
    CloudChat,
    CloudEnd,
    ListModels,
    ModelList,
    Piece,
)

if TYPE_CHECKING:  # the idle courier stays small without it
    from app.providers.cloud.transport import Way

HOSTS = ("api.anthropic.com", "openrouter.ai", "router.huggingface.co")
"""The servers of the known services; the person names all others."""

_TO = {Purpose.CLOUD_ANSWER: HOSTS, Purpose.LOCAL_SERVER: (), Purpose.MODEL_LIST: HOSTS}


def handlers() -> list[AnyHandler]:
    """The handlers of `CLOUD_CHAT` and `CLOUD_MODELS`."""
    return [
        Handler(verb=CLOUD_CHAT, reach=_TO, run=_chat),
        Handler(verb=CLOUD_MODELS, reach=_TO, run=_list),
    ]


def _chat(arguments: CloudChat, context: VerbContext[Piece]) -> CloudEnd:
    from app.providers.cloud import speech

    demand = arguments.demand
    with _way(context, arguments, demand.service, conversation=demand.conversation) as way:
        for piece in speech.answer(demand, way):
            if isinstance(piece, CloudEnd):
                return piece
            context.tell(piece)
    raise AssertionError("an answer ends with its end or an error")


def _list(arguments: ListModels, context: VerbContext[Nothing]) -> ModelList:
    from app.providers.cloud import speech

    with _way(context, arguments, arguments.service, listing=True) as way:
        return ModelList(models=tuple(speech.models(arguments.service, way)))


@contextlib.contextmanager
def _way(
    context: VerbContext[Any],
    call: CloudChat | ListModels,
    service: Service,
    *,
    conversation: str = "",
    listing: bool = False,
) -> Iterator[Way]:
    """The gateway, opened to this service alone."""
    from app.network.url import parse
    from app.providers.cloud.transport import Way

    where = parse(service.address)
    if where.rule not in context.policy.cloud:
        raise AppError(
            f"{service.label} is switched off: nothing was sent.",
            "Switch it on in the settings under Cloud.",
            code=ErrorCode.CLOUD_OFF,
        )
    is_local = service.is_local and hosts.is_loopback_name(where.host)
    purpose = Purpose.LOCAL_SERVER if is_local else Purpose.CLOUD_ANSWER
    # A known service never lies in a local network, whatever its name is made to mean.
    named = () if where.rule in HOSTS else (where.rule,)
    with context.open(
        Purpose.MODEL_LIST if listing and not is_local else purpose,
        where.rule,
        named=named,
        label=service.label,
        conversation=conversation,
        allowed_by=call.allowed_by,
    ) as passage:
        yield Way(passage, where, key=call.key, silence_s=call.silence_s, cancel=context.cancel)
