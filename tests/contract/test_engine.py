"""What every engine promises: the fake, the client with a scripted host, and with a real model."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.core.events import (
    Cancelled,
    Done,
    Event,
    Loading,
    Started,
    Terminal,
    TextDelta,
    Usage,
)
from app.core.handoff import CancelToken
from app.core.messages import GenerationParameters, Message, Role
from app.core.status import EngineState
from app.engine.base import Engine
from app.engine.client import EngineClient
from app.engine.fake import FakeEngine, scripted_answer
from app.engine.jobs import GenerateJob
from tests.fakes.hosts import scripted_host, text_of

# More than the promised 300 ms: what is tested is that stopping does not wait for the model.
STOPPED_S = 3.0
FOLDERS = {"model": "/models/model", "other": "/models/other"}


@dataclass
class Subject:
    """An engine under test and a model for it."""

    engine: Engine
    folders: dict[str, str]
    long_question: str

    def job(self, text: str, model_id: str = "model", max_tokens: int = 12) -> GenerateJob:
        return GenerateJob(
            model_folder=self.folders[model_id],
            model_id=model_id,
            device="cpu",
            messages=(Message(Role.USER, text),),
            parameters=GenerationParameters(temperature=0, max_tokens=max_tokens),
        )

    def ask(self, text: str = "Say hello.", model_id: str = "model") -> list[Event]:
        return list(self.engine.generate(self.job(text, model_id), CancelToken()))


def fake(tmp_path: Path, request: pytest.FixtureRequest) -> Subject:
    engine = FakeEngine(pace_s=0.002)
    return Subject(engine, FOLDERS, "word " * 5_000)


def scripted(tmp_path: Path, request: pytest.FixtureRequest) -> Subject:
    client = EngineClient(scripted_host(), run_dir=tmp_path / "run")
    return Subject(client, FOLDERS, "forever")


def real(tmp_path: Path, request: pytest.FixtureRequest) -> Subject:
    folder: Path = request.getfixturevalue("starter_model")
    client = EngineClient(run_dir=tmp_path / "run")
    folders = {"model": str(folder), "other": str(tmp_path / "other")}
    return Subject(client, folders, "Tell a very long story about a fisherman.")


@pytest.fixture(params=[fake, scripted, real], ids=lambda make: make.__name__)
def subject(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Subject]:
    make: Callable[[Path, pytest.FixtureRequest], Subject] = request.param
    subject = make(tmp_path, request)
    yield subject
    subject.engine.close()
    assert subject.engine.status().state is EngineState.ABSENT


def test_an_answer_has_the_order_that_the_events_promise(subject: Subject) -> None:
    events = subject.ask()
    kinds = [type(event) for event in events]
    assert kinds[0] is Loading
    assert kinds.index(Started) < kinds.index(TextDelta) < kinds.index(Usage)
    assert kinds[-2:] == [Usage, Done]
    assert sum(isinstance(event, Terminal) for event in events) == 1
    assert text_of(events).strip()


def test_a_loaded_model_is_not_loaded_again(subject: Subject) -> None:
    subject.ask()
    assert Loading not in [type(event) for event in subject.ask()]


def test_the_started_event_names_provider_model_and_device(subject: Subject) -> None:
    started = next(event for event in subject.ask() if isinstance(event, Started))
    assert (started.provider, started.model, started.device) == ("onnx", "model", "cpu")
    assert 0 < started.context.prompt_tokens <= started.context.limit


def test_another_model_takes_the_place_of_the_first(subject: Subject) -> None:
    subject.ask()
    if Path(subject.folders["model"]).is_dir():
        shutil.copytree(subject.folders["model"], subject.folders["other"])
    events = subject.ask(model_id="other")
    assert isinstance(events[0], Loading)
    assert isinstance(events[-1], Done)
    assert subject.engine.status().model_id == "other"


def test_a_token_cancelled_before_gives_cancelled_alone(subject: Subject) -> None:
    cancel = CancelToken()
    cancel.cancel()
    assert list(subject.engine.generate(subject.job("Hello"), cancel)) == [Cancelled()]


def test_cancelling_while_loading_ends_with_cancelled(subject: Subject) -> None:
    cancel = CancelToken()
    events = []
    for event in subject.engine.generate(subject.job(subject.long_question), cancel):
        events.append(event)
        if isinstance(event, Loading):
            cancel.cancel()
    assert events[-1] == Cancelled()
    assert sum(isinstance(event, Terminal) for event in events) == 1
    assert isinstance(subject.ask()[-1], Done)


def test_cancelling_in_mid_answer_ends_with_cancelled_soon(subject: Subject) -> None:
    cancel = CancelToken()
    events, cancelled_at = [], 0.0
    job = subject.job(subject.long_question, max_tokens=4_000)
    for event in subject.engine.generate(job, cancel):
        events.append(event)
        if isinstance(event, TextDelta) and not cancelled_at:
            cancel.cancel()
            cancelled_at = time.monotonic()
    assert events[-1] == Cancelled()
    assert time.monotonic() - cancelled_at < STOPPED_S
    assert isinstance(subject.ask()[-1], Done)


def test_cancelling_at_the_last_moment_still_ends_with_cancelled(subject: Subject) -> None:
    cancel, events = CancelToken(), []
    for event in subject.engine.generate(subject.job("Say hello."), cancel):
        events.append(event)
        if isinstance(event, Usage):
            cancel.cancel()
    assert [type(event) for event in events[-2:]] == [Usage, Cancelled]


def test_closing_the_iterator_early_leaves_a_usable_engine(subject: Subject) -> None:
    job = subject.job(subject.long_question, max_tokens=4_000)
    events = subject.engine.generate(job, CancelToken())
    while not isinstance(next(events), TextDelta):
        pass
    events.close()  # type: ignore[attr-defined]
    assert isinstance(subject.ask()[-1], Done)


def test_status_follows_the_answer(subject: Subject) -> None:
    assert subject.engine.status().state is EngineState.ABSENT
    seen = {}
    for event in subject.engine.generate(subject.job("Say hello."), CancelToken()):
        seen[type(event)] = subject.engine.status()
    assert seen[Loading].state is EngineState.LOADING
    assert seen[Started].state is EngineState.BUSY
    assert seen[Done].state is EngineState.READY
    after = subject.engine.status()
    assert (after.state, after.model_id, after.device) == (EngineState.READY, "model", "cpu")
    assert after.pid
    assert after.rss_bytes > 1_000_000


def test_unloading_gives_the_memory_back_and_the_next_answer_loads(subject: Subject) -> None:
    subject.ask()
    subject.engine.unload()
    assert subject.engine.status().state is EngineState.ABSENT
    assert isinstance(subject.ask()[0], Loading)


def test_unloading_and_closing_need_nothing_to_be_there(subject: Subject) -> None:
    subject.engine.unload()
    subject.engine.unload()
    subject.engine.close()


def test_the_process_of_the_model_is_proved_with_and_without_a_model(subject: Subject) -> None:
    folder = subject.folders["model"]
    empty = subject.engine.prove(folder, "cpu", [])
    assert (empty.model, empty.pid) == ("", subject.engine.status().pid)
    subject.ask()
    proof = subject.engine.prove(folder, "cpu", [])
    assert (proof.model, proof.pid) == ("model", subject.engine.status().pid)
    assert proof.attempts
    if sys.platform == "linux":
        assert proof.failures == ()
    assert isinstance(subject.ask()[-1], Done)


def test_the_fake_plays_its_script() -> None:
    engine = FakeEngine()
    engine.enqueue(scripted_answer("one two", reasoning="hm"))
    job = Subject(engine, FOLDERS, "").job("ignored")
    events = list(engine.generate(job, CancelToken()))
    assert text_of(events) == "hmone two"
    assert engine.jobs == [job]
