"""Cycles with Qt objects in them are taken apart on the GUI thread, and nowhere else."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from app.ui.garbage import GuiThreadGarbage


class Node(QObject):
    """Holds itself."""

    def __init__(self, ended_on: list[int]) -> None:
        super().__init__()
        self.me = self
        weakref.finalize(self, lambda: ended_on.append(threading.get_ident()))


@pytest.fixture
def garbage(qtbot: QtBot) -> Iterator[GuiThreadGarbage]:
    made = GuiThreadGarbage()
    yield made
    made.stop()


def allocate() -> None:
    """Enough to make Python collect, where it may."""
    kept = [[number] for number in range(200_000)]
    del kept


def test_a_worker_never_collects(garbage: GuiThreadGarbage) -> None:
    ended_on: list[int] = []
    Node(ended_on)
    worker = threading.Thread(target=allocate)
    worker.start()
    worker.join()
    assert ended_on == []
    gc.collect()
    assert ended_on == [threading.get_ident()]


def test_the_timer_collects_what_is_due(garbage: GuiThreadGarbage) -> None:
    ended_on: list[int] = []
    gc.collect()
    Node(ended_on)
    kept = [[number] for number in range(2_000)]
    garbage.check()
    assert ended_on == [threading.get_ident()]
    del kept


def test_afterwards_python_collects_by_itself_again(qtbot: QtBot) -> None:
    made = GuiThreadGarbage()
    assert not gc.isenabled()
    made.stop()
    assert gc.isenabled()
