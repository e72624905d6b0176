"""Answers through the real libraries, from a server that speaks the published protocols."""

from __future__ import annotations

import asyncio
import time

import pytest

from app.core.cancel import CancelToken
from app.core.cloud import Speech
from app.core.egress import Purpose
from app.core.events import (
    Cancelled,
    Done,
    Event,
    Failed,
    FinishReason,
    Notice,
    ReasoningDelta,
    Started,
    TextDelta,
    Usage,
)
from app.core.messages import ChatRequest, Message, Role
from tests.fakes.cloud_room import PHRASE, CloudRoom, allowed, request
from tests.fakes.clouds import TESTING_KEY, Script
from tests.fakes.hosts import text_of

SPEECHES = pytest.mark.parametrize("speech", list(Speech))


def said(events: list[Event]) -> str:
    return "".join(event.text for event in events if isinstance(event, TextDelta))


@SPEECHES
async def test_an_answer_comes_with_reasoning_figures_and_an_end(
    room: CloudRoom, speech: Speech
) -> None:
    room.cloud.enqueue(Script(pieces=("Good ", "morning, ", "Zoë."), reasoning="Greet."))
    events = await room.ask(room.service(speech))
    started = next(e for e in events if isinstance(e, Started))
    assert (started.provider, started.model) == (str(speech), "small")
    assert started.device == room.cloud.host
    assert said(events) == "Good morning, Zoë."
    assert [e.text for e in events if isinstance(e, ReasoningDelta)] == ["Greet."]
    usage = next(e for e in events if isinstance(e, Usage))
    assert (usage.prompt_tokens, usage.cached_tokens, usage.completion_tokens) == (12, 4, 5)
    assert usage.cost_usd is None
    assert events[-1] == Done(FinishReason.STOP)


@SPEECHES
async def test_exactly_the_demand_is_sent_and_nothing_of_the_library(
    room: CloudRoom, speech: Speech, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "OPENAI_API_KEY", "HF_TOKEN"):
        monkeypatch.setenv(name, "a-key-of-the-environment")
    monkeypatch.setenv("ANTHROPIC_CUSTOM_HEADERS", "X-Mine: a-key-of-the-environment")
    monkeypatch.setenv("OPENAI_ORG_ID", "an-organisation-of-the-environment")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    await room.ask(room.service(speech))
    (asked,) = room.cloud.requests
    names = {"host", "content-length", "user-agent", "accept-encoding", "connection", "accept"}
    names |= {"content-type", "authorization"}
    if speech is Speech.ANTHROPIC:
        names.add("anthropic-version")
        assert asked.body["system"] == "Be short."
        assert asked.body["messages"] == [{"role": "user", "content": PHRASE}]
        assert asked.body["stop_sequences"] == ["END"]
        assert "temperature" not in asked.body
    else:
        turns = [("system", "Be short."), ("user", PHRASE)]
        assert [(m["role"], m["content"]) for m in asked.body["messages"]] == turns
        assert (asked.body["temperature"], asked.body["stop"]) == (0.3, ["END"])
    assert set(asked.headers) == names
    assert asked.headers["user-agent"] == "tacit"
    assert asked.headers["authorization"] == f"Bearer {TESTING_KEY}"
    assert asked.body["max_tokens"] == 100
    assert "0123456789abcdef" not in str(asked)


@SPEECHES
async def test_the_connection_is_in_the_journal_to_the_byte(
    room: CloudRoom, speech: Speech
) -> None:
    await room.ask(room.service(speech))
    (record,) = room.records()
    assert (record.purpose, record.host) == (Purpose.CLOUD_ANSWER, "127.0.0.1")
    assert (record.port, record.conversation) == (room.cloud.port, "0123456789abcdef")
    assert (record.outcome, record.allowed_by) == ("done", "a test")
    assert record.sent_bytes > len(PHRASE)
    assert record.received_bytes > 100


@SPEECHES
async def test_an_answer_at_its_length_is_cut(room: CloudRoom, speech: Speech) -> None:
    finish = "max_tokens" if speech is Speech.ANTHROPIC else "length"
    room.cloud.enqueue(Script(finish=finish))
    assert (await room.ask(room.service(speech)))[-1] == Done(FinishReason.LENGTH)


@SPEECHES
async def test_a_refusal_by_the_model_is_told(room: CloudRoom, speech: Speech) -> None:
    finish = "refusal" if speech is Speech.ANTHROPIC else "content_filter"
    room.cloud.enqueue(Script(finish=finish))
    events = await room.ask(room.service(speech))
    assert any(isinstance(event, Notice) for event in events)
    assert isinstance(events[-1], Done)


@SPEECHES
async def test_stopping_closes_the_stream_itself(room: CloudRoom, speech: Speech) -> None:
    room.cloud.enqueue(Script(pieces=("word ",) * 2000, pause_s=0.01))
    cancel, stopped_at = CancelToken(), 0.0
    events = []
    async with asyncio.timeout(20):
        service = room.service(speech)
        asked = allowed(service, request())
        async for event in room.provider(service).stream(asked, cancel):
            events.append(event)
            if isinstance(event, TextDelta) and not cancel.is_cancelled:
                stopped_at = time.monotonic()
                cancel.cancel()
    assert time.monotonic() - stopped_at < 1
    assert events[-1] == Cancelled()
    assert isinstance(events[-2], Usage)
    assert await asyncio.to_thread(room.cloud.hung_up.wait, 5)
    (record,) = room.records()
    assert record.outcome == "stopped"


@SPEECHES
async def test_a_server_without_figures_gives_estimates(room: CloudRoom, speech: Speech) -> None:
    if speech is Speech.ANTHROPIC:
        return  # its protocol has no answer without figures
    room.cloud.enqueue(Script(pieces=("12345678",), tells_usage=False))
    events = await room.ask(room.service(speech))
    usage = next(e for e in events if isinstance(e, Usage))
    assert (usage.completion_tokens, usage.prompt_tokens) == (2, 11)


async def test_openrouter_reports_what_it_cost(room: CloudRoom) -> None:
    room.cloud.enqueue(Script(cost=0.0123))
    events = await room.ask(room.service(Speech.OPENAI, "openrouter"))
    usage = next(e for e in events if isinstance(e, Usage))
    assert usage.cost_usd == 0.0123
    assert room.costs.months()[0].cost_usd == 0.0123


async def test_what_takes_no_temperature_is_not_told_one(room: CloudRoom) -> None:
    await room.ask(room.service(Speech.OPENAI, sampling=False))
    assert not {"temperature", "top_p"} & set(room.cloud.requests[0].body)


async def test_answers_at_the_same_time_do_not_mix(room: CloudRoom) -> None:
    room.cloud.always = Script(pieces=tuple("abcdefgh"), pause_s=0.005)
    services = [room.service(speech) for speech in Speech for _ in range(2)]
    for events in await asyncio.gather(*(room.ask(service) for service in services)):
        assert text_of(events) == "abcdefgh"
        assert not any(isinstance(event, Failed) for event in events)


async def test_a_conversation_goes_in_its_order(room: CloudRoom) -> None:
    turns = (Message(Role.USER, "one"), Message(Role.ASSISTANT, "two"), Message(Role.USER, "three"))
    service = room.service(Speech.ANTHROPIC)
    whole = allowed(service, ChatRequest(messages=turns, conversation="c"))
    assert [e async for e in room.provider(service).stream(whole, CancelToken())]
    roles = [message["role"] for message in room.cloud.requests[0].body["messages"]]
    assert roles == ["user", "assistant", "user"]
