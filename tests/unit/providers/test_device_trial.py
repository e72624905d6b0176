"""A device is good once it gave one token; else the reason is told and nothing was promised."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from app.core.errors import AppError, ErrorCode
from app.core.events import ContextUse, Done, Event, Failed, FinishReason, Notice, Started, Usage
from app.core.handoff import CancelToken, Worker
from app.engine.fake import FakeEngine
from app.engine.jobs import INSTEAD
from app.models.placement import Placement
from app.providers.local import LocalProvider
from app.providers.trial import try_device
from tests.unit.providers.test_local import library, request

WHY = "It cannot be used."
PLACED = Placement(device="cuda", threads=3, context_limit=512)


def answered(device: str, *notices: str) -> list[Event]:
    usage = Usage(
        prompt_tokens=8, cached_tokens=0, completion_tokens=1, load_s=0.5, first_token_s=0.1,
        decode_tokens_per_s=0.0,
    )  # fmt: skip
    context = ContextUse(limit=512, prompt_tokens=8)
    return [
        Started(provider="onnx", model="small", device=device, context=context),
        *[Notice(sentence=sentence) for sentence in notices],
        usage,
        Done(FinishReason.LENGTH),
    ]


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine()


@pytest.fixture
def placements() -> dict[str, Placement]:
    return {}


@pytest.fixture
async def provider(
    engine: FakeEngine, placements: dict[str, Placement]
) -> AsyncIterator[LocalProvider]:
    worker = Worker("test-engine")
    made = LocalProvider(
        engine,
        library=library,
        worker=worker,
        device=lambda: "auto",
        placement=lambda model_id: placements.get(model_id, Placement()),
        idle_unload_s=lambda: 0.0,
    )
    yield made
    await made.close()
    assert worker.close(5)


async def test_one_token_on_the_device_makes_it_good(
    provider: LocalProvider, engine: FakeEngine
) -> None:
    engine.enqueue(answered("cuda"))
    trial = await try_device(provider, "small", PLACED, CancelToken())
    [job] = engine.jobs
    assert (job.device, job.threads, job.context_limit) == ("cuda", 3, 512)
    assert job.parameters.max_tokens == 1
    assert job.force_load
    assert trial.works
    assert (trial.used, trial.reason, trial.load_s) == ("cuda", "", 0.5)
    assert trial.memory_bytes > 0


async def test_the_processor_in_its_place_is_told_with_the_reason(
    provider: LocalProvider, engine: FakeEngine
) -> None:
    engine.enqueue(answered("cpu", f"{INSTEAD}it cannot be used.", "Something else."))
    trial = await try_device(provider, "small", PLACED, CancelToken())
    assert not trial.works
    assert (trial.used, trial.reason) == ("cpu", WHY)


async def test_what_fails_altogether_is_a_reason(
    provider: LocalProvider, engine: FakeEngine
) -> None:
    error = AppError("It fell over.", code=ErrorCode.HOST_CRASHED)
    engine.enqueue([*answered("cuda")[:1], Failed(error)])
    trial = await try_device(provider, "small", PLACED, CancelToken())
    assert not trial.works
    assert (trial.used, trial.reason) == ("", "It fell over.")


async def test_a_stopped_trial_is_no_reason(provider: LocalProvider) -> None:
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(AppError) as stopped:
        await try_device(provider, "small", PLACED, cancel)
    assert stopped.value.code is ErrorCode.CANCELLED


async def test_what_was_decided_for_a_model_holds_for_its_answers(
    provider: LocalProvider, engine: FakeEngine, placements: dict[str, Placement]
) -> None:
    placements["small"] = Placement(device="cpu", threads=2, context_limit=64)
    for model in ("small", "other"):
        async for _ in provider.stream(request("hello", model), CancelToken()):
            pass
    small, other = engine.jobs
    assert (small.device, small.threads, small.context_limit) == ("cpu", 2, 64)
    assert (other.device, other.threads, other.context_limit) == ("auto", 0, 100)
