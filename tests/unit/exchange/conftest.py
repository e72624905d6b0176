"""Two histories to carry conversations between."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.store.history import History
from tests.fakes.direct import Direct


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Direct]:
    history = History(tmp_path / "here" / "history.db")
    history.open()
    yield Direct(history)
    history.close()


@pytest.fixture
def there(tmp_path: Path) -> Iterator[Direct]:
    history = History(tmp_path / "there" / "history.db")
    history.open()
    yield Direct(history)
    history.close()
