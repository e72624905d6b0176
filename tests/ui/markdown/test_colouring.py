"""Colours come after the words, in slices, and in the end do not depend on how the text came."""

from __future__ import annotations

import pytest

from app.ui.markdown.document import MessageDocument
from tests.ui.markdown.drawing import draw, rendering, work

pytestmark = pytest.mark.usefixtures("qapp")


def colours(document: MessageDocument) -> list[list[tuple[int, int, str]]]:
    return [
        [
            (part.start, part.length, part.format.foreground().color().name())
            for part in document.findBlock(start).layout().formats()
        ]
        for start in document.starts
    ]


def test_unfinished_code_is_coloured_as_it_comes() -> None:
    drawing = rendering()
    drawing.feed("```python\ndef f():\n    ret")
    work(drawing)
    assert colours(drawing.document)[0]
    drawing.feed("urn 1\n")
    work(drawing)
    assert colours(drawing.document)[1][0][:2] == (4, 6)


def test_a_string_of_many_lines_is_right_in_the_end() -> None:
    code = 'x = """\n' + "\n\n".join(f"def text{i}" for i in range(30)) + '\n"""\ny = 1\n'
    drawing = rendering()
    for line in f"```python\n{code}```\n".splitlines(keepends=True):
        drawing.feed(line)
        work(drawing)
    drawing.close()
    work(drawing)
    expected = colours(draw(f"```python\n{code}```\n"))
    assert colours(drawing.document) == expected
    theme = drawing.document.formats.theme
    inside = {name.upper() for line in expected[1:-2] for _, _, name in line}
    assert inside == {theme.code_string}


def test_the_words_do_not_wait_for_their_colours() -> None:
    drawing = rendering()
    drawing.feed("```python\n" + "def f(x): return x + 1\n" * 400 + "```\n")
    drawing.close()
    while not drawing.is_written:
        drawing.work(0.0)
    assert not drawing.is_finished
    assert len(drawing.document.lines) == 400
    work(drawing)
    assert all(colours(drawing.document))


def test_signs_of_two_units_do_not_shift_the_colours() -> None:
    document = draw('```python\nx = "\U0001f600"  # c\n```\n')
    text = document.begin().text()
    last = colours(document)[0][-1]
    assert last[0] == len(text.encode("utf-16-le")) // 2 - 3


def test_very_long_lines_stay_plain() -> None:
    document = draw("```python\nx = '" + "a" * 3000 + "'\n```\n")
    assert not any(colours(document))
