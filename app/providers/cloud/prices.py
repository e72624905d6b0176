"""What a million tokens cost: as the person says, else as the provider lists, else by our table.

Our table is dated and comes with the program. What the person writes into `cloud-prices.json` in
the data folder goes before it, in the same form: {"prices": {"PROVIDER": {"MODEL": [2.0, 10.0]}}}.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from pathlib import Path

from app.core.cloud import Price, Service
from app.core.errors import AppError, ErrorCode
from app.core.files import replace_text

FILE = "cloud-prices.json"

_DATED = re.compile(r"-\d{8}$")
_HERE = Price(input_usd=0.0, output_usd=0.0, source="it runs on this computer")
_Table = dict[str, dict[str, tuple[float, float]]]


class Prices:
    """Prices by service and model. `listed` gives what the provider's own list said."""

    def __init__(
        self, table: Path, corrections: Path, listed: Callable[[str, str], Price | None]
    ) -> None:
        self._table = table
        self._corrections = corrections
        self._listed = listed

    def price(self, service: Service, model: str) -> Price | None:
        """The price in force, None where nobody knows it; raises `AppError` for a broken file."""
        if service.is_local:
            return _HERE
        if corrected := _find(_read(self._corrections), service.name, model):
            return _price(corrected, "you")
        if listed := self._listed(service.name, model):
            return listed
        if known := _find(_read(self._table), service.name, model):
            return _price(known, f"the table of {self.dated}")
        return None

    @property
    def dated(self) -> str:
        """The day on which our table was read off the providers' pages."""
        return str(_document(self._table).get("dated", ""))

    def correct(self, service: str, model: str, price: tuple[float, float] | None) -> None:
        """Keep what the person says that it costs; None goes back to what is known otherwise."""
        if price is not None and not _is_price(price):
            raise AppError(
                "This is no price.",
                "Write dollars for a million tokens, such as 3 or 0.15.",
                code=ErrorCode.USAGE,
            )
        document = _document(self._corrections)
        table = _read(self._corrections)
        models = table.setdefault(service, {})
        models.pop(model, None)
        if price is not None:
            models[model] = price
        document["prices"] = table
        _write(self._corrections, document)


def _document(file: Path) -> dict[str, object]:
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError):
        raise _broken(file) from None
    if not isinstance(document, dict):
        raise _broken(file)
    return document


def _read(file: Path) -> _Table:
    prices = _document(file).get("prices", {})
    try:
        table: _Table = {
            service: {model: (float(price[0]), float(price[1])) for model, price in models.items()}
            for service, models in prices.items()  # type: ignore[attr-defined]
        }
    except (AttributeError, IndexError, KeyError, TypeError, ValueError):
        raise _broken(file) from None
    if not all(_is_price(price) for models in table.values() for price in models.values()):
        raise _broken(file)
    return table


def _find(table: _Table, service: str, model: str) -> tuple[float, float] | None:
    models = table.get(service, {})
    return models.get(model) or models.get(_DATED.sub("", model))


def _price(numbers: tuple[float, float], source: str) -> Price:
    return Price(input_usd=numbers[0], output_usd=numbers[1], source=source)


def _is_price(price: tuple[float, float]) -> bool:
    return all(math.isfinite(number) and 0 <= number <= 1_000_000 for number in price)


def _write(file: Path, document: dict[str, object]) -> None:
    try:
        replace_text(file, json.dumps(document, indent=2))
    except OSError:
        raise AppError(
            "The price could not be kept: the data folder cannot be written.",
            "Free some space, or check its permissions.",
            code=ErrorCode.STORE_UNWRITABLE,
        ) from None


def _broken(file: Path) -> AppError:
    return AppError(
        f"The price table {file.name} cannot be read.",
        'It holds {"prices": {"PROVIDER": {"MODEL": [2.0, 10.0]}}}; mend it or delete it.',
        code=ErrorCode.SETTING_INVALID,
    )
