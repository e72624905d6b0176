"""The recovery key is the key: what a person writes down opens the history, slips are noticed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import AppError, ErrorCode
from app.core.history_key import GROUPS, HistoryKey

KEYS = st.binary(min_size=32, max_size=32).map(HistoryKey)


@given(KEYS)
def test_what_was_written_down_is_the_key(key: HistoryKey) -> None:
    assert len(key.groups()) == GROUPS == 14
    assert HistoryKey.from_recovery(key.recovery()) == key
    careless = " ".join(key.groups()).lower().replace("0", "o").replace("1", "l")
    assert HistoryKey.from_recovery(f"\n {careless} ") == key


@given(KEYS, st.integers(0, 55), st.sampled_from("0123456789ABCDEFGHJKMNPQRSTVWXYZ"))
def test_one_wrong_letter_is_noticed(key: HistoryKey, place: int, letter: str) -> None:
    letters = list(key.recovery().replace("-", ""))
    if letters[place] == letter:
        return
    letters[place] = letter
    with pytest.raises(AppError) as caught:
        HistoryKey.from_recovery("".join(letters))
    assert caught.value.code is ErrorCode.KEY_INVALID


@pytest.mark.parametrize("typed", ["", "  ", "K1V5", "K1V5-" * 14 + "0", "pass word", "U" * 56])
def test_what_is_no_recovery_key_is_said_without_repeating_it(typed: str) -> None:
    with pytest.raises(AppError) as caught:
        HistoryKey.from_recovery(typed)
    assert caught.value.code is ErrorCode.KEY_INVALID
    assert not typed.strip() or typed.strip() not in caught.value.sentence


def test_neither_its_words_nor_its_id_show_the_key() -> None:
    key = HistoryKey.new()
    assert key.raw.hex() not in repr(key)
    assert str(key.raw) not in repr(key)
    assert key.id not in key.raw.hex()
    assert HistoryKey.new() != key
    assert HistoryKey.new().id != key.id


def test_the_text_to_keep_holds_all_groups() -> None:
    key = HistoryKey.new()
    text = key.as_text()
    assert all(group in text for group in key.groups())
    assert max(len(line) for line in text.splitlines()) <= 100
