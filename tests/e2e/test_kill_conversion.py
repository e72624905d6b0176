"""A conversion killed at any moment leaves one whole history that opens."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from app.core.history_key import HistoryKey
from app.store.history import History
from tests.e2e import kill_conversion
from tests.e2e.converter import KEY, OneKey

# More of them: TACIT_KILLS=1000 python -m pytest tests/e2e/test_kill_conversion.py
KILLS = int(os.environ.get("TACIT_KILLS", "12"))
MOST_STEPS = 300


def test_a_kill_at_any_moment_leaves_one_whole_history(tmp_path: Path) -> None:
    encrypted = kill_conversion.kills(tmp_path, KILLS, random.Random(7))
    assert 0 < encrypted < KILLS, "both directions were met"


@pytest.mark.parametrize(
    ("key", "more"),
    [(None, ()), (KEY, ()), (None, ("no-links",))],
    ids=["encrypting", "decrypting", "without links"],
)
def test_ending_at_each_step_on_the_disk_leaves_one_whole_history(
    tmp_path: Path, key: HistoryKey | None, more: tuple[str, ...]
) -> None:
    folder = tmp_path / "made"
    folder.mkdir()
    made = kill_conversion.make(folder)
    if key is not None:
        history = History(made, keys=OneKey())
        history.open()
        history.encryption.switch_on(key)
        history.close()
    outcomes: list[bool] = []
    for step in range(MOST_STEPS):
        file = kill_conversion.copy_of(made, tmp_path / str(step))
        if not kill_conversion.ends_at(file, step, *more):
            break
        outcomes.append(kill_conversion.look(file))
    else:
        pytest.fail("the conversion never ends")
    # First it is as it was, from one step on it is what it was to be.
    assert outcomes == sorted(outcomes, reverse=key is not None)
    assert set(outcomes) == {True, False}
    assert len(outcomes) > 20
