"""Tries a model on this computer: how fast it answers, and whether a device works for it."""

from __future__ import annotations

import time
from collections.abc import Callable

from app.core.errors import AppError, ErrorCode
from app.core.events import Cancelled, Failed, Notice, Started, Usage
from app.core.handoff import CancelToken
from app.core.messages import ChatRequest, GenerationParameters, Message, Role
from app.engine.jobs import INSTEAD
from app.models.placement import AUTO, DeviceTrial, Placement
from app.models.trials import Trial
from app.providers.local import LocalProvider

# Long enough for a steady speed, short enough to wait for; nothing of a person is in it.
_QUESTION = "Describe a walk along a quiet river in the morning, in plain words."
_TOKENS = 64
_STOPPED = AppError("The trial was stopped.", "Start it again.", code=ErrorCode.CANCELLED)


async def measure(
    provider: LocalProvider,
    model_id: str,
    weight_bytes: int,
    cancel: CancelToken,
    clock: Callable[[], float] = time.time,
) -> Trial:
    """Ask the model and take its figures; raises `AppError`, also where it was stopped."""
    request = ChatRequest(
        messages=(Message(Role.USER, _QUESTION),),
        model=model_id,
        parameters=GenerationParameters(temperature=0.0, max_tokens=_TOKENS),
    )
    device, usage = "", None
    async for event in provider.stream(request, cancel):
        match event:
            case Started():
                device = event.device
            case Usage():
                usage = event
            case Failed(error):
                raise error
            case Cancelled():
                raise _STOPPED
            case _:
                pass
    if usage is None:
        raise AppError("The model gave no figures.", "Try it again.", code=ErrorCode.UNKNOWN)
    return Trial(
        at=clock(),
        device=device,
        load_s=usage.load_s,
        first_token_s=usage.first_token_s,
        tokens_per_s=usage.decode_tokens_per_s,
        tokens=usage.completion_tokens,
        weight_bytes=weight_bytes,
        memory_bytes=provider.status().rss_bytes,
    )


async def try_device(
    provider: LocalProvider, model_id: str, placement: Placement, cancel: CancelToken
) -> DeviceTrial:
    """Load the model anew as `placement` says and have it write one token.

    Whatever goes wrong is the trial's reason; raises `AppError` only where it was stopped.
    """
    wanted = placement.device or AUTO
    await provider.unload()  # what an earlier load found out may hold no more
    provider.allow_load(model_id)
    request = ChatRequest(
        messages=(Message(Role.USER, _QUESTION),),
        model=model_id,
        parameters=GenerationParameters(temperature=0.0, max_tokens=1),
    )
    used, reason, usage = "", "", None
    async for event in provider.stream_on(placement, request, cancel):
        match event:
            case Started():
                used = event.device
            case Notice(sentence=sentence) if used != wanted and not reason:
                reason = sentence.removeprefix(INSTEAD)  # nobody has asked for an answer
            case Usage():
                usage = event
            case Failed(error):
                used, reason = "", error.what
            case Cancelled():
                raise _STOPPED
            case _:
                pass
    return DeviceTrial(
        wanted=wanted,
        used=used,
        reason="" if used and wanted in {AUTO, used} else reason[:1].upper() + reason[1:],
        load_s=usage.load_s if usage else 0.0,
        first_token_s=usage.first_token_s if usage else 0.0,
        memory_bytes=provider.status().rss_bytes if used else 0,
    )
