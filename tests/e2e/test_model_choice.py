"""The real program and the real model: a device for one model, and two models compared."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.e2e.test_models import document, tacit

QUESTION = "What is the capital of France?"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, starter_model: Path) -> Path:
    """A data root with the starter model under two names; nothing in it is damaged."""
    home = tmp_path_factory.mktemp("home")
    for name in ("One", "Two"):
        reference = ("models", "import", str(starter_model), "--name", name, "--json")
        document(tacit(*reference, home=home))
    return home


def test_a_device_is_tried_and_kept_for_every_command(home: Path) -> None:
    kept = document(
        tacit("models", "device", "one", "--set", "cpu", "--threads", "1", "--context", "640",
              "--json", home=home)
    )  # fmt: skip
    assert (kept["device"], kept["threads"], kept["context_limit"]) == ("cpu", 1, 640)
    assert kept["trial"]["used"] == "cpu"
    assert kept["trial"]["memory_bytes"] > 50_000_000
    assert {key: kept["devices"][0][key] for key in ("name", "available")} == {
        "name": "cpu",
        "available": True,
    }
    # The cap holds for answers: a question that does not fit into it is refused.
    long = "word " * 2000
    refused = tacit("ask", long, "--model", "one", "--json", home=home)
    assert json.loads(refused.stdout)["error"]["code"] == "prompt-too-long"
    taken = tacit("ask", f"{long} Say yes.", "--model", "two", "--max-tokens", "4", home=home)
    assert taken.returncode == 0, taken.stderr
    usual = document(tacit("models", "device", "one", "--usual", "--json", home=home))
    assert (usual["device"], usual["threads"]) == ("", 0)


def test_a_device_that_is_not_here_is_refused_in_words(home: Path) -> None:
    refused = tacit("models", "device", "two", "--set", "cuda", home=home)
    assert refused.returncode == 1
    assert "NVIDIA graphics (CUDA) cannot be used because" in refused.stderr
    assert "tacit models device two --set cpu" in refused.stderr
    assert document(tacit("models", "device", "two", "--json", home=home))["device"] == ""
    assert tacit("models", "device", "two", "--set", "abacus", home=home).returncode == 1
    assert tacit("models", "device", "two", "--threads", "-1", home=home).returncode == 2
    assert tacit("models", "device", "two", "--usual", "--set", "cpu", home=home).returncode == 2


@pytest.mark.parametrize("way", [(), ("--one-by-one",)])
def test_two_models_are_compared(home: Path, way: tuple[str, ...]) -> None:
    asked = ("compare", "one", "two", QUESTION, "--max-tokens", "12", "--temperature", "0")
    found = document(tacit(*asked, *way, "--json", home=home))
    assert found["arrangement"]["together"] is (way == ())
    one, two = found["answers"]
    assert (one["model"], two["model"]) == ("one", "two")
    # The same bytes give the same words.
    assert one["text"] == two["text"]
    assert "Paris" in one["text"]
    for answer in (one, two):
        assert answer["timing"]["first_token_s"] > 0
        assert answer["timing"]["decode_tokens_per_s"] > 0


def test_a_comparison_in_words(home: Path) -> None:
    done = tacit("compare", "one", "two", QUESTION, "--max-tokens", "12", home=home)
    assert done.returncode == 0, done.stderr
    assert "== one\n" in done.stdout
    assert "== two\n" in done.stdout
    assert done.stdout.count("a second on cpu, the first after") == 2
    assert "share the processor" in done.stderr
    assert tacit("compare", "one", "one", QUESTION, home=home).returncode == 2
    assert tacit("compare", "one", "gone", QUESTION, home=home).returncode == 1
