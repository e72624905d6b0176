"""Graphics that take the model's process down are tried once, not with every question."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.core.errors import ErrorCode
from app.core.events import Event, Failed, Notice
from app.core.handoff import CancelToken
from app.engine.client import WITHOUT_GRAPHICS, EngineClient
from tests.fakes.hosts import scripted_host, scripted_job, text_of

SAID = Notice(sentence=WITHOUT_GRAPHICS)


@pytest.fixture
def client(tmp_path: Path) -> Iterator[EngineClient]:
    made = EngineClient(scripted_host(), run_dir=tmp_path / "run")
    yield made
    made.close()


def ask(client: EngineClient, text: str, model: str) -> list[Event]:
    return list(client.generate(scripted_job(text, model), CancelToken()))


def ended(events: list[Event]) -> bool:
    last = events[-1]
    return isinstance(last, Failed) and last.error.code is ErrorCode.HOST_CRASHED


def test_graphics_that_ended_the_host_are_not_tried_again(client: EngineClient) -> None:
    assert ended(ask(client, "hello", "graphics-crash"))
    events = ask(client, "hello", "graphics-crash")
    assert text_of(events) == "hello"
    assert SAID in events
    # It is said once, not with every answer.
    assert SAID not in ask(client, "again", "graphics-crash")


def test_a_crash_on_the_processor_is_not_blamed_on_the_graphics(client: EngineClient) -> None:
    assert ended(ask(client, "hello", "load-crash"))
    assert ended(ask(client, "hello", "graphics-crash"))
