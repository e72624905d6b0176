"""A history in a folder of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.store.history import History


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "data" / "history.db"


@pytest.fixture
def history(file: Path) -> Iterator[History]:
    history = History(file)
    history.open()
    yield history
    history.close()
