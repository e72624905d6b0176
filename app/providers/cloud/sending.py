"""The one place where a question leaves for a service: with a permit, or not at all."""

from __future__ import annotations

from collections.abc import Generator

from app.core.cancel import CancelToken
from app.core.cloud import CloudModel, Service
from app.core.errors import AppError, ErrorCode
from app.network.base import Courier
from app.providers.cloud.calls import (
    CLOUD_CHAT,
    CLOUD_MODELS,
    CloudChat,
    CloudEnd,
    ListModels,
    Piece,
)
from app.providers.cloud.permit import Permit


def send(
    courier: Courier | None, permit: Permit, *, key: str, silence_s: float, cancel: CancelToken
) -> Generator[Piece | CloudEnd, None, None]:
    """Send what the permit allows, and nothing else; blocking. Raises `AppError`.

    The key travels to the courier with this call, over its pipe.
    """
    reached = reachable(courier, permit.demand.service)
    call = CloudChat(demand=permit.use(), allowed_by=permit.reason, silence_s=silence_s, key=key)
    yield from reached.stream(CLOUD_CHAT, call, cancel)


def list_models(
    courier: Courier | None, service: Service, *, key: str, silence_s: float, cancel: CancelToken
) -> tuple[CloudModel, ...]:
    """What a service has; nothing of a conversation is sent. Blocking. Raises `AppError`."""
    call = ListModels(
        service=service, allowed_by="you, asking for its models", silence_s=silence_s, key=key
    )
    return reachable(courier, service).run(CLOUD_MODELS, call, cancel).models


def reachable(courier: Courier | None, service: Service) -> Courier:
    """The courier; raises `AppError` where there is none, as in a private session."""
    if courier is None:
        raise AppError(
            f"{service.label} cannot be asked: no part of Tacit can reach the network.",
            "A private or sealed session has no cloud. Start an ordinary one for this.",
            code=ErrorCode.SEALED,
        )
    return courier
