"""`tacit personas`, `tacit prompts`, and what `ask` and `chat` make of them."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app import bootstrap
from app.cli.main import main
from app.core.messages import Role
from app.engine.fake import FakeEngine, scripted_answer
from app.logs import Logging
from app.paths import Paths
from tests.fakes.protection import unsealed

Tacit = Callable[..., tuple[int, str, str]]


def no_window(_paths: Paths, _logs: Logging) -> int:
    raise AssertionError


@pytest.fixture
def tacit(capsys: pytest.CaptureFixture[str], private_home: Path) -> Tacit:
    def run(*arguments: str) -> tuple[int, str, str]:
        code = main(arguments, no_window, unsealed)
        out, err = capsys.readouterr()
        return code, out, err

    return run


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch, private_home: Path) -> FakeEngine:
    """The engine of every program in this test; a model is installed."""
    scripted = FakeEngine()
    real = bootstrap.build

    def build(paths: Paths, **options: Any) -> bootstrap.Services:
        return real(paths, engine=scripted, **options)

    monkeypatch.setattr(bootstrap, "build", build)
    folder = private_home / "models" / "small"
    folder.mkdir(parents=True)
    decoder = {"filename": "model.onnx", "num_hidden_layers": 1, "num_key_value_heads": 1}
    config = {"model": {"type": "llama", "context_length": 512, "decoder": decoder}}
    (folder / "genai_config.json").write_text(json.dumps(config))
    for file in ("model.onnx", "tokenizer.json", "tokenizer_config.json"):
        (folder / file).write_text("{}")
    return scripted


def test_a_persona_is_made_shown_changed_and_forgotten(tacit: Tacit) -> None:
    assert tacit("personas", "add", "Cook", "--system", "Be brief.", "--icon", "C")[0] == 0
    assert tacit("personas", "edit", "cook", "--temperature", "0.2", "--rename", "Chef")[0] == 0
    code, out, _ = tacit("personas", "show", "CHEF", "--json")
    shown = json.loads(out)
    assert code == 0
    assert shown["system_prompt"] == "Be brief."
    assert shown["parameters"] == {"temperature": 0.2}
    assert "C Chef" in tacit("personas", "list")[1]
    assert json.loads(tacit("personas", "remove", "chef", "--json")[1]) == {"removed": "Chef"}
    assert json.loads(tacit("personas", "list", "--json")[1]) == {"personas": []}


def test_what_cannot_be_is_said_in_a_sentence(tacit: Tacit) -> None:
    assert tacit("personas", "show", "nobody")[0] == 2
    code, _, err = tacit("personas", "add", "Hot", "--temperature", "9")
    assert code == 2
    assert "temperature is 9.0" in err
    assert "Traceback" not in err


def test_they_are_passed_on_in_a_file(tacit: Tacit, tmp_path: Path) -> None:
    file = str(tmp_path / "mine.json")
    tacit("personas", "add", "Cook", "--seed", "5")
    tacit("prompts", "add", "letter", "Write to {{whom}}.")
    assert "2 written" in tacit("personas", "export", file)[1]
    tacit("prompts", "remove", "letter")
    report = json.loads(tacit("personas", "import", file, "--json")[1])
    assert report == {"new": 1, "known": 1, "left_out": []}
    assert tacit("prompts", "show", "letter")[1] == "Write to {{whom}}.\n"


def test_a_persona_answers_and_options_go_before_it(tacit: Tacit, engine: FakeEngine) -> None:
    tacit("personas", "add", "Cook", "--system", "Be brief.", "--top-k", "3", "--seed", "5")
    engine.enqueue(scripted_answer("Yes."))
    assert tacit("ask", "--persona", "cook", "--seed", "7", "Soup?")[0] == 0
    job = engine.jobs[-1]
    assert job.messages[0].text == "Be brief."
    assert (job.parameters.top_k, job.parameters.seed) == (3, 7)


def test_a_saved_prompt_is_asked_with_its_gaps_filled(tacit: Tacit, engine: FakeEngine) -> None:
    tacit("prompts", "add", "letter", "Write to {{whom}}.")
    engine.enqueue(scripted_answer("Dear Ann."))
    assert tacit("ask", "--use", "letter", "--with", "whom=Ann=x", "Be kind.")[0] == 0
    assert engine.jobs[-1].messages[-1].text == "Write to Ann=x.\n\nBe kind."
    assert "whom" in tacit("ask", "--use", "letter")[2]
    assert "--use" in tacit("ask", "--with", "whom=Ann", "Hello")[2]


def test_a_conversation_in_the_terminal_changes_its_persona(
    tacit: Tacit, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    tacit("personas", "add", "Cook", "--system", "Be brief.")
    for _ in range(2):
        engine.enqueue(scripted_answer("Yes."))
    lines = "/persona cook\nSoup?\n/persona\nSalad?\n/persona nobody\n"
    monkeypatch.setattr("sys.stdin", io.StringIO(lines))
    _, _, err = tacit("chat")
    assert "There is no persona nobody." in err
    assert engine.jobs[0].messages[0].text == "Be brief."
    assert engine.jobs[1].messages[0].role is Role.USER
