"""Text as it was written, but for fenced code."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from app.ui.markdown.plain import PlainStream
from app.ui.markdown.stream import LIMIT
from app.ui.markdown.values import Kind, Line


def read(text: str, **options: object) -> list[Line]:
    source = PlainStream(**options)  # type: ignore[arg-type]
    source.feed(text)
    source.close()
    lines: list[Line] = []
    while (more := source.step()) is not None:
        lines += more
    assert source.is_finished
    return lines


def test_nothing_is_changed() -> None:
    text = "# no heading\n  **as** it  is\n\n- 1986. What a year"
    lines = read(text)
    assert {line.kind for line in lines} == {Kind.PLAIN}
    assert "\n".join(line.text for line in lines) == text


def test_fenced_code_is_code() -> None:
    lines = read("before\n\n```py\nx = 1\n\ny = 2\n```\n\nafter")
    assert [(line.kind, line.text) for line in lines] == [
        (Kind.PLAIN, "before"),
        (Kind.CODE, "x = 1"),
        (Kind.CODE, ""),
        (Kind.CODE, "y = 2"),
        (Kind.PLAIN, "after"),
    ]
    assert lines[1].language == "py"
    assert [line.opens for line in lines] == [False, True, False, False, False]


def test_a_fence_may_stay_open() -> None:
    assert [line.text for line in read("```\na\n~~~\nb")] == ["a", "~~~", "b"]


def test_without_fences_even_they_are_text() -> None:
    text = "```py\nx\n```"
    assert "\n".join(line.text for line in read(text, fences=False)) == text


def test_a_note_stands_first() -> None:
    lines = read("words", note="It is long.")
    assert [(line.kind, line.text) for line in lines] == [
        (Kind.NOTE, "It is long."),
        (Kind.PLAIN, "words"),
    ]


def test_a_very_long_line_is_cut_and_knows_it() -> None:
    lines = read("a" * (3 * LIMIT))
    assert all(len(line.text) <= LIMIT for line in lines)
    assert "".join(line.text for line in lines) == "a" * (3 * LIMIT)
    assert [line.joint for line in lines] == [None, *[""] * (len(lines) - 1)]


@settings(max_examples=40, deadline=None)
@given(st.text(alphabet="ab \n`", max_size=300), st.integers(1, 50))
def test_pieces_or_at_once(text: str, size: int) -> None:
    source = PlainStream(fences=False)
    lines: list[Line] = []
    for place in range(0, len(text), size):
        source.feed(text[place : place + size])
        while (more := source.step()) is not None:
            lines += more
        source.rest()
    source.close()
    while (more := source.step()) is not None:
        lines += more
    assert lines == read(text, fences=False)


def test_the_rest_is_shown_and_does_not_count() -> None:
    source = PlainStream(fences=False)
    source.feed("one\ntwo")
    assert source.step() is None
    assert [line.text for line in source.rest()] == ["one", "two"]
    source.close()
    assert [line.text for line in source.step() or []] == ["one", "two"]
