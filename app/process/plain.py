"""Frozen dataclasses to plain JSON values and strictly back.

Every field is checked against its annotation: what another process sends is never trusted
to have the right shape, and nothing in it can name a type that was not asked for.
"""

from __future__ import annotations

import math
import types
import typing
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from typing import Any, TypeVar

from app.core.errors import AppError, ErrorCode

T = TypeVar("T")
Plain = dict[str, Any]


class ProtocolError(Exception):
    """The other process sent something that is no part of the protocol."""


def to_plain(value: Any) -> Any:
    """`value` as JSON can hold it; dataclasses and `AppError` become dictionaries.

    Raises `TypeError` for a type that the protocol does not know.
    """
    if isinstance(value, Enum):
        return value.value
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, tuple):
        return [to_plain(item) for item in value]
    if isinstance(value, AppError):
        return {"what": value.what, "todo": value.todo, "code": value.code.value}
    if is_dataclass(value) and not isinstance(value, type):
        return {name: to_plain(getattr(value, name)) for name in _names(type(value))}
    raise TypeError(f"{type(value).__name__} is not part of the protocol")


def from_plain(kind: type[T], plain: object) -> T:
    """A `kind` from what `to_plain` made of one; raises `ProtocolError` for anything else."""
    value: T = _decoder(typing.cast("Any", kind))(plain)
    return value


@cache
def _names(kind: type) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


@cache
def _decoder(kind: Any) -> Callable[[object], Any]:
    """The function that checks and builds a `kind`."""
    origin = typing.get_origin(kind)
    if origin in {types.UnionType, typing.Union}:
        return _optional(kind)
    if origin is tuple:
        item = _decoder(typing.get_args(kind)[0])
        return lambda plain: tuple(item(part) for part in _expect(plain, list))
    if kind is float:
        return _finite
    if kind in {str, int, bool}:
        return lambda plain: _expect(plain, kind)
    if kind is AppError:
        return _error
    if issubclass(kind, Enum):
        return lambda plain: _member(kind, plain)
    return lambda plain: _dataclass(kind, plain)


def _optional(kind: Any) -> Callable[[object], Any]:
    (inner,) = [part for part in typing.get_args(kind) if part is not type(None)]
    decode = _decoder(inner)
    return lambda plain: None if plain is None else decode(plain)


def _expect(plain: object, kind: type[T]) -> T:
    # Not isinstance: a bool is an int to Python, and must not pass for one here.
    if type(plain) is not kind:
        raise ProtocolError(f"{kind.__name__} expected, {type(plain).__name__} received")
    return plain


def _finite(plain: object) -> float:
    number = float(plain) if type(plain) is int else _expect(plain, float)
    if not math.isfinite(number):
        raise ProtocolError("a number is not finite")
    return number


def _member(kind: type[Enum], plain: object) -> Enum:
    try:
        return kind(plain)
    except ValueError:
        raise ProtocolError(f"unknown {kind.__name__}") from None


def _error(plain: object) -> AppError:
    parts = _expect(plain, dict)
    if parts.keys() != {"what", "todo", "code"}:
        raise ProtocolError("an error has other fields than it should")
    what, todo = _expect(parts["what"], str), _expect(parts["todo"], str)
    code = _member(ErrorCode, parts["code"])
    return AppError(what, todo, code=ErrorCode(code.value))


@cache
def _field_decoders(kind: type) -> dict[str, Callable[[object], Any]]:
    hints = typing.get_type_hints(kind)
    return {name: _decoder(hints[name]) for name in _names(kind)}


def _dataclass(kind: type, plain: object) -> Any:
    parts, decoders = _expect(plain, dict), _field_decoders(kind)
    if parts.keys() != decoders.keys():
        raise ProtocolError(f"{kind.__name__} has other fields than it should")
    try:
        return kind(**{name: decode(parts[name]) for name, decode in decoders.items()})
    except AppError as error:  # a value outside its limits
        raise ProtocolError(f"{kind.__name__}: {error.what}") from None
