"""Where a formula is one, and where two dollar signs are only money."""

from __future__ import annotations

import pytest

from app.ui.markdown.stream import MarkdownStream
from app.ui.markdown.values import Kind, Line
from app.ui.markdown.wording import plain_text, read


def lines(source: str) -> list[Line]:
    return [line for step in read(source) for line in step]


def formulas(source: str) -> list[str]:
    return [run.math for line in lines(source) for run in line.runs if run.math]


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("So $x^2$ is.", ["x^2"]),
        ("$x$", ["x"]),
        ("$5$", ["5"]),
        ("$a$ and $b$, $c$.", ["a", "b", "c"]),
        (r"\(a\) and \[b = c\]", ["a", "b = c"]),
        ("$$a = b$$ in a sentence", ["a = b"]),
        (r"$\$5 + x$", [r"\$5 + x"]),
        ("**$x$** and *$y$*", ["x", "y"]),
        (r"$\{a_1, \dots\}$", [r"\{a_1, \dots\}"]),
        ("$3x + 1 = 2$", ["3x + 1 = 2"]),
        ("$a\nb$", ["a\nb"]),
    ],
)
def test_what_is_a_formula(source: str, found: list[str]) -> None:
    assert formulas(source) == found


@pytest.mark.parametrize(
    "source",
    [
        "It costs $5 and $10.",
        "From $5-$10 a piece",
        "$5 per unit or 10$ per box",
        "US$100 and AU$ 30",
        "$20,000 to $30,000",
        r"\$x\$",
        "`$x$`",
        "a $ b $ c",
        "$ x$ and $x $",
        "$$",
        "$$$ signs $$$",
        "only one $x here",
        r"\[1\] and \[sic\]",
        r"\( never closed",
        "    $$\n    code\n    $$",
        "```\n$$\nx = 1\n$$\n```",
    ],
)
def test_what_is_none(source: str) -> None:
    assert formulas(source) == []


@pytest.mark.parametrize(
    "source",
    [
        "$$\nx\n= y\n$$",
        "$$x\n= y$$",
        "\\[\nx\n= y\n\\]",
        "Text before:\n$$\nx\n= y\n$$\nand after.",
        "- item\n  $$\n  x\n  = y\n  $$\n",
        "> $$\n> x\n> = y\n> $$\n",
    ],
)
def test_a_formula_on_lines_of_its_own(source: str) -> None:
    (line,) = [line for line in lines(source) if line.kind is Kind.MATH]
    assert line.runs[0].math.split() == ["x", "=", "y"]
    assert line.runs[0].by_itself


def test_one_that_is_on_its_way_is_shown_as_it_is_written() -> None:
    stream = MarkdownStream()
    stream.feed("Before\n\n$$\nx\n= y\n")
    before, rest = stream.rest()
    assert before.kind is Kind.TEXT
    assert "x\u2028= y" in rest.text
    assert not any(run.math for run in rest.runs)


def test_a_blank_line_ends_what_is_never_closed() -> None:
    found = lines("$$\nx = 1\n\nA paragraph with $y$.\n")
    assert [run.math for line in found for run in line.runs if run.math] == ["y"]


def test_copying_gives_the_source() -> None:
    source = "See $x^2$:\n\n$$\ny\n$$\n"
    assert plain_text(source) == "See $x^2$:\n\n$$\ny\n$$"


def test_many_dollars_are_read_in_no_time() -> None:
    for source in ("$" * 100_000, "$a " * 30_000, "\\(" * 50_000, "$$a\n" * 25_000):
        assert sum(len(step) for step in read(source)) > 0
