"""Footnotes: references are raised, notes stand under the text in small letters."""

from __future__ import annotations

import pytest

from app.ui.markdown.values import Face, Kind, Line
from app.ui.markdown.wording import plain_text, read


def lines(source: str) -> list[Line]:
    return [line for step in read(source) for line in step]


def test_a_reference_is_raised() -> None:
    (line,) = lines("It is so[^1], they say[^a-b].")
    raised = [run.text for run in line.runs if Face.SUPER in run.face]
    assert raised == ["1", "a-b"]
    assert line.text == "It is so1, they saya-b."


@pytest.mark.parametrize("words", ["word", "Several words of it."])
def test_a_note_is_a_line_of_its_own(words: str) -> None:
    text, note = lines(f"So[^1].\n\n[^1]: {words}\n")
    assert note.kind is Kind.FOOTNOTE
    assert note.text == f"1 {words}"
    assert text.kind is Kind.TEXT


def test_notes_may_follow_each_other() -> None:
    notes = lines("[^1]: One *word*.\n[^2]: Two.\n    more of it\n")
    assert [note.text for note in notes] == ["1 One word.", "2 Two.\u2028more of it"]
    assert plain_text("[^1]: One.\n[^2]: Two.") == "1 One.\n2 Two."


@pytest.mark.parametrize("source", ["`[^1]`", "[^]", "[^ 1]", "[^1"])
def test_what_is_none_stays_text(source: str) -> None:
    (line,) = lines(source)
    assert line.kind is Kind.TEXT
    assert not any(Face.SUPER in run.face for run in line.runs)


def test_a_link_is_still_defined() -> None:
    (line,) = lines("[word][^x] [one][two]\n\n[two]: https://example.org\n")
    assert [run.href for run in line.runs if run.href] == ["https://example.org"]
