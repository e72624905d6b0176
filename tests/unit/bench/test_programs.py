"""What a measurement starts, from a checkout and frozen."""

from __future__ import annotations

import subprocess
import sys

import pytest

from app.bench import programs


def test_from_a_checkout_it_is_a_module() -> None:
    assert programs.command("plain_loop", "model") == [
        sys.executable, "-P", "-m", "app.bench.plain_loop", "model",
    ]  # fmt: skip
    code = "import app.bench.programs, sys; sys.exit(app.bench.programs.run(['figures']))"
    done = subprocess.run([sys.executable, "-c", code], env=programs.environment(), check=False)
    assert done.returncode == 2


def test_the_frozen_program_is_it_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert programs.command("empty_window") == [sys.executable, programs.FLAG, "empty_window"]
    monkeypatch.delenv("PYTHONPATH", raising=False)
    assert "PYTHONPATH" not in programs.environment()
