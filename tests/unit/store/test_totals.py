"""What was answered on this machine is added up, and nothing else is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from app.core.events import Usage
from app.core.messages import Role
from app.store.history import History
from app.store.totals import TokenTotals
from app.store.values import Provenance

USAGE = Usage(
    prompt_tokens=100,
    cached_tokens=60,
    completion_tokens=20,
    load_s=0.0,
    first_token_s=0.1,
    decode_tokens_per_s=40.0,
)


@pytest.fixture
def clock() -> list[float]:
    return [1000.0]


@pytest.fixture
def history(tmp_path: Path, clock: list[float]) -> History:
    made = History(tmp_path / "history.db", clock=lambda: clock[0])
    made.open()
    return made


def answer(history: History, usage: Usage | None, *, is_local: bool | None) -> str:
    made = history.create_conversation()
    message = history.add_message(made.id, None, Role.ASSISTANT, "So.")
    provenance = Provenance(is_local=is_local)
    history.update_message(message.id, usage=usage, provenance=provenance)
    return message.id


def test_only_local_answers_with_figures_count(history: History) -> None:
    answer(history, USAGE, is_local=True)
    answer(history, replace(USAGE, completion_tokens=5), is_local=True)
    answer(history, None, is_local=True)
    answer(history, USAGE, is_local=False)
    answer(history, USAGE, is_local=None)
    found = history.answered_here(0, 2000)
    history.close()
    assert found == TokenTotals(answers=2, prompt_tokens=200, completion_tokens=25)


def test_only_those_of_the_time_count(history: History, clock: list[float]) -> None:
    answer(history, USAGE, is_local=True)
    clock[0] = 3000.0
    answer(history, USAGE, is_local=True)
    before, within = history.answered_here(0, 1000), history.answered_here(1000, 3000)
    history.close()
    assert (before.answers, within.answers) == (0, 1)


def test_an_unknown_cost_stays_unknown(history: History) -> None:
    message = answer(history, replace(USAGE, cost_usd=None), is_local=False)
    usage = history.message(message).usage
    history.close()
    assert usage is not None
    assert usage.cost_usd is None
