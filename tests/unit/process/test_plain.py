"""Values are checked field by field on their way in."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import pytest

from app.core.errors import AppError, ErrorCode
from app.process.plain import ProtocolError, from_plain, to_plain


class Colour(StrEnum):
    RED = "red"


@dataclass(frozen=True, slots=True)
class Inner:
    number: int


@dataclass(frozen=True, slots=True)
class Outer:
    text: str
    ratio: float
    flag: bool
    colour: Colour
    maybe: int | None
    inner: Inner
    many: tuple[Inner, ...]
    error: AppError


VALUE = Outer(
    text="a",
    ratio=0.5,
    flag=True,
    colour=Colour.RED,
    maybe=None,
    inner=Inner(1),
    many=(Inner(2), Inner(3)),
    error=AppError("What.", "Todo.", code=ErrorCode.DISK_FULL),
)
PLAIN: dict[str, Any] = {
    "text": "a",
    "ratio": 0.5,
    "flag": True,
    "colour": "red",
    "maybe": None,
    "inner": {"number": 1},
    "many": [{"number": 2}, {"number": 3}],
    "error": {"what": "What.", "todo": "Todo.", "code": "disk-full"},
}


def test_every_kind_of_field_goes_both_ways() -> None:
    assert to_plain(VALUE) == PLAIN
    assert from_plain(Outer, PLAIN) == VALUE


def test_an_integer_is_a_number_but_a_truth_value_is_none() -> None:
    assert from_plain(Outer, {**PLAIN, "ratio": 1}).ratio == 1.0
    with pytest.raises(ProtocolError):
        from_plain(Outer, {**PLAIN, "ratio": True})


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("text", None),
        ("ratio", "0.5"),
        ("ratio", float("nan")),
        ("flag", 1),
        ("colour", "blue"),
        ("colour", {}),
        ("maybe", "1"),
        ("inner", [1]),
        ("inner", {"number": 1, "more": 2}),
        ("many", {"number": 1}),
        ("many", [1]),
        ("error", "What."),
        ("error", {"what": "What.", "todo": "Todo.", "code": 7}),
    ],
)
def test_a_field_of_the_wrong_kind_is_refused(name: str, wrong: object) -> None:
    with pytest.raises(ProtocolError):
        from_plain(Outer, {**PLAIN, name: wrong})


def test_a_missing_and_an_unknown_field_are_refused() -> None:
    with pytest.raises(ProtocolError):
        from_plain(Outer, {name: value for name, value in PLAIN.items() if name != "text"})
    with pytest.raises(ProtocolError):
        from_plain(Outer, {**PLAIN, "unknown": 1})


@pytest.mark.parametrize("value", [b"bytes", object(), {"a": 1}, Inner, [1]])
def test_what_is_no_part_of_the_protocol_is_not_written(value: object) -> None:
    with pytest.raises(TypeError):
        to_plain(value)
