"""Two models answer one question: together where memory holds both, each with its own end."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app import bootstrap, comparing
from app.bootstrap import Services
from app.comparing import Arrangement, Comparison, decide
from app.core.errors import AppError, ErrorCode
from app.core.events import Cancelled, Done, Event, Failed, TextDelta
from app.core.handoff import CancelToken
from app.core.messages import Role
from app.engine.fake import FakeEngine, scripted_answer
from app.models.placement import Placement
from app.paths import Paths
from tests.unit.test_bootstrap import install

PAIR = ("small", "large")
TOGETHER = Arrangement(together=True, sentence="Both.")
APART = Arrangement(together=False, sentence="One.")


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine()


@pytest.fixture
def second() -> FakeEngine:
    return FakeEngine()


@pytest.fixture
async def services(private_home: Path, engine: FakeEngine) -> AsyncIterator[Services]:
    paths = Paths.at(private_home)
    paths.create()
    for name in PAIR:
        install(paths, name)
    made = bootstrap.build(paths, engine=engine)
    yield made
    await made.close()


def compare(services: Services, second: FakeEngine, *, one_by_one: bool = False) -> Comparison:
    return Comparison(services, PAIR, "Why?", engine=lambda: second, one_by_one=one_by_one)


async def run(
    comparison: Comparison, arrangement: Arrangement, cancel: CancelToken | None = None
) -> tuple[list[Event], list[Event]]:
    sides: tuple[list[Event], list[Event]] = ([], [])
    async for side, event in comparison.events(arrangement, cancel or CancelToken()):
        sides[side].append(event)
    return sides


def text(events: list[Event]) -> str:
    return "".join(event.text for event in events if isinstance(event, TextDelta))


async def test_together_each_has_an_engine_of_its_own(
    services: Services, engine: FakeEngine, second: FakeEngine
) -> None:
    engine.enqueue(scripted_answer("Because."))
    second.enqueue(scripted_answer("Why not?"))
    left, right = await run(compare(services, second), TOGETHER)
    assert (text(left), text(right)) == ("Because.", "Why not?")
    assert [job.model_id for job in (*engine.jobs, *second.jobs)] == ["small", "large"]
    assert second.is_closed  # its memory is given back
    assert not engine.is_closed
    assert "second-engine" not in [thread.name for thread in threading.enumerate()]


async def test_a_model_that_is_in_memory_stays_where_it_is(
    services: Services, engine: FakeEngine, second: FakeEngine
) -> None:
    await run(Comparison(services, ("large", "small"), "Hi", engine=lambda: second), APART)
    assert engine.status().model_id == "small"
    await run(Comparison(services, ("large", "small"), "Hi", engine=lambda: second), TOGETHER)
    assert engine.jobs[-1].model_id == "small"
    assert second.jobs[-1].model_id == "large"


async def test_apart_they_answer_in_order_on_one_engine(
    services: Services, engine: FakeEngine, second: FakeEngine
) -> None:
    left, right = await run(compare(services, second), APART)
    assert [job.model_id for job in engine.jobs] == list(PAIR)
    assert second.jobs == []
    assert isinstance(left[-1], Done)
    assert isinstance(right[-1], Done)


@pytest.mark.parametrize("arrangement", [TOGETHER, APART])
async def test_what_fails_on_one_side_leaves_the_other(
    services: Services, engine: FakeEngine, second: FakeEngine, arrangement: Arrangement
) -> None:
    engine.enqueue([Failed(AppError("It fell over."))])
    left, right = await run(compare(services, second), arrangement)
    assert isinstance(left[-1], Failed)
    assert isinstance(right[-1], Done)


@pytest.mark.parametrize("arrangement", [TOGETHER, APART])
async def test_stopping_stops_both(
    services: Services, second: FakeEngine, arrangement: Arrangement
) -> None:
    cancel = CancelToken()
    cancel.cancel()
    left, right = await run(compare(services, second), arrangement, cancel)
    assert (left, right) == ([Cancelled()], [Cancelled()])


async def test_leaving_early_ends_the_second_engine(
    services: Services, engine: FakeEngine, second: FakeEngine
) -> None:
    events = compare(services, second).events(TOGETHER, CancelToken())
    await anext(events)
    await events.aclose()
    assert second.is_closed


async def test_the_question_is_asked_as_the_settings_say(
    services: Services, engine: FakeEngine, second: FakeEngine
) -> None:
    services.settings.set("generation.system_prompt", "Be brief.")
    services.settings.set("model.context_limit", 2000)
    services.models.place("large", Placement(device="cpu", threads=2, context_limit=512))
    await run(compare(services, second), APART)
    small, large = engine.jobs
    assert [(m.role, m.text) for m in small.messages] == [
        (Role.SYSTEM, "Be brief."),
        (Role.USER, "Why?"),
    ]
    assert (small.context_limit, large.context_limit) == (2000, 512)
    assert (small.device, large.device, large.threads) == ("auto", "cpu", 2)


async def test_only_two_models_that_are_there_can_be_compared(
    services: Services, second: FakeEngine
) -> None:
    for pair, code in (
        (("small", "small"), ErrorCode.USAGE),
        (("small", "gone"), ErrorCode.MODEL_MISSING),
    ):
        with pytest.raises(AppError) as caught:
            await Comparison(services, pair, "Hi", engine=lambda: second).arrange()
        assert caught.value.code is code


async def test_free_memory_decides(
    services: Services, second: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(comparing, "_RESERVE_BYTES", 0)
    assert (await compare(services, second).arrange()).together
    monkeypatch.setattr(comparing, "_RESERVE_BYTES", 10**15)
    assert not (await compare(services, second).arrange()).together
    monkeypatch.setattr(comparing, "_RESERVE_BYTES", 0)
    wanted = await compare(services, second, one_by_one=True).arrange()
    assert not wanted.together
    assert "neither slows the other down" in wanted.sentence


def test_the_decision_says_its_numbers() -> None:
    roomy, tight = decide(2 * 10**9, 8 * 10**9), decide(8 * 10**9, 8 * 10**9)
    assert roomy.together
    assert "2.0 GB more are needed, 8.0 GB are free" in roomy.sentence
    assert not tight.together
    assert "together they need 8.0 GB of memory, and 8.0 GB are free" in tight.sentence
    assert decide(10**12, 0).together  # unknown: the system decides
