"""Both sides understand each other's frames and refuse what is none of them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.core.events import Done, FinishReason, TextDelta
from app.core.privacy import SealPart, SealReport
from app.engine import jobs, protocol
from app.engine.fake import FakeEngine
from app.engine.jobs import LoadedModel
from app.engine.protocol import Cancel, Events, Generate, Greeting, Hello, Loaded, Prove, Proved
from app.process.plain import Plain, ProtocolError
from tests.fakes.hosts import scripted_job

MODEL = LoadedModel(
    model_id="a",
    folder="/a",
    device="cpu",
    device_note="",
    context_limit=1,
    load_s=0.5,
    rss_bytes=1,
)


def through_json(frame: Plain) -> Any:
    return json.loads(json.dumps(frame))


def test_commands_are_understood() -> None:
    job = scripted_job("hello")
    hello = protocol.command_from(through_json(protocol.hello("/m", "cpu")))
    assert hello == Hello(protocol.VERSION, "/m", "cpu")
    assert protocol.command_from(through_json(protocol.generate(3, job))) == Generate(3, job)
    assert protocol.command_from(through_json(protocol.cancel(3))) == Cancel(3)
    assert protocol.command_from(through_json(protocol.prove(["/a"]))) == Prove(("/a",))


def test_reports_are_understood() -> None:
    events = (TextDelta("a"), Done(FinishReason.STOP))
    frame = protocol.events(3, [jobs.event_to_plain(event) for event in events])
    seal = SealReport((SealPart("a", holds=False, detail="a: why"), SealPart("b", holds=True)))
    greeting = protocol.report_from(through_json(protocol.greeting(seal)))
    assert greeting == Greeting(protocol.VERSION, seal)
    assert protocol.report_from(through_json(frame)) == Events(3, events)
    assert protocol.report_from(through_json(protocol.loaded(MODEL))) == Loaded(MODEL)
    proof = FakeEngine().prove("/m", "cpu", [])
    assert protocol.report_from(through_json(protocol.proved(proof))) == Proved(proof)


@pytest.mark.parametrize(
    "frame",
    [
        {},
        {"is": "hello"},
        {"is": "hello", "version": "1"},
        {"is": "hello", "version": protocol.VERSION, "model_folder": 1, "device": "cpu"},
        {"is": "greeting", "version": protocol.VERSION},
        {"is": "greeting", "version": protocol.VERSION, "seal": {"parts": [{"name": "a"}]}},
        {"is": "run", "code": "1"},
        {"is": "generate", "number": 1},
        {"is": "generate", "number": 1, "job": None},
        {"is": "cancel", "number": None},
        {"is": "events", "number": 1, "events": {}},
        {"is": "events", "number": 1, "events": [{"event": "Unknown"}]},
        {"is": "loaded", "model": {}},
        {"is": "prove", "private": [1]},
        {"is": "proved", "proof": {}},
    ],
)
def test_anything_else_is_refused(frame: Plain) -> None:
    with pytest.raises(ProtocolError):
        protocol.command_from(frame)
    with pytest.raises(ProtocolError):
        protocol.report_from(frame)


def test_a_frame_of_another_version_is_known_for_one_whatever_its_shape() -> None:
    assert protocol.command_from({"is": "hello", "version": 1}) == Hello(1, "", "")
    for word in ("hello", "greeting"):
        report = protocol.report_from({"is": word, "version": protocol.VERSION + 1})
        assert report == Greeting(protocol.VERSION + 1, SealReport())
