"""Runs jobs on a history at once, where the program would hand them to its thread."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from app.store.history import History

T = TypeVar("T")


class Direct:
    """Has the history that it runs the jobs on."""

    def __init__(self, history: History) -> None:
        self.history = history

    def __call__(self, job: Callable[[History], T]) -> T:
        return job(self.history)
