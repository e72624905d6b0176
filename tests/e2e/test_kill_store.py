"""A program killed at any moment leaves a history that opens and has all it was told of."""

from __future__ import annotations

import random
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from app.core.messages import Role
from app.store.history import History
from app.store.values import MessageState, StoredMessage

ROOT = Path(__file__).parents[2]
WORD = "word "
KILLS = 20


def killed_after(file: Path, what: str, lines: int, then_s: float) -> tuple[list[list[str]], float]:
    """Run the writer, kill it some time after it said `lines` lines; all it said, and when."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.e2e.history_writer", str(file), what],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    ) as writer:
        assert writer.stdout is not None
        said: list[str] = [writer.stdout.readline() for _ in range(lines)]
        reading = threading.Thread(target=lambda: said.extend(writer.stdout or ()))
        reading.start()
        time.sleep(then_s)
        writer.kill()
        at = time.monotonic()
        writer.wait(10)
        reading.join(10)
    # The last line may be half a line, of something that was stored all the same.
    return [line.split() for line in said if line.endswith("\n")], at


def reopened(file: Path) -> dict[str, StoredMessage]:
    history = History(file)
    history.open()
    with history._db.read() as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        assert connection.execute("PRAGMA foreign_key_check").fetchone() is None
    path = [m for c in history.conversations() for m in history.path(c.id)]
    history.close()
    return {message.id: message for message in path}


def test_nothing_that_was_stored_is_lost_when_the_program_is_killed(tmp_path: Path) -> None:
    chance = random.Random(7)
    for kill in range(KILLS):
        file = tmp_path / str(kill) / "history.db"
        lines = chance.choice([1, 2, 29, 30, 31, 32, 33])
        said, _ = killed_after(file, "store", lines, chance.random() * 0.05)
        stored = reopened(file)
        counts: dict[str, int] = {}
        for what, message_id, *rest in said:
            assert message_id in stored
            if what == "question":
                assert stored[message_id].text == "question"
            elif what == "answer":
                counts[message_id] = int(rest[0])
            else:
                assert stored[message_id].state is MessageState.COMPLETE
        for message_id, count in counts.items():
            # One write may have been done and not yet told of.
            assert stored[message_id].text in {WORD * count, WORD * (count + 1)}
        states = [message.state for message in stored.values()]
        assert MessageState.STREAMING not in states
        assert states.count(MessageState.INTERRUPTED) <= 1


@pytest.mark.parametrize("then_s", [0.1, 0.9, 3.0])
def test_a_killed_answer_keeps_all_but_its_last_second(tmp_path: Path, then_s: float) -> None:
    file = tmp_path / "history.db"
    said, killed_at = killed_after(file, "session", 3, then_s)
    (question_id, answer_id), words = [line[1] for line in said[:2]], said[2:]
    stored = reopened(file)
    assert stored[question_id].role is Role.USER
    assert stored[question_id].text == "question"
    answer = stored[answer_id]
    assert answer.state is MessageState.INTERRUPTED
    kept = len(answer.text) // len(WORD)
    assert answer.text == WORD * kept
    # The promise is a second; another one is for a machine that is busy with other things.
    old = [line for line in words if float(line[2]) < killed_at - 2.0]
    assert kept >= len(old)
    if then_s > 1:
        assert kept > 0
