"""Daily copies: one a day, seven kept, made beside the writer, called off by an erasure."""

from __future__ import annotations

import os
import shutil
import threading
from pathlib import Path

import pytest

from app.core.errors import AppError, ErrorCode
from app.core.messages import Role
from app.store import copying
from app.store.copies import Copies
from app.store.history import History

DAY_S = 86_400.0


class Clock:
    """A time that moves when told to."""

    def __init__(self) -> None:
        self.now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


def filled(history: History, count: int = 1) -> str:
    conversation = history.create_conversation("talk")
    with history.batch():
        for number in range(count):
            history.add_message(conversation.id, None, Role.USER, f"{number} words " * 50)
    return conversation.id


def test_one_copy_a_day_and_seven_are_kept(history: History, file: Path) -> None:
    clock = Clock()
    copies = Copies(file, clock)
    filled(history)
    for day in range(10):
        assert copies.make_due() is not None
        assert copies.make_due() is None
        history.create_conversation(f"day {day}")
        clock.now += DAY_S
    assert [copying.number_of(copy) for copy in copies.all()] == list(range(4, 11))
    newest = History(copies.all()[-1])
    newest.open()
    assert len(newest.conversations()) == 10
    newest.close()
    if os.name == "posix":
        assert copies.all()[-1].stat().st_mode & 0o077 == 0


def test_a_clock_that_goes_backwards_replaces_no_newer_copy(history: History, file: Path) -> None:
    clock = Clock()
    copies = Copies(file, clock)
    filled(history)
    first = copies.make_due()
    clock.now -= 3 * DAY_S
    second = copies.make_due()
    assert first is not None
    assert second is not None
    assert copies.all() == [first, second]


def test_nothing_is_copied_where_there_is_nothing(tmp_path: Path) -> None:
    assert Copies(tmp_path / "history.db").make_due() is None
    assert list(tmp_path.iterdir()) == []


def test_a_copy_is_of_one_moment_while_somebody_writes(history: History, file: Path) -> None:
    conversation = filled(history, 2000)
    made: list[Path | None] = []
    maker = threading.Thread(target=lambda: made.append(Copies(file).make_due()))
    maker.start()
    while maker.is_alive():
        history.add_message(conversation, None, Role.USER, "meanwhile")
    maker.join()
    (copy,) = made
    assert copy is not None
    other = History(copy)
    other.open()
    with other._db.read() as db:
        assert db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        assert db.execute("SELECT count(*) FROM message").fetchone()[0] >= 2000
    other.close()


def test_an_erasure_calls_off_the_copy_in_the_making(
    history: History, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(history, 500)
    reached, go_on = threading.Event(), threading.Event()
    monkeypatch.setattr(copying, "_PAGES_AT_ONCE", 1)
    stopping = copying._stopping

    def watched(is_wanted: object) -> object:
        inner = stopping(is_wanted)  # type: ignore[arg-type]

        def progress(status: int, remaining: int, total: int) -> None:
            reached.set()
            go_on.wait(10)
            inner(status, remaining, total)

        return progress

    monkeypatch.setattr(copying, "_stopping", watched)
    made: list[Path | None] = []
    maker = threading.Thread(target=lambda: made.append(history.copies.make_due()))
    maker.start()
    assert reached.wait(10)
    gone = history.create_conversation("gone").id
    history.delete_conversation(gone)
    threading.Timer(0.1, go_on.set).start()
    history.purge_deleted()
    maker.join(10)
    assert made == [None]
    assert history.copies.all() == []
    assert copying.unfinished(file) == []
    assert history.copies.make_due() is not None


def test_no_room_is_said_and_leaves_nothing(
    history: History, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(history)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: type("Usage", (), {"free": 1}))
    with pytest.raises(AppError) as caught:
        history.copies.make_due()
    assert caught.value.code is ErrorCode.DISK_FULL
    assert history.copies.all() == copying.unfinished(file) == []
