"""Jobs and events survive the way through the pipe, and nothing else is taken for one."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.core.errors import AppError, ErrorCode
from app.core.events import (
    Cancelled,
    ContextUse,
    Done,
    Event,
    Failed,
    FinishReason,
    Loading,
    Notice,
    Progress,
    ReasoningDelta,
    Started,
    TextDelta,
    Usage,
)
from app.core.messages import GenerationParameters, Message, Role
from app.engine import jobs
from app.engine.jobs import GenerateJob, LoadedModel
from app.process.plain import ProtocolError

JOB = GenerateJob(
    model_folder="/models/a",
    model_id="a",
    device="auto",
    messages=(Message(Role.SYSTEM, "Be brief."), Message(Role.USER, "Grüße 🌍 \ud800")),
    parameters=GenerationParameters(temperature=0, seed=7, max_tokens=5, stop=("\n\n",)),
    context_limit=512,
)
LOADED = LoadedModel(
    model_id="a",
    folder="/models/a",
    device="cpu",
    device_note="",
    context_limit=8192,
    load_s=0.25,
    rss_bytes=240_000_000,
)
EVENTS: list[Event] = [
    Loading(model="a", device="cpu"),
    Started(
        provider="onnx",
        model="a",
        device="cpu",
        context=ContextUse(limit=8192, prompt_tokens=40, dropped_messages=2, dropped_tokens=9),
        cached_tokens=30,
    ),
    Notice(sentence="Two messages were left out."),
    Progress(read=1, total=2),
    TextDelta("Hello, “world” 🌍"),
    ReasoningDelta("hm"),
    Usage(
        prompt_tokens=1,
        cached_tokens=0,
        completion_tokens=2,
        load_s=0,
        first_token_s=0.1,
        decode_tokens_per_s=100.5,
    ),
    Done(FinishReason.LENGTH),
    Cancelled(),
    Failed(AppError("It broke.", "Try again.", code=ErrorCode.MODEL_BROKEN)),
]


def through_json(value: object) -> Any:
    return json.loads(json.dumps(value))


def test_a_job_comes_back_equal() -> None:
    assert jobs.from_plain(through_json(jobs.to_plain(JOB))) == JOB


def test_a_loaded_model_comes_back_equal() -> None:
    assert jobs.loaded_from_plain(through_json(jobs.loaded_to_plain(LOADED))) == LOADED


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_every_event_comes_back_equal(event: Event) -> None:
    back = jobs.event_from_plain(through_json(jobs.event_to_plain(event)))
    assert back == event
    assert type(back) is type(event)


@pytest.mark.parametrize(
    "plain",
    [
        None,
        [],
        "TextDelta",
        {},
        {"event": "TextDelta"},
        {"event": "TextDelta", "text": 1},
        {"event": "TextDelta", "text": "a", "more": 1},
        {"event": "AppError", "what": "a"},
        {"event": "GenerateJob"},
        {"event": "Progress", "read": True, "total": 2},
        {"event": "Progress", "read": 1.0, "total": 2},
        {"event": "Done", "finish_reason": "tired"},
        {"event": "Failed", "error": {"what": "a", "todo": "b", "code": "none-such"}},
        {"event": "Failed", "error": {"what": "a", "todo": "b"}},
        {"event": "Failed", "error": None},
    ],
)
def test_what_is_no_event_is_refused(plain: object) -> None:
    with pytest.raises(ProtocolError):
        jobs.event_from_plain(plain)


@pytest.mark.parametrize(
    "change",
    [
        {"messages": {}},
        {"messages": [{"role": "user"}]},
        {"messages": [{"role": "robot", "text": "a"}]},
        {"parameters": {}},
        {"context_limit": "many"},
        {"force_load": 1},
        {"unknown": 1},
    ],
)
def test_what_is_no_job_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ProtocolError):
        jobs.from_plain({**through_json(jobs.to_plain(JOB)), **change})


def test_a_parameter_outside_its_limits_is_refused() -> None:
    plain = through_json(jobs.to_plain(JOB))
    plain["parameters"]["temperature"] = 99.0
    with pytest.raises(ProtocolError, match="temperature"):
        jobs.from_plain(plain)


def test_a_number_that_is_not_finite_is_refused() -> None:
    plain = through_json(jobs.loaded_to_plain(LOADED))
    plain["load_s"] = float("inf")
    with pytest.raises(ProtocolError, match="finite"):
        jobs.loaded_from_plain(plain)
