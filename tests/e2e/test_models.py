"""The real program and the real starter model: verified at load, and sent to another computer."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.model_folders import flip

ROOT = Path(__file__).parents[2]
MODEL = "smollm2-135m-instruct"
PATIENCE_S = 180


def tacit(*arguments: str, home: Path) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "app", *arguments, "--data-dir", str(home)],
        cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE_S, check=False,
        stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert "Traceback" not in done.stdout + done.stderr
    return done


def document(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    assert done.returncode == 0, done.stderr
    value: dict[str, Any] = json.loads(done.stdout)
    return value


@pytest.fixture
def home(tmp_path: Path, starter_model: Path) -> Path:
    """A data root with a copy of the starter model that a test may damage."""
    home = tmp_path / "home"
    tacit("models", "import", str(starter_model), "--name", "SmolLM2", "--json", home=home)
    return home


def test_a_flipped_byte_is_found_and_the_model_is_not_loaded(home: Path) -> None:
    [model] = document(tacit("models", "list", "--json", home=home))["models"]
    assert model["verified"] == "yes"
    folder = Path(model["folder"])
    question = ("ask", "What is the capital of France?", "--max-tokens", "8", "--json")
    assert document(tacit(*question, home=home))["finish_reason"] in {"stop", "length"}
    flip(folder / "model.onnx.data", 50_000_000)
    refused = tacit(*question, home=home)
    assert refused.returncode == 1
    assert "model.onnx.data does not hold the bytes that it should" in refused.stderr
    assert "Verify and repair it" in refused.stderr
    verified = tacit("models", "verify", "--repair", "--json", home=home)
    assert verified.returncode == 1
    [result] = json.loads(verified.stdout)["models"]
    assert [file["name"] for file in result["missing"]] == ["model.onnx.data"]
    [broken] = document(tacit("models", "list", "--json", home=home))["models"]
    assert "model.onnx.data is missing" in broken["problem"]["what"]


def test_a_model_reaches_another_computer_as_one_file_and_answers(
    home: Path, tmp_path: Path
) -> None:
    sent = document(tacit("models", "export", "smollm2", str(tmp_path), "--json", home=home))
    other = tmp_path / "other"
    arrived = document(tacit("models", "import", sent["file"], "--json", home=other))
    assert arrived["verified"] == "yes"
    trial = document(tacit("models", "try", arrived["id"], "--json", home=other))
    assert trial["tokens_per_s"] > 0
    assert trial["memory_bytes"] > 50_000_000
    shown = document(tacit("models", "show", arrived["id"], "--json", home=other))
    assert shown["trials"][0]["device"] == "cpu"
    assert "<|im_end|>" in [token["text"] for token in shown["special_tokens"]]
    assert shown["fit"]["verdict"] == "fits"
