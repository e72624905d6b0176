"""The place where the parts of a self-test are tried."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.selftest.ground import Ground


@pytest.fixture
def ground(tmp_path: Path) -> Ground:
    made = Ground(tmp_path / "trial")
    made.root.mkdir()
    made.prepare()
    return made
