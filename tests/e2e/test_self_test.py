"""The self-test of a real installation, whole and damaged."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
PARTS = (
    "resources model answer seal courier services history keyring updates window silence"
).split()


@pytest.fixture
def installed(private_home: Path, starter_model: Path) -> Path:
    """The starter model where a checkout has it; an installer brings it along."""
    place = private_home / "models" / "smollm2-135m-instruct"
    shutil.copytree(starter_model, place)
    return place


def self_test(home: Path, temporary: Path) -> tuple[int, dict[str, Any]]:
    temporary.mkdir()
    done = subprocess.run(
        [sys.executable, "-m", "app", "self-test", "--json"],
        cwd=ROOT,
        env={**os.environ, "TACIT_HOME": str(home), "TMPDIR": str(temporary)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    parts = {part["name"]: part for part in json.loads(done.stdout)["parts"]}
    assert list(parts) == PARTS
    assert list(temporary.iterdir()) == []
    return done.returncode, parts


def test_a_whole_installation_passes_and_leaves_nothing(
    private_home: Path, installed: Path, tmp_path: Path
) -> None:
    code, parts = self_test(private_home, tmp_path / "tmp")
    assert [part for part in parts.values() if not part["passed"]] == []
    assert code == 0
    assert "tokens on cpu" in parts["answer"]["sentence"]
    assert not (private_home / "history.db").exists(), "the person's own data is left alone"


def test_a_damaged_model_is_found_and_the_rest_is_tried_all_the_same(
    private_home: Path, installed: Path, tmp_path: Path
) -> None:
    with (installed / "model.onnx.data").open("r+b") as file:
        file.write(b"\xff" * 64)
    code, parts = self_test(private_home, tmp_path / "tmp")
    assert code == 1
    assert {name for name, part in parts.items() if not part["passed"]} >= {"model", "answer"}
    assert "damaged" in parts["model"]["sentence"]
    assert parts["window"]["passed"]
