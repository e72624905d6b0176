"""What is spent is counted before it is spent, and the limit is not passed."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.core.cloud import Price, Speech
from app.core.errors import AppError, ErrorCode
from app.core.events import Failed, Usage
from app.providers.cloud.costs import Costs, most_of
from tests.fakes.cloud_room import CloudRoom, request
from tests.fakes.clouds import Script

PRICE = Price(input_usd=3.0, output_usd=15.0)


async def test_an_answer_is_priced_by_its_figures(room: CloudRoom) -> None:
    room.price = PRICE
    events = await room.ask(room.service(Speech.ANTHROPIC))
    usage = next(event for event in events if isinstance(event, Usage))
    assert usage.cost_usd == pytest.approx((12 * 3 + 5 * 15) / 1e6)
    (month,) = room.costs.months()
    assert (month.provider, month.answers, month.unpriced) == ("anthropic", 1, 0)
    assert (month.prompt_tokens, month.completion_tokens) == (12, 5)
    assert month.cost_usd == pytest.approx(usage.cost_usd)
    assert month.estimated_usd == 0
    assert room.costs.spent() == pytest.approx(month.cost_usd)


async def test_an_answer_that_broke_off_is_estimated(room: CloudRoom) -> None:
    room.price = PRICE
    room.cloud.enqueue(Script(pieces=("1234", "5678", "9"), drop_after=2))
    events = await room.ask(room.service(Speech.ANTHROPIC))
    assert isinstance(events[-1], Failed)
    (month,) = room.costs.months()
    assert month.completion_tokens == 2
    assert month.estimated_usd == month.cost_usd > 0


async def test_an_unknown_price_is_said_to_be_unknown(room: CloudRoom) -> None:
    events = await room.ask(room.service(Speech.OPENAI))
    assert next(event for event in events if isinstance(event, Usage)).cost_usd is None
    assert room.costs.months()[0].unpriced == 1


async def test_an_unknown_price_keeps_no_limit(room: CloudRoom) -> None:
    room.limit_usd = 5.0
    error = await room.failure(room.service(Speech.OPENAI))
    assert error.code is ErrorCode.COST_LIMIT
    assert "tacit cloud price openai" in error.todo
    assert not room.cloud.requests


async def test_the_limit_stops_before_it_is_passed(room: CloudRoom) -> None:
    room.price = PRICE
    service = room.service(Speech.ANTHROPIC)
    most = most_of(room.provider(service).demand(request()), PRICE)
    room.limit_usd = most * 1.01
    await room.ask(service)
    error = await room.failure(service)
    assert error.code is ErrorCode.COST_LIMIT
    assert len(room.cloud.requests) == 1
    assert room.costs.spent() <= room.limit_usd


def test_together_they_do_not_pass_it_either(room: CloudRoom, tmp_path: Path) -> None:
    demand = room.provider(room.service(Speech.ANTHROPIC)).demand(request())
    limit = most_of(demand, PRICE) * 3.5
    books = [Costs(tmp_path / "costs.json") for _ in range(2)]

    def begin(number: int) -> ErrorCode | None:
        try:
            books[number % 2].begin(demand, PRICE, limit)
        except AppError as error:
            return error.code
        return None

    with ThreadPoolExecutor(8) as pool:
        codes = list(pool.map(begin, range(16)))
    assert (codes.count(None), codes.count(ErrorCode.COST_LIMIT)) == (3, 13)


def test_an_answer_whose_end_nobody_saw_counts_in_full(room: CloudRoom, tmp_path: Path) -> None:
    demand = room.provider(room.service(Speech.ANTHROPIC)).demand(request())
    Costs(tmp_path / "costs.json").begin(demand, PRICE, 0)
    assert Costs(tmp_path / "costs.json").spent() == pytest.approx(most_of(demand, PRICE))


def test_each_month_begins_anew(room: CloudRoom, tmp_path: Path) -> None:
    now = datetime(2026, 11, 30, 23, 59, tzinfo=UTC)
    costs = Costs(tmp_path / "costs.json", lambda: now)
    demand = room.provider(room.service(Speech.ANTHROPIC)).demand(request())
    account = costs.begin(demand, PRICE, 0)
    now = datetime(2026, 12, 1, tzinfo=UTC)
    account.settle(
        prompt_tokens=10, completion_tokens=10, written_characters=9, cost_usd=1.0,
        was_answered=True,
    )  # fmt: skip
    assert costs.spent() == 0
    assert costs.months()[0].month == "2026-11"


def test_no_token_is_shorter_than_a_byte(room: CloudRoom) -> None:
    demand = room.provider(room.service(Speech.ANTHROPIC)).demand(request("x" * 1000))
    assert most_of(demand, PRICE) >= (1000 * 3 + 100 * 15) / 1e6


@pytest.mark.parametrize("text", ["{", "[]", '{"months": [], "open": 1}', '{"months": [1]}'])
def test_a_broken_book_sends_nothing(room: CloudRoom, tmp_path: Path, text: str) -> None:
    file = tmp_path / "costs.json"
    file.write_text(text)
    demand = room.provider(room.service(Speech.ANTHROPIC)).demand(request())
    with pytest.raises(AppError, match="cannot be read"):
        Costs(file).begin(demand, PRICE, 1.0)
    assert file.read_text() == text


def test_the_book_holds_no_word(room: CloudRoom, tmp_path: Path) -> None:
    demand = room.provider(room.service(Speech.ANTHROPIC)).demand(request())
    Costs(tmp_path / "costs.json").begin(demand, PRICE, 0)
    text = (tmp_path / "costs.json").read_text()
    assert "CANARY" not in text
    assert demand.conversation not in text
    assert json.loads(text)["months"] == []
