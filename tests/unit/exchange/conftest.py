"""Two histories to carry conversations between."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest

from app.store.history import History

T = TypeVar("T")


class Direct:
    """Runs jobs on a history at once."""

    def __init__(self, history: History) -> None:
        self.history = history

    def __call__(self, job: Callable[[History], T]) -> T:
        return job(self.history)


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
