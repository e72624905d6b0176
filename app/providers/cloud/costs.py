"""What answers from elsewhere cost, month by month, and the limit that is not passed.

Before a question leaves, the most that its answer can cost is written down; afterwards that is
replaced by what it did cost. So two windows cannot pass the limit together, and an answer whose
end nobody saw counts in full. The book holds no word of a conversation.
"""

from __future__ import annotations

import contextlib
import json
import secrets
import threading
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app.core.cloud import Demand, MonthCost, Price
from app.core.errors import AppError, ErrorCode
from app.core.files import replace_text
from app.process import locks
from app.process.plain import ProtocolError, from_plain

FILE = "cloud-costs.json"

_LOCK_S = 5.0
_MOST_TOKENS = 8192  # where no limit is set, a service is asked for no more
_ROOM = 64  # what a protocol adds around a message, in tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class _Open:
    """An answer that is under way, with the most that it can cost."""

    month: str
    provider: str
    usd: float


@dataclass
class _Book:
    months: dict[tuple[str, str], MonthCost] = field(default_factory=dict)
    open: dict[str, _Open] = field(default_factory=dict)


class Costs:
    """The book of costs; any thread and any process may write. `now` gives the time.

    With `file` None it is kept in memory. Everything blocks, for as long as the file takes.
    """

    def __init__(
        self, file: Path | None, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._file = file
        self._now = now
        self._lock = threading.Lock()
        self._in_memory = _Book()

    def months(self) -> tuple[MonthCost, ...]:
        """What each provider cost in each month, the newest first; raises `AppError`."""
        with self._lock:
            book = self._read()
        return tuple(sorted(book.months.values(), key=lambda m: (m.month, m.provider))[::-1])

    def spent(self) -> float:
        """US dollars of this month, with the most that open answers can cost."""
        with self._lock:
            return _spent(self._read(), self._month())

    def begin(self, demand: Demand, price: Price | None, limit_usd: float) -> CostAccount:
        """Write down the most that the answer can cost.

        `limit_usd` is for the month; 0 sets none. Raises `AppError` COST_LIMIT where the answer
        could pass it, or where its price is not known.
        """
        service, month, number = demand.service, self._month(), secrets.token_hex(8)
        if price is None and limit_usd > 0:
            raise _unpriced(demand)
        most = 0.0 if price is None else most_of(demand, price)
        with self._changing() as book:
            spent = _spent(book, month)
            if limit_usd > 0 and spent + most > limit_usd:
                raise _limit(limit_usd, spent, most)
            book.open[number] = _Open(month=month, provider=service.name, usd=most)
        return CostAccount(self, number, demand, price)

    def settle(
        self, number: str, *, prompt: int, completion: int, usd: float | None, is_estimate: bool
    ) -> None:
        """Put what an open answer did cost in its place; raises `AppError`."""
        with self._changing() as book:
            if (opened := book.open.pop(number, None)) is None:
                return
            key = opened.month, opened.provider
            old = book.months.get(key) or MonthCost(month=opened.month, provider=opened.provider)
            cost = usd or 0.0
            book.months[key] = replace(
                old,
                answers=old.answers + 1,
                prompt_tokens=old.prompt_tokens + prompt,
                completion_tokens=old.completion_tokens + completion,
                cost_usd=old.cost_usd + cost,
                estimated_usd=old.estimated_usd + (cost if is_estimate else 0.0),
                unpriced=old.unpriced + (usd is None),
            )

    def forget(self, number: str) -> None:
        """An answer that was refused costs nothing; raises `AppError`."""
        with self._changing() as book:
            book.open.pop(number, None)

    def _month(self) -> str:
        return self._now().strftime("%Y-%m")

    @contextlib.contextmanager
    def _changing(self) -> Iterator[_Book]:
        try:
            with self._lock, self._held():
                book = self._read()
                yield book
                self._write(book)
        except (OSError, locks.TakenError):
            raise AppError(
                "The costs could not be written down, so nothing is sent.",
                "Free some space, or check the permissions of the data folder.",
                code=ErrorCode.STORE_UNWRITABLE,
            ) from None

    @contextlib.contextmanager
    def _held(self) -> Iterator[None]:
        if self._file is None:
            yield
            return
        with locks.exclusive(self._file.with_name(f"{self._file.name}.lock"), _LOCK_S):
            yield

    def _read(self) -> _Book:
        if self._file is None:
            return self._in_memory
        try:
            document = json.loads(self._file.read_text(encoding="utf-8"))
            months = [from_plain(MonthCost, plain) for plain in document["months"]]
            opened = {str(k): from_plain(_Open, v) for k, v in document["open"].items()}
        except FileNotFoundError:
            return _Book()
        except (OSError, ValueError, KeyError, TypeError, AttributeError, ProtocolError):
            # Not begun anew: the limit would be forgotten with it.
            raise AppError(
                f"The book of costs ({self._file.name}) cannot be read, so nothing is sent.",
                "Delete it in the data folder to begin a new one.",
                code=ErrorCode.STORE_BROKEN,
            ) from None
        return _Book({(m.month, m.provider): m for m in months}, opened)

    def _write(self, book: _Book) -> None:
        if self._file is None:
            return
        document: dict[str, Any] = {
            "months": [asdict(month) for month in book.months.values()],
            "open": {number: asdict(opened) for number, opened in book.open.items()},
        }
        replace_text(self._file, json.dumps(document, indent=1))


class CostAccount:
    """The costs of one answer; see `app.providers.cloud.permit.Account`."""

    def __init__(self, costs: Costs, number: str, demand: Demand, price: Price | None) -> None:
        self._costs = costs
        self._number = number
        self._demand = demand
        self._price = price

    def settle(
        self,
        *,
        prompt_tokens: int | None,
        completion_tokens: int | None,
        written_characters: int,
        cost_usd: float | None,
        was_answered: bool,
    ) -> float | None:
        """What the answer cost; see `Account`."""
        with contextlib.suppress(AppError):  # then the most that it could cost stays counted
            if not was_answered:
                self._costs.forget(self._number)
                return 0.0
            is_estimate = prompt_tokens is None or completion_tokens is None
            read = _tokens(self._demand.characters) if prompt_tokens is None else prompt_tokens
            written = _tokens(written_characters)
            written = written if completion_tokens is None else completion_tokens
            if cost_usd is None and self._price is not None:
                cost_usd = self._price.of(read, written)
            self._costs.settle(
                self._number,
                prompt=read,
                completion=written,
                usd=cost_usd,
                is_estimate=is_estimate,
            )
        return cost_usd


def most_of(demand: Demand, price: Price) -> float:
    """The most that the answer can cost: no token is shorter than a byte of the text."""
    read = sum(len(m.text.encode()) + _ROOM for m in demand.messages)
    return price.of(read, demand.parameters.max_tokens or _MOST_TOKENS)


def _tokens(characters: int) -> int:
    return -(-characters // 4)


def _spent(book: _Book, month: str) -> float:
    settled = sum(m.cost_usd for m in book.months.values() if m.month == month)
    return settled + sum(o.usd for o in book.open.values() if o.month == month)


def _limit(limit: float, spent: float, most: float) -> AppError:
    return AppError(
        f"This answer could pass your monthly limit of ${limit:.2f}: ${spent:.2f} are spent, and "
        f"it may cost up to ${most:.4f}.",
        "Raise the limit in the settings under Cloud, ask for a shorter answer, or take the "
        "model on this computer.",
        code=ErrorCode.COST_LIMIT,
    )


def _unpriced(demand: Demand) -> AppError:
    service = demand.service
    return AppError(
        f'The price of "{demand.model[:100]}" at {service.label} is not known, so your monthly '
        "limit cannot be kept.",
        f"Fetch the list of models, enter the price (tacit cloud price {service.name} MODEL INPUT "
        "OUTPUT), or set the limit to 0.",
        code=ErrorCode.COST_LIMIT,
    )
