"""Gaps of saved prompts: found once, filled exactly, and nothing else is touched."""

from __future__ import annotations

from datetime import date

import pytest

from app.chat.gaps import Gap, filled, gaps
from app.core.errors import AppError

LETTER = "Write to {{ whom }} in {{language: English}}, {{LANGUAGE}} only. {{date}}"


def test_every_gap_is_found_once_and_the_date_is_none() -> None:
    assert gaps(LETTER) == [Gap("whom"), Gap("language", "English")]
    assert gaps("no {gap}, \\frac{{a}{b}}, {{}}, {{a\nb}}") == []


def test_gaps_are_filled_and_values_are_taken_as_they_are() -> None:
    text = filled(LETTER, {"Whom": "{{date}}"}, date(2026, 1, 31))
    assert text == "Write to {{date}} in English, English only. 2026-01-31"
    assert filled(LETTER, {"whom": "Ann", "language": "日本語"}, date(2026, 1, 31)) == (
        "Write to Ann in 日本語, 日本語 only. 2026-01-31"
    )


def test_an_empty_otherwise_may_stay_empty() -> None:
    assert filled("a{{b:}}c", {}) == "ac"


@pytest.mark.parametrize("values", [{}, {"whom": ""}, {"whom": "Ann", "tone": "kind"}])
def test_what_is_missing_or_too_much_is_named(values: dict[str, str]) -> None:
    with pytest.raises(AppError) as refused:
        filled(LETTER, values)
    assert ("tone" if "tone" in values else "whom") in refused.value.what
