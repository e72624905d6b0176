"""Measurements are kept per model, the latest first, and calibrate the estimate for others."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from app.core.errors import AppError
from app.models.trials import MOST_KEPT, Trial, Trials
from tests.fakes.model_folders import make
from tests.fakes.shelves import Home

TRIAL = Trial(
    at=1000.0, device="cpu", load_s=0.25, first_token_s=0.1, tokens_per_s=118.0, tokens=64,
    weight_bytes=86_000_000, memory_bytes=240_000_000,
)  # fmt: skip


@pytest.fixture
def trials(tmp_path: Path) -> Trials:
    return Trials(tmp_path / "trials.json")


def test_the_latest_come_first_and_the_oldest_go(trials: Trials) -> None:
    assert trials.of("a") == ()
    for at in range(MOST_KEPT + 5):
        trials.add("a", replace(TRIAL, at=float(at)))
    trials.add("b", TRIAL)
    kept = trials.of("a")
    assert (len(kept), kept[0].at) == (MOST_KEPT, MOST_KEPT + 4)
    trials.forget("a")
    assert (trials.of("a"), trials.of("b")) == ((), (TRIAL,))


def test_the_largest_model_on_the_processor_calibrates(trials: Trials) -> None:
    assert trials.efficiency(25e9) is None
    trials.add("graphics", replace(TRIAL, device="cuda", tokens_per_s=900.0))
    assert trials.efficiency(25e9) is None
    trials.add("starter", TRIAL)
    assert trials.efficiency(25e9) == pytest.approx(0.75 * 118 * 86e6 / 25e9)
    trials.add("large", replace(TRIAL, tokens_per_s=3.0, weight_bytes=2_500_000_000))
    assert trials.efficiency(25e9) == pytest.approx(0.3)


@pytest.mark.parametrize(
    "content", ["", "[]", '{"models": 3}', '{"models": {"a": 3, "b": [3, {"at": 1}]}}']
)
def test_a_broken_history_counts_as_empty(trials: Trials, content: str) -> None:
    trials._file.write_text(content)
    assert trials.of("a") == trials.of("b") == ()
    trials.add("a", TRIAL)
    assert trials.of("a") == (TRIAL,)


def test_a_history_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(AppError, match="could not be kept"):
        Trials(tmp_path / "file" / "trials.json").add("a", TRIAL)


def test_a_removed_model_has_no_history(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    make(home.main / "a")
    home.trials.add("a", TRIAL)
    home.manager.remove("a")
    assert home.trials.of("a") == ()
