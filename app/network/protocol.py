"""The frames between the courier and its client, built and taken apart in one place.

Both say hello first. The client sends `policy`, `call` and `cancel`; closing the pipe asks
the courier to end. The courier sends `openings`, which the client has to answer with `seen`
before a byte may leave, and for each call any number of `item`s and then `done` or `failed`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from app.core.egress import Opening
from app.core.errors import AppError
from app.network.policy import Policy
from app.process.plain import Plain, ProtocolError, from_plain, to_plain

VERSION = 1
"""Rises with every change of a frame's shape."""


@dataclass(frozen=True, slots=True)
class Hello:
    """The first frame in either direction."""

    version: int


@dataclass(frozen=True, slots=True)
class SetPolicy:
    """What the person has set; it counts from now on."""

    policy: Policy


@dataclass(frozen=True, slots=True)
class Call:
    """Do `verb`; `number` is the client's own and rises."""

    number: int
    verb: str
    arguments: object


@dataclass(frozen=True, slots=True)
class Cancel:
    """Call `number` is no longer wanted."""

    number: int


@dataclass(frozen=True, slots=True)
class Seen:
    """Everything up to the openings with this serial is visible to the person."""

    serial: int


@dataclass(frozen=True, slots=True)
class Openings:
    """What the gateway is open for now; `serial` rises with each change."""

    serial: int
    openings: tuple[Opening, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """Call `number` goes on; the value is the verb's own."""

    number: int
    value: object


@dataclass(frozen=True, slots=True)
class Done:
    """Call `number` has ended well; the value is the verb's own."""

    number: int
    value: object


@dataclass(frozen=True, slots=True)
class Failed:
    """Call `number` has ended with an error."""

    number: int
    error: AppError


def hello() -> Plain:
    """The first frame, from both sides."""
    return {"is": "hello", "version": VERSION}


def policy(value: Policy) -> Plain:
    """From the client: what the person has set."""
    return {"is": "policy", "policy": to_plain(value)}


def call(number: int, verb: str, arguments: Any) -> Plain:
    """From the client: do `verb` with arguments that its codec encoded."""
    return {"is": "call", "number": number, "verb": verb, "arguments": arguments}


def cancel(number: int) -> Plain:
    """From the client: stop call `number`."""
    return {"is": "cancel", "number": number}


def seen(serial: int) -> Plain:
    """From the client: the openings with this serial are visible."""
    return {"is": "seen", "serial": serial}


def openings(serial: int, values: tuple[Opening, ...]) -> Plain:
    """From the courier: what the gateway is open for."""
    return {"is": "openings", "serial": serial, "openings": to_plain(values)}


def item(number: int, value: Any) -> Plain:
    """From the courier: an item that the verb's codec encoded."""
    return {"is": "item", "number": number, "value": value}


def done(number: int, value: Any) -> Plain:
    """From the courier: the result that the verb's codec encoded."""
    return {"is": "done", "number": number, "value": value}


def failed(number: int, error: AppError) -> Plain:
    """From the courier: the call has ended with an error."""
    return {"is": "failed", "number": number, "error": to_plain(error)}


def command_from(frame: Plain) -> Hello | SetPolicy | Call | Cancel | Seen:
    """What the client asks; raises `ProtocolError` for anything else."""
    match frame:
        case {"is": "hello", "version": int(version)}:
            return Hello(version)
        case {"is": "policy", "policy": value}:
            return SetPolicy(from_plain(Policy, value))
        case {"is": "call", "number": int(number), "verb": str(verb), "arguments": value}:
            return Call(number, verb, value)
        case {"is": "cancel", "number": int(number)}:
            return Cancel(number)
        case {"is": "seen", "serial": int(serial)}:
            return Seen(serial)
    raise ProtocolError("an unknown command")


def report_from(frame: Plain) -> Hello | Openings | Item | Done | Failed:
    """What the courier says; raises `ProtocolError` for anything else."""
    match frame:
        case {"is": "hello", "version": int(version)}:
            return Hello(version)
        case {"is": "openings", "serial": int(serial), "openings": list(values)}:
            return Openings(serial, tuple(from_plain(Opening, value) for value in values))
        case {"is": "item", "number": int(number), "value": value}:
            return Item(number, value)
        case {"is": "done", "number": int(number), "value": value}:
            return Done(number, value)
        case {"is": "failed", "number": int(number), "error": error}:
            return Failed(number, from_plain(AppError, error))
    raise ProtocolError("an unknown report")
