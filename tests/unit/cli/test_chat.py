"""The conversation in the terminal, over a scripted engine."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app import bootstrap
from app.cli.main import main
from app.core.errors import AppError, ErrorCode
from app.core.events import Cancelled, Failed, TextDelta
from app.core.messages import Role
from app.engine.fake import FakeEngine, scripted_answer
from app.logs import Logging
from app.paths import Paths
from tests.fakes.protection import unsealed

Talk = Callable[..., tuple[int, str, str]]


def no_window(_paths: Paths, _logging: Logging) -> int:
    raise AssertionError("the window was opened")


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch, private_home: Path) -> FakeEngine:
    """The engine of every program in this test; a model is installed."""
    scripted = FakeEngine()
    real = bootstrap.build

    def build(paths: Paths, **options: Any) -> bootstrap.Services:
        return real(paths, engine=scripted, **options)

    monkeypatch.setattr(bootstrap, "build", build)
    for name in ("small", "other"):
        folder = private_home / "models" / name
        folder.mkdir(parents=True)
        decoder = {"filename": "model.onnx", "num_hidden_layers": 1, "num_key_value_heads": 1}
        config = {"model": {"type": "llama", "context_length": 512, "decoder": decoder}}
        (folder / "genai_config.json").write_text(json.dumps(config))
        for file in ("model.onnx", "tokenizer.json", "tokenizer_config.json"):
            (folder / file).write_text("{}")
    return scripted


@pytest.fixture
def talk(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Talk:
    def call(lines: str, *arguments: str) -> Any:
        monkeypatch.setattr("sys.stdin", io.StringIO(lines))
        code = main(["chat", *arguments], no_window, unsealed)
        streams = capsys.readouterr()
        return code, streams.out, streams.err

    return call


def said(engine: FakeEngine, job: int) -> list[tuple[Role, str]]:
    return [(message.role, message.text) for message in engine.jobs[job].messages]


def test_the_conversation_so_far_goes_along(engine: FakeEngine, talk: Talk) -> None:
    engine.enqueue(scripted_answer("Hello Ada."))
    code, out, err = talk("I am Ada.\nWho am I?\n", "--system", "Be kind.")
    assert code == 0
    assert out == "Hello Ada.\nWho am I?\n"
    assert "not written to the history" in err
    assert said(engine, 1) == [
        (Role.SYSTEM, "Be kind."),
        (Role.USER, "I am Ada."),
        (Role.ASSISTANT, "Hello Ada."),
        (Role.USER, "Who am I?"),
    ]
    assert engine.is_closed


def test_new_forgets_and_system_instructs(engine: FakeEngine, talk: Talk) -> None:
    talk("one\n/new\n/system Be brief.\ntwo\n/system\nthree\n")
    assert said(engine, 1) == [(Role.SYSTEM, "Be brief."), (Role.USER, "two")]
    assert said(engine, 2)[0] == (Role.USER, "two")


def test_another_model_can_answer(engine: FakeEngine, talk: Talk) -> None:
    _, _, err = talk("one\n/model small\ntwo\n/model gone\nthree\n")
    assert [job.model_id for job in engine.jobs] == ["other", "small", "small"]
    assert "Model: small" in err
    assert '"gone"' in err


def test_lines_are_joined_and_slashes_can_be_sent(engine: FakeEngine, talk: Talk) -> None:
    talk("first\\\nsecond\n\n  \n//etc/hosts?\n/nonsense\n/quit\nnever\n")
    assert [job.messages[-1].text for job in engine.jobs] == ["first\nsecond", "/etc/hosts?"]


def test_a_failed_turn_is_told_and_the_next_one_answered(engine: FakeEngine, talk: Talk) -> None:
    error = AppError("It ended.", "Ask again.", code=ErrorCode.HOST_CRASHED)
    engine.enqueue([*scripted_answer("Half")[:3], Failed(error)])
    code, out, err = talk("one\ntwo\n")
    assert code == 1
    assert out == "Half\ntwo\n"
    assert "tacit: It ended. Ask again." in err
    assert (Role.ASSISTANT, "Half") in said(engine, 1)


def test_a_stopped_turn_keeps_what_was_said(engine: FakeEngine, talk: Talk) -> None:
    engine.enqueue([*scripted_answer("")[:1], TextDelta("Half"), Cancelled()])
    code, _, err = talk("one\ntwo\n")
    assert code == 0
    assert "Stopped." in err
    assert (Role.ASSISTANT, "Half") in said(engine, 1)


def test_as_json_all_turns_are_one_document(engine: FakeEngine, talk: Talk) -> None:
    code, out, _ = talk("one\ntwo\n", "--json")
    assert code == 0
    first, second = json.loads(out)["turns"]
    assert (first["question"], first["text"]) == ("one", "one")
    assert second["usage"]["completion_tokens"] == 1


def test_a_wrong_option_is_told_before_anything_is_asked(engine: FakeEngine, talk: Talk) -> None:
    code, out, err = talk("one\n", "--temperature", "9")
    assert code == 2
    assert out == ""
    assert "temperature is 9.0" in err
    assert engine.jobs == []
