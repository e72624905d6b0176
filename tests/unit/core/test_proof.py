"""A proof holds only where everything was tried and everything was refused."""

from __future__ import annotations

import json

import pytest

from app.core.proof import Attempt, ProcessProof, ProofReport


def attempt(*, held: bool) -> Attempt:
    said = "Operation not permitted" if held else "connected"
    return Attempt(name="Connect by TCP", expected="refused", said=said, held=held)


HELD, BROKEN = attempt(held=True), attempt(held=False)
WINDOW = ProcessProof(name="Window", pid=7, attempts=(HELD,), facts=(("Threads", "3 of 3"),))


@pytest.mark.parametrize(
    ("processes", "holds", "words"),
    [
        ((), False, "Nothing was tried"),
        ((ProcessProof(name="Window"),), False, "Nothing was tried"),
        ((WINDOW,), True, "all 1 attempts were refused"),
        ((WINDOW, ProcessProof(name="Model")), False, "in one of the processes nothing was tried"),
        (
            (WINDOW, ProcessProof(name="Model", attempts=(HELD, BROKEN))),
            False,
            "1 of 3 attempts were not refused",
        ),
    ],
)
def test_it_holds_only_where_everything_was_tried_and_refused(
    processes: tuple[ProcessProof, ...], holds: bool, words: str
) -> None:
    report = ProofReport(processes=processes)
    assert report.holds is holds
    assert words in report.summary
    assert report.summary in report.as_text()


def test_the_text_says_what_was_tried_what_was_answered_and_how_to_check() -> None:
    report = ProofReport(
        made="2026-11-25T10:00:00+00:00",
        processes=(WINDOW, ProcessProof(name="Model", attempts=(BROKEN,))),
        facts=(("Telemetry files", "none"),),
        commands=("ss -tupn",),
    )
    lines = report.as_text().splitlines()
    assert "  [held] Connect by TCP: Operation not permitted" in lines
    assert "  [NOT HELD, expected: refused] Connect by TCP: connected" in lines
    for line in ("Window (process 7)", "Model", "  Threads: 3 of 3", "  ss -tupn"):
        assert line in lines
    assert "2026-11-25" in lines[1]


def test_the_plain_values_are_json() -> None:
    report = ProofReport(processes=(WINDOW,), commands=("ss -tupn",))
    plain = json.loads(json.dumps(report.as_plain()))
    assert plain["holds"] is True
    assert plain["processes"][0]["holds"] is True
    assert plain["processes"][0]["attempts"][0]["said"] == "Operation not permitted"
    assert plain["processes"][0]["facts"] == {"Threads": "3 of 3"}
    assert plain["commands"] == ["ss -tupn"]
