"""What holds for every test: a silent runtime, a private data folder, no thread left behind."""

from __future__ import annotations

from app.process import environment

environment.apply()

import os  # noqa: E402  (the environment must be set before anything else is imported)
import threading  # noqa: E402
import time  # noqa: E402
from collections.abc import Iterator  # noqa: E402
from pathlib import Path  # noqa: E402

import pytest  # noqa: E402

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


@pytest.fixture(autouse=True)
def private_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Every test has a data root of its own; nothing touches the developer's."""
    home = tmp_path / "tacit-home"
    monkeypatch.setenv("TACIT_HOME", str(home))
    return home


@pytest.fixture(autouse=True)
def no_thread_left(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fails a test that leaves a thread of its own running."""
    before = set(threading.enumerate())
    yield
    deadline = time.monotonic() + 2.0
    while time.monotonic() < deadline:
        left = [t for t in threading.enumerate() if t not in before and t.is_alive()]
        if not left:
            return
        time.sleep(0.01)
    pytest.fail(f"threads left running after the test: {[t.name for t in left]}")
