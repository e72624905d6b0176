"""What is known of single words."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.redaction.lexicon import NameLists, Standing
from app.routing import name_lists


@pytest.mark.parametrize(
    ("word", "standing"),
    [
        ("Katharina", Standing.GIVEN),
        ("KATHARINA", Standing.GIVEN),
        ("Kowalczyk", Standing.FAMILY),
        ("Hans-Peter", Standing.GIVEN),
        ("Rose", Standing.EVERYDAY),
        ("Kirchenglocke", Standing.COMPOUND),
        ("Glocken", Standing.WORD),
        ("Meetings", Standing.WORD),
        ("Colour", Standing.WORD),
        ("NATO", Standing.WORD),
        ("Anti-virus", Standing.WORD),
        ("Hannover", Standing.PLACE),
        ("Hannoveraner", Standing.WORD),
        ("Microsoft", Standing.THING),
        ("Bisoprolol", Standing.THING),
        ("Lampenschirmhalter", Standing.COMPOUND),
        ("Zorvaneth", Standing.UNKNOWN),
        ("Zorva-neth", Standing.UNKNOWN),
        ("I'll", Standing.WORD),
        ("A" * 100, Standing.THING),
    ],
)
def test_what_a_word_is(word: str, standing: Standing) -> None:
    assert name_lists().standing(word) is standing


def test_a_mark_makes_an_everyday_word_of_a_name() -> None:
    lists = NameLists.parse("# remark\n[given]\nAnna May?\n[family]\nStone?\n[heads]\nLake\n")
    assert lists.given == {"Anna", "May"}
    assert lists.everyday == {"May", "Stone"}
    assert lists.sure == {"Anna"}
    assert lists.heads == {"Lake"}
    assert lists.standing("May") is Standing.EVERYDAY


def test_without_its_files_there_are_no_lists(tmp_path: Path) -> None:
    (tmp_path / "names.txt").write_text("[given]\nAnna\n", encoding="utf-8")
    with pytest.raises(OSError, match=r"given\.txt\.gz"):
        NameLists.load(tmp_path)
