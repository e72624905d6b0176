"""What every provider promises: one terminal event, failures as events, stopping at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.core.cloud import Service, Speech
from app.core.errors import AppError
from app.core.events import (
    Cancelled,
    Done,
    Event,
    Failed,
    Started,
    Terminal,
    TextDelta,
    Usage,
)
from app.core.handoff import CancelToken, Worker
from app.core.messages import ChatRequest, Message, Role
from app.engine.client import EngineClient
from app.network.fake import FakeCourier
from app.network.policy import Policy
from app.providers.base import Provider
from app.providers.cloud import verbs
from app.providers.fake import FakeProvider
from app.providers.local import LocalProvider
from tests.fakes.cloud_room import CloudRoom, allowed
from tests.fakes.clouds import Script, StandInCloud
from tests.fakes.hosts import scripted_host, text_of

FAILURE = AppError("It is broken.", "Mend it.")


@dataclass(frozen=True)
class Installed:
    id: str
    folder: Path


@dataclass
class Subject:
    """A provider under test and how to have it answer, fail or go on for ever."""

    provider: Provider
    prepare_failure: Callable[[], None]
    prepare_long_answer: Callable[[], None]
    end: Callable[[], Awaitable[None]]
    allow: Callable[[ChatRequest], ChatRequest] = lambda request: request

    def request(self, text: str, model: str = "") -> ChatRequest:
        return self.allow(ChatRequest(messages=(Message(Role.USER, text),), model=model))

    async def ask(self, text: str, model: str = "") -> list[Event]:
        stream = self.provider.stream(self.request(text, model), CancelToken())
        return [event async for event in stream]


def fake(tmp_path: Path) -> Subject:
    provider = FakeProvider(pace_s=0.001)

    async def end() -> None:
        return None

    return Subject(
        provider,
        lambda: provider.enqueue([Failed(FAILURE)]),
        lambda: provider.enqueue("word " * 100_000),
        end,
    )


def local(tmp_path: Path) -> Subject:
    worker = Worker("test-engine")

    def library(model: str) -> Installed:
        if model == "broken":
            raise FAILURE
        return Installed(model or "default", tmp_path)

    provider = LocalProvider(
        EngineClient(scripted_host(), run_dir=tmp_path / "run"),
        library=library,
        worker=worker,
        device=lambda: "auto",
        idle_unload_s=lambda: 60.0,
    )

    async def end() -> None:
        assert worker.close(5)

    return Subject(provider, lambda: None, lambda: None, end)


def cloud(tmp_path: Path) -> Subject:
    server = StandInCloud()
    server.__enter__()
    courier = FakeCourier(
        verbs.handlers(), Policy(journal=str(tmp_path / "journal"), cloud=(server.host,))
    )
    room = CloudRoom(tmp_path, server, courier)
    # Like the others, it says what it was told.
    server.echoes = True

    def service() -> Service:
        if not server.is_broken:
            return room.service(Speech.ANTHROPIC)
        server.is_broken = False
        raise FAILURE

    async def end() -> None:
        courier.end()
        server.__exit__()

    return Subject(
        room.provider(service),
        lambda: setattr(server, "is_broken", True),
        lambda: server.enqueue(Script(pieces=("word ",) * 20_000, pause_s=0.001)),
        end,
        lambda request: allowed(room.service(Speech.ANTHROPIC), request),
    )


@pytest.fixture(params=[fake, local, cloud], ids=lambda make: make.__name__)
async def subject(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Subject]:
    subject: Subject = request.param(tmp_path)
    yield subject
    await subject.provider.close()
    await subject.end()


async def test_a_provider_has_a_name_and_says_where_it_runs(subject: Subject) -> None:
    assert subject.provider.name
    assert isinstance(subject.provider.is_local, bool)


async def test_an_answer_is_complete_and_in_order(subject: Subject) -> None:
    events = await subject.ask("one two")
    kinds = [type(event) for event in events]
    assert kinds.index(Started) < kinds.index(TextDelta) < kinds.index(Usage)
    assert kinds[-1] is Done
    assert sum(isinstance(event, Terminal) for event in events) == 1
    assert text_of(events) == "one two"


async def test_a_failure_is_an_event(subject: Subject) -> None:
    subject.prepare_failure()
    events = await subject.ask("one", "broken")
    assert events == [Failed(FAILURE)]
    assert isinstance((await subject.ask("two"))[-1], Done)


async def test_a_cancelled_token_gives_cancelled_alone(subject: Subject) -> None:
    cancel = CancelToken()
    cancel.cancel()
    stream = subject.provider.stream(subject.request("one"), cancel)
    assert [event async for event in stream] == [Cancelled()]


async def test_cancelling_in_mid_answer_ends_with_cancelled(subject: Subject) -> None:
    subject.prepare_long_answer()
    cancel, events = CancelToken(), []
    async with asyncio.timeout(10):
        async for event in subject.provider.stream(subject.request("forever"), cancel):
            events.append(event)
            if isinstance(event, TextDelta):
                cancel.cancel()
    assert events[-1] == Cancelled()
    assert sum(isinstance(event, Terminal) for event in events) == 1
    assert isinstance((await subject.ask("two"))[-1], Done)


async def test_leaving_early_leaves_a_usable_provider(subject: Subject) -> None:
    subject.prepare_long_answer()
    stream = subject.provider.stream(subject.request("forever"), CancelToken())
    async with asyncio.timeout(10):
        async for event in stream:
            if isinstance(event, TextDelta):
                break
        await stream.aclose()  # type: ignore[attr-defined]
        assert text_of(await subject.ask("two")) == "two"


async def test_the_loop_stays_free(subject: Subject) -> None:
    answer = asyncio.gather(subject.ask("one two three"))
    ticks = 0
    while not answer.done():
        await asyncio.sleep(0)
        ticks += 1
    assert ticks > 3
    assert isinstance((await answer)[0][-1], Done)
