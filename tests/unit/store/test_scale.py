"""The work of opening, listing and paging does not grow with the history.

Counted in steps of SQLite's own machine, which no busy computer can change.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from app.store import connecting, database
from app.store.history import History
from app.store.migrations import MIGRATIONS

SMALL, LARGE = 200, 20_000


class Steps:
    """Counts the steps that a piece of work costs, in hundreds."""

    def __init__(self, history: History) -> None:
        self._history = history
        self._count = 0

    def of(self, work: Callable[[], object]) -> int:
        self._count = 0
        with self._history._db.read() as connection:
            connection.set_progress_handler(self._step, 100)
            work()
            connection.set_progress_handler(None, 100)
        return self._count

    def _step(self) -> int:
        self._count += 1
        return 0


def grown(file: Path, size: int) -> tuple[History, str, str]:
    """A history with `size` conversations and `size` messages in one path of the first."""
    history = History(file)
    history.open()
    conversation = history.create_conversation().id
    rows = [(str(n), conversation, str(n - 1) if n else None, n, "x" * 50) for n in range(size)]
    with history._db.write() as connection:
        connection.executemany(
            "INSERT INTO message (id, conversation_id, parent_id, chosen, text, role, state, "
            "created_at) VALUES (?, ?, ?, ?, ?, 'user', 'complete', 0)",
            rows,
        )
        connection.executemany(
            "INSERT INTO conversation (id, activity, created_at, updated_at) VALUES (?, ?, 0, 0)",
            [(f"c{n}", n + 2) for n in range(size)],
        )
        last = str(size - 1)
        connection.execute("UPDATE conversation SET leaf_id = ? WHERE id = ?", (last, conversation))
    return history, conversation, last


def costs(file: Path, size: int) -> dict[str, int]:
    history, conversation, last = grown(file, size)
    steps = Steps(history)
    half = str(size // 2)
    result = {
        "list": steps.of(lambda: history.conversations(50)),
        "last page": steps.of(lambda: history.page(conversation, limit=50)),
        "middle page": steps.of(lambda: history.page(conversation, half, 50)),
        "first page": steps.of(lambda: history.page(conversation, "30", 50)),
        "message": steps.of(lambda: history.message(half)),
        "recovery": steps.of(
            lambda: history._db._opened().execute(
                "UPDATE message SET state = 'interrupted' WHERE state = 'streaming'"
            )
        ),
        "ask": steps.of(lambda: history.add_message(conversation, last, "user", "x")),  # type: ignore[arg-type]
        "save": steps.of(lambda: history.update_message(last, text="longer")),
        "delete": steps.of(lambda: history.restore_message(history.delete_message(half))),
        "create": steps.of(history.create_conversation),
        "nothing to erase": steps.of(history.purge_deleted),
    }
    history.close()
    return result


def test_the_work_does_not_depend_on_the_size(tmp_path: Path) -> None:
    small = costs(tmp_path / "small.db", SMALL)
    large = costs(tmp_path / "large.db", LARGE)
    for name, steps in small.items():
        assert large[name] <= steps * 1.5 + 20, f"{name}: {steps} steps became {large[name]}"


def test_opening_reads_no_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "large.db"
    grown(file, LARGE)[0].close()
    asked: list[str] = []
    connect = connecting.connect

    def watched(*arguments: object, **options: object) -> object:
        connection = connect(*arguments, **options)  # type: ignore[arg-type]
        connection.set_trace_callback(asked.append)
        return connection

    monkeypatch.setattr(database, "connect", watched)
    history = History(file, steps=MIGRATIONS)
    history.open()
    history.close()
    tables = [s for s in asked if " message" in s or " conversation" in s or "check" in s.lower()]
    assert [
        s
        for s in tables
        if "state = 'streaming'" not in s and "unindexed" not in s and "checkpoint" not in s
    ] == []
    # At most 64 texts that wait for the search index are looked at.
    assert len(tables) == 3
