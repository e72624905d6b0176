"""The local provider: what it asks of the engine, its failures, and giving memory back."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from app.core.errors import AppError, ErrorCode
from app.core.events import Cancelled, Done, Event, Failed, Started, TextDelta
from app.core.handoff import CancelToken, Worker
from app.core.messages import ChatRequest, GenerationParameters, Message, Role
from app.core.proof import ProcessProof
from app.core.status import EngineState
from app.engine.fake import FakeEngine, scripted_answer
from app.engine.jobs import GenerateJob
from app.providers.local import LocalProvider, Model

MISSING = AppError("This model is not installed.", "Choose another.", code=ErrorCode.MODEL_MISSING)


@dataclass(frozen=True)
class Installed:
    id: str
    folder: Path


def library(model: str) -> Installed:
    if model == "gone":
        raise MISSING
    return Installed(model or "default", Path("/models") / (model or "default"))


@dataclass
class Parts:
    """A provider and what it is made of."""

    engine: FakeEngine
    worker: Worker
    device: str = "auto"
    idle_unload_s: float = 0.0
    check: Callable[[Model, CancelToken], object] | None = None
    provider: LocalProvider = field(init=False)

    def __post_init__(self) -> None:
        self.provider = LocalProvider(
            self.engine,
            library=library,
            check=lambda model, cancel: self.check and self.check(model, cancel),
            fingerprint=lambda folder: f"hash of {folder.name}",
            worker=self.worker,
            device=lambda: self.device,
            idle_unload_s=lambda: self.idle_unload_s,
        )

    async def ask(
        self, text: str = "hello", model: str = "", cancel: CancelToken | None = None
    ) -> list[Event]:
        stream = self.provider.stream(request(text, model), cancel or CancelToken())
        return [event async for event in stream]


def request(text: str, model: str = "") -> ChatRequest:
    return ChatRequest(
        messages=(Message(Role.USER, text),),
        model=model,
        parameters=GenerationParameters(seed=1),
        context_limit=100,
    )


def text_of(events: list[Event]) -> str:
    return "".join(event.text for event in events if isinstance(event, TextDelta))


@pytest.fixture
async def parts() -> AsyncIterator[Parts]:
    worker = Worker("test-engine")
    parts = Parts(FakeEngine(), worker)
    yield parts
    await parts.provider.close()
    assert parts.engine.is_closed
    assert worker.close(5)


async def test_a_request_becomes_a_job_for_the_installed_model(parts: Parts) -> None:
    parts.device = "cuda"
    events = await parts.ask("hello", "small/model")
    assert text_of(events) == "hello"
    assert isinstance(events[-1], Done)
    assert parts.engine.jobs == [
        GenerateJob(
            model_folder=str(Path("/models/small/model")),
            model_id="small/model",
            device="cuda",
            messages=(Message(Role.USER, "hello"),),
            parameters=GenerationParameters(seed=1),
            context_limit=100,
        )
    ]


async def test_no_model_means_the_default_one(parts: Parts) -> None:
    await parts.ask(model="")
    assert parts.engine.jobs[0].model_id == "default"


async def test_a_model_that_the_library_lacks_is_a_failed_event(parts: Parts) -> None:
    assert await parts.ask(model="gone") == [Failed(MISSING)]
    assert isinstance((await parts.ask())[-1], Done)


async def test_a_model_is_checked_on_the_worker_before_every_answer(parts: Parts) -> None:
    checked: list[tuple[str, str]] = []
    parts.check = lambda model, _cancel: checked.append((model.id, threading.current_thread().name))
    for _ in range(2):
        await parts.ask(model="small")
    assert [model for model, _ in checked] == ["small", "small"]
    assert threading.current_thread().name not in {thread for _, thread in checked}


async def test_a_model_whose_files_changed_is_a_failed_event(parts: Parts) -> None:
    refusal = AppError("Its files have changed.", "Verify it.", code=ErrorCode.MODEL_BROKEN)

    def refuse(_model: Model, _cancel: CancelToken) -> None:
        raise refusal

    parts.check = refuse
    assert await parts.ask() == [Failed(refusal)]
    assert parts.engine.jobs == []


async def test_a_check_that_was_stopped_is_a_cancelled_answer(parts: Parts) -> None:
    def stop(_model: Model, cancel: CancelToken) -> None:
        cancel.cancel()
        raise AppError("It was stopped.", code=ErrorCode.CANCELLED)

    parts.check = stop
    assert await parts.ask() == [Cancelled()]


async def test_a_fault_of_the_engine_is_a_failed_event_and_says_nothing_of_the_text(
    parts: Parts, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(job: GenerateJob, cancel: CancelToken) -> Iterator[Event]:
        yield TextDelta("before")
        raise ValueError("a secret word of the conversation")

    parts.engine.generate = broken  # type: ignore[method-assign]
    with caplog.at_level(logging.DEBUG):
        events = await parts.ask()
    assert events[0] == TextDelta("before")
    assert isinstance(events[-1], Failed)
    assert "ValueError" in caplog.text
    assert "secret" not in caplog.text + repr(events)


async def test_a_refused_model_is_loaded_once_it_is_allowed(parts: Parts) -> None:
    parts.provider.allow_load("a")
    await parts.ask(model="b")
    await parts.ask(model="a")
    await parts.ask(model="a")
    assert [job.force_load for job in parts.engine.jobs] == [False, True, False]


async def test_two_requests_are_answered_one_after_the_other(parts: Parts) -> None:
    answers = await asyncio.gather(parts.ask("first"), parts.ask("second"))
    assert [text_of(answer) for answer in answers] == ["first", "second"]


async def test_a_request_that_waits_is_cancelled_at_once(parts: Parts) -> None:
    parts.engine._pace_s = 600
    first_cancel, cancel = CancelToken(), CancelToken()
    first = asyncio.gather(parts.ask(cancel=first_cancel))
    await asyncio.sleep(0)
    second = asyncio.gather(parts.ask(cancel=cancel))
    await asyncio.sleep(0)
    cancel.cancel()
    async with asyncio.timeout(5):
        assert (await second)[0] == [Cancelled()]
        assert not first.done()
        first_cancel.cancel()
        assert (await first)[0][-1] == Cancelled()


async def test_leaving_a_stream_early_stops_the_answer(parts: Parts) -> None:
    parts.engine._pace_s = 0.001
    cancel = CancelToken()
    stream = parts.provider.stream(request("word " * 100_000), cancel)
    async for event in stream:
        if isinstance(event, Started):
            break
    await stream.aclose()  # type: ignore[attr-defined]
    assert cancel.is_cancelled
    assert isinstance((await parts.ask())[-1], Done)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110  (the state has no event to wait for)
            await asyncio.sleep(0.005)


def state_of(parts: Parts) -> EngineState:
    return parts.provider.status().state


async def test_an_idle_model_is_unloaded_after_its_time(parts: Parts) -> None:
    parts.idle_unload_s = 0.05
    await parts.ask()
    assert state_of(parts) is EngineState.READY
    await until(lambda: state_of(parts) is EngineState.ABSENT)
    assert isinstance((await parts.ask())[-1], Done)


async def test_zero_keeps_the_model(parts: Parts) -> None:
    await parts.ask()
    assert parts.provider._idle_timer is None


async def test_a_busy_model_is_not_unloaded(parts: Parts) -> None:
    parts.idle_unload_s = 0.01
    parts.engine._pace_s = 0.02
    states = set()
    async for event in parts.provider.stream(request("one two three four five"), CancelToken()):
        if isinstance(event, TextDelta):
            states.add(state_of(parts))
    assert states == {EngineState.BUSY}


async def test_a_question_in_time_restarts_the_clock(parts: Parts) -> None:
    parts.idle_unload_s = 600
    await parts.ask()
    first = parts.provider._idle_timer
    await parts.ask()
    assert first is not None
    assert first.cancelled()
    assert parts.provider._idle_timer is not first


async def test_an_unload_that_comes_due_behind_a_new_question_is_dropped(parts: Parts) -> None:
    await parts.ask()
    parts.provider._active.add(CancelToken())
    parts.provider._unload_idle()
    await asyncio.sleep(0.02)
    assert state_of(parts) is EngineState.READY


async def test_unloading_by_hand_waits_for_the_answer(parts: Parts) -> None:
    parts.engine._pace_s = 0.005
    answer = asyncio.gather(parts.ask("one two three"))
    await until(lambda: state_of(parts) is EngineState.BUSY)
    await parts.provider.unload()
    assert isinstance((await answer)[0][-1], Done)
    assert state_of(parts) is EngineState.ABSENT


async def test_closing_stops_a_running_answer() -> None:
    worker = Worker("test-engine")
    parts = Parts(FakeEngine(pace_s=0.02), worker)
    parts.idle_unload_s = 0.01
    parts.engine.enqueue(scripted_answer("word " * 10_000))
    answer = asyncio.gather(parts.ask())
    await until(lambda: state_of(parts) is EngineState.BUSY)
    async with asyncio.timeout(5):
        await parts.provider.close()
        assert (await answer)[0][-1] == Cancelled()
    assert parts.engine.is_closed
    assert parts.provider._idle_timer is None
    assert worker.close(5)


def test_its_name_and_that_it_stays_here() -> None:
    assert LocalProvider.name == "onnx"
    assert LocalProvider.is_local


async def test_a_proof_is_of_the_model_that_is_in_memory(
    parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, str, list[str]]] = []
    prove = parts.engine.prove

    def listen(folder: str, device: str, private: list[str]) -> ProcessProof:
        asked.append((folder, device, private))
        return prove(folder, device, private)

    monkeypatch.setattr(parts.engine, "prove", listen)
    private, folder = [Path("/home/history.db")], Path("/models")
    assert (await parts.provider.prove(private, folder=folder)).model == ""
    proof = await parts.provider.prove(private, folder=folder, load=request("hello", "small"))
    assert proof.model == "small"
    assert asked == [
        ("/models", "auto", ["/home/history.db"]),
        ("/models/small", "auto", ["/home/history.db"]),
    ]


async def test_a_model_that_cannot_be_loaded_for_the_proof_is_an_error(parts: Parts) -> None:
    with pytest.raises(AppError, match="not installed"):
        await parts.provider.prove([], folder=Path("/models"), load=request("hello", "gone"))
    parts.engine.enqueue([Failed(MISSING)])
    with pytest.raises(AppError, match="not installed"):
        await parts.provider.prove([], folder=Path("/models"), load=request("hello"))


async def test_an_answer_says_which_files_gave_it(parts: Parts) -> None:
    (started,) = [event for event in await parts.ask(model="m") if isinstance(event, Started)]
    assert started.model_hash == "hash of m"
