"""A device is kept for a model only where the model gave a token on it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app import bootstrap, placing
from app.bootstrap import Services
from app.core.errors import AppError, ErrorCode
from app.core.events import Failed
from app.core.handoff import CancelToken
from app.core.status import EngineState
from app.engine.fake import FakeEngine, scripted_answer
from app.models.placement import DeviceTrial, Placement
from app.paths import Paths
from tests.unit.test_bootstrap import install


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine()


@pytest.fixture
async def services(private_home: Path, engine: FakeEngine) -> AsyncIterator[Services]:
    paths = Paths.at(private_home)
    paths.create()
    install(paths, "small")
    made = bootstrap.build(paths, engine=engine)
    yield made
    await made.close()


def kept(services: Services) -> Placement:
    return services.models.shelf.records.placement("small")


async def test_a_device_that_answers_is_kept(services: Services, engine: FakeEngine) -> None:
    wanted = Placement(device="cuda", threads=2)
    engine.enqueue(scripted_answer("A", device="cuda"))
    trial = await placing.place(services, "small", wanted, CancelToken())
    assert trial.works
    assert kept(services) == wanted


async def test_one_that_does_not_changes_nothing(services: Services, engine: FakeEngine) -> None:
    before = Placement(device="cpu")
    services.models.place("small", before)
    engine.enqueue(scripted_answer("A", device="cpu"))
    trial = await placing.place(services, "small", Placement(device="cuda"), CancelToken())
    assert not trial.works
    assert kept(services) == before
    assert engine.status().state is EngineState.ABSENT  # loaded anew, as it was before


async def test_the_usual_one_needs_no_trial(services: Services, engine: FakeEngine) -> None:
    services.models.place("small", Placement(threads=2))
    trial = await placing.place(services, "small", Placement(), CancelToken())
    assert trial.works
    assert kept(services).is_usual
    assert engine.jobs == []


async def test_what_cannot_be_is_not_even_tried(services: Services, engine: FakeEngine) -> None:
    for model, wanted in (("small", Placement(threads=-1)), ("gone", Placement(device="cpu"))):
        with pytest.raises(AppError):
            await placing.place(services, model, wanted, CancelToken())
    assert engine.jobs == []


async def test_a_model_is_brought_into_memory(services: Services, engine: FakeEngine) -> None:
    await placing.load(services, "small", CancelToken())
    assert engine.status().model_id == "small"
    assert engine.jobs[0].parameters.max_tokens == 1
    engine.enqueue([Failed(AppError("It fell over."))])
    with pytest.raises(AppError, match="fell over"):
        await placing.load(services, "small", CancelToken())
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(AppError) as stopped:
        await placing.load(services, "small", cancel)
    assert stopped.value.code is ErrorCode.CANCELLED


def test_a_refusal_says_why_and_offers_the_processor() -> None:
    trial = DeviceTrial(wanted="dml", used="cpu", reason="It is not there.")
    error = placing.refusal("Small", trial, built_for="cuda")
    assert error.code is ErrorCode.DEVICE_UNAVAILABLE
    assert error.what == "It is not there. This variant of Small was built for “cuda”."
    assert "processor" in error.todo
    silent = placing.refusal("Small", DeviceTrial(wanted="cpu", used=""))
    assert "cpu" in silent.what
    assert silent.todo == "Choose another model."
