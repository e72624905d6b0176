"""Tokens are drawn as temperature, top_p, top_k, penalty and seed say."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from app.core.errors import AppError
from app.core.messages import GenerationParameters
from app.engine.sampling import GREEDY, Drawing, Sampler, needs_sampler

SIZE = 20_003  # no multiple of a block


def scores(seed: int = 0, size: int = SIZE) -> NDArray[np.float32]:
    return np.random.default_rng(seed).normal(0, 3, size).astype(np.float32)


def draw(
    values: NDArray[np.float32], count: int = 300, prompt: tuple[int, ...] = (), **options: Any
) -> list[int]:
    parameters = GenerationParameters(
        **{"temperature": 1.0, "top_p": 1.0, "top_k": 0, "seed": 1, **options}
    )
    sampler = Sampler(parameters, prompt)
    return [sampler.choose(values) for _ in range(count)]


def best(values: NDArray[np.float32], count: int) -> set[int]:
    return set(np.argsort(-values)[:count].tolist())


@pytest.mark.parametrize("options", [{"top_k": 50}, {"top_p": 0.9}, {}, {"top_k": 5, "top_p": 0.5}])
def test_the_same_seed_gives_the_same_tokens(options: dict[str, Any]) -> None:
    assert draw(scores(), **options) == draw(scores(), **options)
    assert draw(scores(), **options) != draw(scores(), **{**options, "seed": 2})


def test_without_a_seed_every_answer_is_another() -> None:
    assert draw(scores(), seed=None) != draw(scores(), seed=None)


@pytest.mark.parametrize("top_k", [1, 5, 50, 700, 6_000])
def test_top_k_leaves_the_best_k(top_k: int) -> None:
    values = scores()
    assert set(draw(values, top_k=top_k)) <= best(values, top_k)


@pytest.mark.parametrize("peak", [0.0, 12.0])
def test_top_p_leaves_the_smallest_set_that_holds_p(peak: float) -> None:
    # Flat scores need more tokens than are tried first, peaked ones only a few.
    values = scores() * np.float32(0.1 if peak == 0 else 1)
    values[123] += peak
    weights = np.exp(values.astype(np.float64) - values.max())
    order = np.argsort(-weights)
    sums = np.cumsum(weights[order]) / weights.sum()
    kept = set(order[: int(np.searchsorted(sums, 0.6)) + 1].tolist())
    assert set(draw(values, top_p=0.6)) <= kept


def test_top_p_of_nothing_is_the_likeliest() -> None:
    assert set(draw(scores(), top_p=0.0)) == best(scores(), 1)


def test_tokens_come_as_often_as_they_are_likely() -> None:
    values = np.log(np.array([0.5, 0.3, 0.15, 0.05] + [1e-9] * 60, dtype=np.float32))
    for options in ({}, {"top_k": 4}, {"top_p": 0.999}):
        drawn = draw(values, 4_000, **options)
        shares = [drawn.count(token) / len(drawn) for token in range(4)]
        assert shares == pytest.approx([0.5, 0.3, 0.15, 0.05], abs=0.04)


def test_a_low_temperature_sharpens() -> None:
    values = np.log(np.array([0.6, 0.4], dtype=np.float32))
    assert draw(values, 500, temperature=0.05).count(0) > 490
    assert draw(values, 500, temperature=5.0).count(0) < 320


def test_temperature_zero_is_the_likeliest() -> None:
    assert set(draw(scores(), temperature=0.0, repetition_penalty=1.1)) >= best(scores(), 1)
    assert draw(scores(), 1, temperature=0.0) == list(best(scores(), 1))


def test_the_penalty_counts_the_prompt_and_the_answer() -> None:
    values = np.array([5.0, 4.0, 3.0, -1.0], dtype=np.float32)
    assert draw(values, 3, temperature=0.0, repetition_penalty=2.0) == [0, 1, 2]
    assert draw(values, 2, (0,), temperature=0.0, repetition_penalty=2.0) == [1, 2]
    assert values[0] == 5.0  # the model's own scores stay as they are


def test_the_penalty_lowers_negative_scores_too() -> None:
    values = np.array([-1.0, -1.5], dtype=np.float32)
    assert draw(values, 1, (0,), temperature=0.0, repetition_penalty=2.0) == [1]


@pytest.mark.parametrize("options", [{"temperature": 0.0}, {"top_k": 5}, {"top_p": 0.5}, {}])
def test_scores_that_are_no_numbers_are_an_error(options: dict[str, Any]) -> None:
    with pytest.raises(AppError, match="numbers"), np.errstate(all="ignore"):
        draw(np.full(300, np.nan, dtype=np.float32), 1, **options)


def sampler_for(generator: GenerationParameters, **options: Any) -> bool:
    wanted = replace(generator, **options)
    return needs_sampler(wanted, Drawing.of(generator))


def test_what_the_runtime_draws_by_itself() -> None:
    warm, greedy = GenerationParameters(), GenerationParameters(temperature=0)
    assert not sampler_for(warm)
    assert not sampler_for(warm, max_tokens=5, stop=("x",))
    assert sampler_for(warm, seed=1)
    assert sampler_for(replace(warm, top_k=0))
    assert sampler_for(warm, temperature=0.8)
    assert sampler_for(warm, temperature=0)
    assert sampler_for(warm, repetition_penalty=1.1)
    assert not sampler_for(greedy, seed=1, top_k=3, top_p=0.3)
    assert not sampler_for(greedy, temperature=0.7, top_p=0.0)
    assert Drawing.of(greedy) == GREEDY
