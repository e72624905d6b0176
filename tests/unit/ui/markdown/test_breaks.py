"""Breaks in endless words, and signs that Qt keeps for itself."""

from __future__ import annotations

import pytest

from app.ui.markdown.breaks import LONGEST_WORD, is_right_to_left, pieces, safe, units


def test_ordinary_text_stays_whole() -> None:
    text = "some words " * 500
    assert list(pieces(text)) == [text]


def test_an_endless_word_is_broken_and_nothing_is_lost() -> None:
    text = "start " + "a" * (2 * LONGEST_WORD) + " end"
    parts = list(pieces(text))
    assert len(parts) > 50
    assert "".join(parts) == text
    assert max(map(len, parts)) < 100


def test_scripts_that_may_break_anywhere_need_no_help() -> None:
    text = "\u4f60\u597d" * LONGEST_WORD
    assert list(pieces(text)) == [text]


def test_no_break_before_a_combining_sign() -> None:
    text = "e\u0301" * LONGEST_WORD
    assert all(not part.startswith("\u0301") for part in pieces(text))


@pytest.mark.parametrize("sign", ["\u2029", "\ufdd0", "\ufdd1", "\ufffc", "\x00", "\ud800"])
def test_signs_that_would_end_a_block_are_replaced_one_by_one(sign: str) -> None:
    assert safe(f"a{sign}b") == "a\ufffdb"


def test_ends_of_lines_stay_inside_the_line() -> None:
    assert safe("a\nb") == "a\u2028b"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("hello", False),
        ("\u05e9\u05dc\u05d5\u05dd", True),
        ("12 - \u0645\u0631\u062d\u0628\u0627", True),
        ("(x) \u05e9", False),
        ("123", False),
        ("", False),
    ],
)
def test_direction_is_that_of_the_first_letter(text: str, *, expected: bool) -> None:
    assert is_right_to_left(text) is expected


def test_units_count_as_a_document_does() -> None:
    assert units("abc") == 3
    assert units("a\U0001f600") == 3
