"""Prices: the person's word first, then the provider's list, then the dated table."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from app.core.cloud import Price, Service, Speech
from app.core.errors import AppError
from app.paths import resources_dir
from app.providers.cloud.prices import FILE, Prices

SERVICE = Service(
    name="anthropic", label="Anthropic", speech=Speech.ANTHROPIC, address="https://a.example",
    host="a.example", is_local=False, is_on=True, model="", secret="anthropic",
)  # fmt: skip
LISTED = Price(input_usd=1.0, output_usd=2.0, source="the list")


@pytest.fixture
def prices(tmp_path: Path) -> Prices:
    def listed(service: str, model: str) -> Price | None:
        return LISTED if model == "listed" else None

    return Prices(resources_dir() / FILE, tmp_path / FILE, listed)


def test_the_table_knows_dated_names_as_well(prices: Prices) -> None:
    plain = prices.price(SERVICE, "claude-haiku-4-5")
    dated = prices.price(SERVICE, "claude-haiku-4-5-20251001")
    assert (
        plain
        == dated
        == Price(input_usd=1.0, output_usd=5.0, source=f"the table of {prices.dated}")
    )
    assert prices.price(SERVICE, "nobody-knows") is None
    assert prices.dated == "2026-11-25"


def test_the_person_goes_before_the_provider(prices: Prices) -> None:
    assert prices.price(SERVICE, "listed") == LISTED
    prices.correct("anthropic", "listed", (0.5, 0.75))
    corrected = prices.price(SERVICE, "listed")
    assert corrected == Price(input_usd=0.5, output_usd=0.75, source="you")
    prices.correct("anthropic", "listed", None)
    assert prices.price(SERVICE, "listed") == LISTED


def test_what_runs_here_costs_nothing(prices: Prices) -> None:
    here = prices.price(replace(SERVICE, is_local=True), "anything")
    assert here is not None
    assert (here.input_usd, here.output_usd) == (0.0, 0.0)


@pytest.mark.parametrize("price", [(-1.0, 2.0), (float("nan"), 1.0), (1.0, 1e9)])
def test_what_is_no_price_is_refused(prices: Prices, price: tuple[float, float]) -> None:
    with pytest.raises(AppError, match="no price"):
        prices.correct("anthropic", "x", price)


@pytest.mark.parametrize("text", ["{", "[]", '{"prices": 1}', '{"prices": {"a": {"b": ["x", 1]}}}'])
def test_a_broken_correction_is_told(prices: Prices, tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_text(text)
    with pytest.raises(AppError, match="cannot be read"):
        prices.price(SERVICE, "claude-haiku-4-5")


def test_other_words_of_the_person_stay(prices: Prices, tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(
        json.dumps({"note": "mine", "prices": {"openrouter": {"x": [1, 2]}}})
    )
    prices.correct("anthropic", "y", (1.0, 2.0))
    document = json.loads((tmp_path / FILE).read_text())
    assert document["note"] == "mine"
    assert document["prices"]["openrouter"] == {"x": [1.0, 2.0]}
