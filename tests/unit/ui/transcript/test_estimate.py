"""Guesses grow with what they are about."""

from __future__ import annotations

from app.ui.transcript.estimate import Measure, estimated_height

MEASURE = Measure(per_line=100.0, line=20, around=50)


def test_an_empty_message_has_one_line() -> None:
    assert estimated_height(0, 0, MEASURE) == 70


def test_longer_texts_and_more_lines_are_higher() -> None:
    assert estimated_height(1000, 0, MEASURE) == 270
    assert estimated_height(0, 10, MEASURE) > estimated_height(0, 5, MEASURE)


def test_narrow_columns_are_higher() -> None:
    narrow = Measure(per_line=50.0, line=20, around=50)
    assert estimated_height(1000, 0, narrow) > estimated_height(1000, 0, MEASURE)
