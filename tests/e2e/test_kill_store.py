"""A program killed at any moment leaves a history that opens and has all it was told of."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from app.core.messages import Role
from app.store.values import MessageState
from tests.e2e import kill_history
from tests.e2e.history_writer import WORD
from tests.e2e.kill_history import killed_after, reopened

KILLS = {"answers": 20, "imports": 6, "migrations": 6, "erasures": 6}


@pytest.mark.parametrize("kind", KILLS)
def test_nothing_that_was_stored_is_lost_when_the_program_is_killed(
    tmp_path: Path, kind: str
) -> None:
    chance = random.Random(7)
    for kill in range(KILLS[kind]):
        kill_history.KINDS[kind](tmp_path / str(kill) / "history.db", chance)


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
