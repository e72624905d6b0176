"""What is tried with one model: bringing it into memory, and another device for it.

Apart from `bootstrap`, because only the page of a model and its command need it.
"""

from __future__ import annotations

from app.bootstrap import Services
from app.core.cancel import CancelToken
from app.core.errors import AppError, ErrorCode
from app.core.events import Cancelled, Failed
from app.core.messages import ChatRequest, GenerationParameters, Message, Role
from app.models.placement import PROCESSOR, DeviceTrial, Placement, checked
from app.providers.trial import try_device

_HELLO = ChatRequest(
    messages=(Message(Role.USER, "Hello."),),
    parameters=GenerationParameters(temperature=0.0, max_tokens=1),
)


async def place(
    services: Services, model_id: str, placement: Placement, cancel: CancelToken
) -> DeviceTrial:
    """Try a placement with one token, and keep it where it works.

    A trial that does not work is returned and changes nothing. Raises `AppError` for a
    placement that cannot be, for a broken model, and where it was stopped.
    """
    model = await services.engine_worker.call(lambda: services.library.get(model_id))
    if checked(placement).is_usual:
        await forget_placement(services, model_id)
        return DeviceTrial(wanted="auto", used="auto")
    trial = await try_device(services.local, model.id, placement, cancel)
    if trial.works:
        await services.engine_worker.call(lambda: services.models.place(model.id, placement))
    else:
        await services.local.unload()  # it is loaded as it was before
    return trial


async def forget_placement(services: Services, model_id: str) -> None:
    """Let the settings decide again what the model runs on; raises `AppError`."""
    await services.engine_worker.call(lambda: services.models.place(model_id, Placement()))
    await services.local.unload()


async def load(services: Services, model_id: str, cancel: CancelToken) -> None:
    """Bring a model into memory by having it write one token unseen; raises `AppError`."""
    model = await services.engine_worker.call(lambda: services.library.get(model_id))
    services.local.allow_load(model.id)
    request = ChatRequest(
        messages=_HELLO.messages, model=model.id, parameters=_HELLO.parameters,
        context_limit=int(services.settings.get("model.context_limit")) or None,
    )  # fmt: skip
    async for event in services.local.stream(request, cancel):
        if isinstance(event, Failed):
            raise event.error
        if isinstance(event, Cancelled):
            raise AppError("The loading was stopped.", "Load it again.", code=ErrorCode.CANCELLED)


def refusal(name: str, trial: DeviceTrial, *, built_for: str = "") -> AppError:
    """Why the device of a trial is not used, and what can be done instead."""
    words = trial.reason or f"Nothing answered on the device “{trial.wanted}”."
    if built_for and built_for not in {trial.wanted, PROCESSOR}:
        words = f"{words} This variant of {name} was built for “{built_for}”."
    todo = (
        "Choose another model."
        if trial.wanted == PROCESSOR
        else "The processor can be used instead; nothing was changed."
    )
    return AppError(words, todo, code=ErrorCode.DEVICE_UNAVAILABLE)
