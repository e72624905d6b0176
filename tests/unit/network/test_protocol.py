"""The frames between courier and client: nothing but what they are comes through."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.core.egress import Opening, Purpose
from app.core.errors import AppError
from app.network import protocol
from app.network.policy import Policy, ProxyMode, ProxySettings
from app.network.protocol import Call, Cancel, Done, Failed, Hello, Item, Openings, Seen, SetPolicy
from app.process.plain import ProtocolError

POLICY = Policy(
    journal="/j",
    writable=("/m", "/c"),
    proxy=ProxySettings(mode=ProxyMode.MANUAL, host="p", port=1, user="u", password="secret"),
    ca_file="/ca",
    endpoints=("127.0.0.1:1",),
)
OPENINGS = (Opening(purpose=Purpose.LINK, host="h", label="l"),)
ERROR = AppError("What.", "Todo.")

COMMANDS = {
    "hello": (protocol.hello(), Hello(protocol.VERSION)),
    "policy": (protocol.policy(POLICY), SetPolicy(POLICY)),
    "call": (protocol.call(3, "fetch", {"a": 1}), Call(3, "fetch", {"a": 1})),
    "cancel": (protocol.cancel(3), Cancel(3)),
    "seen": (protocol.seen(4), Seen(4)),
}
REPORTS = {
    "hello": (protocol.hello(), Hello(protocol.VERSION)),
    "openings": (protocol.openings(5, OPENINGS), Openings(5, OPENINGS)),
    "item": (protocol.item(3, [1]), Item(3, [1])),
    "done": (protocol.done(3, None), Done(3, None)),
    "failed": (protocol.failed(3, ERROR), Failed(3, ERROR)),
}


@pytest.mark.parametrize(("frame", "command"), COMMANDS.values(), ids=COMMANDS.keys())
def test_commands_survive_the_pipe(frame: Any, command: Any) -> None:
    assert protocol.command_from(json.loads(json.dumps(frame))) == command


@pytest.mark.parametrize(("frame", "report"), REPORTS.values(), ids=REPORTS.keys())
def test_reports_survive_the_pipe(frame: Any, report: Any) -> None:
    assert protocol.report_from(json.loads(json.dumps(frame))) == report


BAD: list[dict[str, Any]] = [
    {},
    {"is": "else"},
    {"is": "hello"},
    {"is": "call", "number": "1", "verb": "x", "arguments": {}},
    {"is": "call", "number": 1, "verb": 2, "arguments": {}},
    {"is": "policy", "policy": {"journal": "/j"}},
    {"is": "cancel", "number": None},
    {"is": "openings", "serial": 1, "openings": [{"purpose": "spying", "host": "h", "label": ""}]},
    {"is": "failed", "number": 1, "error": {"what": "x"}},
]


@pytest.mark.parametrize("frame", BAD, ids=str)
def test_everything_else_is_refused(frame: dict[str, Any]) -> None:
    for take in (protocol.command_from, protocol.report_from):
        with pytest.raises(ProtocolError):
            take(frame)


def test_a_password_is_in_no_description_of_a_policy() -> None:
    assert "secret" not in repr(POLICY)
