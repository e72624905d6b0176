"""A trial asks something short and takes the figures that the engine gives."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from app.core.errors import AppError, ErrorCode
from app.core.handoff import CancelToken, Worker
from app.engine.fake import FakeEngine
from app.providers.local import LocalProvider
from app.providers.trial import measure
from tests.unit.providers.test_local import MISSING, library


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine()


@pytest.fixture
async def provider(engine: FakeEngine) -> AsyncIterator[LocalProvider]:
    worker = Worker("test-engine")
    made = LocalProvider(
        engine, library=library, worker=worker, device=lambda: "auto", idle_unload_s=lambda: 0.0
    )
    yield made
    await made.close()
    assert worker.close(5)


async def test_a_trial_has_the_figures_of_the_answer(
    provider: LocalProvider, engine: FakeEngine
) -> None:
    trial = await measure(provider, "small", 1000, CancelToken(), clock=lambda: 7.0)
    [job] = engine.jobs
    assert (job.model_id, job.parameters.temperature, job.parameters.max_tokens) == ("small", 0, 64)
    assert (trial.at, trial.device, trial.weight_bytes) == (7.0, "cpu", 1000)
    assert trial.tokens > 0
    assert trial.tokens_per_s > 0


async def test_what_fails_or_is_stopped_is_said(provider: LocalProvider) -> None:
    with pytest.raises(AppError) as missing:
        await measure(provider, "gone", 1000, CancelToken())
    assert missing.value == MISSING
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(AppError) as stopped:
        await measure(provider, "small", 1000, cancel)
    assert stopped.value.code is ErrorCode.CANCELLED
