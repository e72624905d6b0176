"""Titles are short, on one line, and never end in half a character."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.chat.title import MAX_CHARACTERS, graphemes, title_of

FAMILY = "👨\u200d👩\u200d👧\u200d👦"
THUMB = "👍🏽"
FLAG = "🇦🇹"
SCOTLAND = "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f"
KEYCAP = "1\ufe0f\u20e3"
ACCENT = "e\u0301"
HANGUL = "\u1112\u1161\u11ab"


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("What is a lease?", "What is a lease?"),
        ("  two\n\n lines\tand  more ", "two lines and more"),
        ("", ""),
        (" \n\u200b", ""),
        ("a\0b\x1b[31mc", "a b [31mc"),
        ("left\u202eright", "leftright"),
        (
            "Please explain to me how the depreciation of a used car is calculated",
            "Please explain to me how the depreciation of a…",
        ),
        (
            "Summarise the letter in three short points, with care",
            "Summarise the letter in three short points…",
        ),
        ("x" * 60, "x" * 47 + "…"),
        ("http://example.org/" + "y" * 60, "http://example.org/" + "y" * 28 + "…"),
        ("中" * 60, "中" * 47 + "…"),
        ("\u0645\u06cc\u200c\u062e\u0648", "\u0645\u06cc\u200c\u062e\u0648"),
    ],
)
def test_the_first_words(text: str, title: str) -> None:
    assert title_of(text) == title


@pytest.mark.parametrize("one", [FAMILY, THUMB, FLAG, SCOTLAND, KEYCAP, ACCENT, HANGUL])
def test_a_character_of_many_parts_is_not_cut(one: str) -> None:
    assert list(graphemes(one * 3)) == [one] * 3
    assert title_of(one * 100) == one * (MAX_CHARACTERS - 1) + "…"


def test_flags_in_a_row_stay_apart() -> None:
    assert list(graphemes("🇦🇹🇩🇪🇨")) == ["🇦🇹", "🇩🇪", "🇨"]


def test_a_pasted_book_is_not_read_to_its_end() -> None:
    assert title_of("word " * 2_000_000).startswith("word word")


@given(st.text())
def test_any_text_gives_a_title(text: str) -> None:
    title = title_of(text)
    assert "\n" not in title
    assert title == title.strip()
    assert len(list(graphemes(title))) <= MAX_CHARACTERS
    assert "".join(graphemes(text)) == text
    assert not any(unicodedata.category(c) == "Cc" for c in title)
