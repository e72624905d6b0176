"""Every figure that has a goal meets it; run by hand on a quiet machine, never with the tests:

pytest -o addopts=--import-mode=importlib tests/benchmarks
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", ["engine", "startup", "store", "ui"])
def test_goals_hold(name: str, home_with_model: Path) -> None:
    command = [sys.executable, "-m", "app", "bench", name, "--json"]
    command += ["--data-dir", str(home_with_model)]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=900, check=False
    )
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)["figures"]
    missed = [figure for figure in figures if figure["holds"] is False]
    assert any(figure["holds"] for figure in figures)
    assert missed == []
