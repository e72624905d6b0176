"""Formulas are drawn as shapes, on a thread that ends, within their time."""

from __future__ import annotations

import sys
import threading
from time import perf_counter

import pytest

from app.ui.markdown import formulas as module
from app.ui.markdown.drawing import Drawing, with_drawn_formulas
from app.ui.markdown.formulas import LONGEST, Formulas, draw
from app.ui.markdown.inline import formula
from app.ui.markdown.values import Face, Kind, Line

WAIT_S = 20.0
DEEP = "{" * 30 + "x" + "}" * 30


@pytest.fixture(autouse=True)
def warm() -> None:
    """The library and its font take longer to load than a formula may take."""
    draw("x", by_itself=True)


@pytest.mark.parametrize(
    "source",
    [
        r"\frac{-b \pm \sqrt{b^2 - 4ac}}{2a}",
        r"\begin{pmatrix} a & b \\ c & d \end{pmatrix}",
        r"\int_0^\infty e^{-x^2}\,dx",
        r"\text{where } x \in \mathbb{R}",
    ],
)
def test_what_can_be_drawn(source: str) -> None:
    drawn = draw(source, by_itself=True, limit_s=WAIT_S)
    assert drawn is not None
    assert drawn.svg.startswith("<svg")
    assert drawn.width > 1
    assert 0.4 < drawn.ascent < 3
    assert -0.1 < drawn.descent < 3


@pytest.mark.parametrize(
    "source",
    [
        r"\frac{1", r"\unknown{x}", "x^2^3", "&", r"\def\a{\a}\a", r"\hspace{99999em}x", r"\left(",
        r"\includegraphics{/etc/passwd}", r"\color{url(http://127.0.0.1/x)}x", "",
    ],
)  # fmt: skip
def test_what_cannot_be_drawn_is_none(source: str) -> None:
    assert draw(source, by_itself=False, limit_s=WAIT_S) is None


def test_a_formula_without_end_is_given_up_in_time() -> None:
    began = perf_counter()
    assert draw(DEEP, by_itself=True, limit_s=0.2) is None
    assert perf_counter() - began < 2
    assert sys.gettrace() is None or not sys.gettrace().__module__.endswith("formulas")


@pytest.mark.parametrize(
    "source",
    [
        DEEP,
        r"\sqrt" * 30 + " x",
        r"\left(" * 20 + "x" + r"\right)" * 20,
        r"\begin{matrix}" * 20 + "x" + r"\end{matrix}" * 20,
        "x^{" * 20 + "x" + "}" * 20,
        "+".join(["x"] * 900),
        r"\frac{1}{2}" * 150,
    ],
)
def test_nothing_takes_much_longer_than_it_may(source: str) -> None:
    began = perf_counter()
    draw(source, by_itself=True, limit_s=0.1)
    assert perf_counter() - began < 3


def test_a_drawing_is_made_once_and_its_thread_ends() -> None:
    known = Formulas()
    assert not known.is_known(("x", False))
    assert known.want(("x", False), perf_counter() + WAIT_S)
    assert known.get(("x", False)) is not None
    assert known.want(("x", False), 0)
    until = perf_counter() + WAIT_S
    while any(thread.name == "formulas" for thread in threading.enumerate()):
        assert perf_counter() < until


def test_waiting_ends_with_the_turn() -> None:
    known = Formulas()
    began = perf_counter()
    assert not known.want((DEEP, True), began + 0.02)
    assert perf_counter() - began < 0.3
    assert known.want((DEEP, True), perf_counter() + WAIT_S)
    assert known.get((DEEP, True)) is None


def test_a_very_long_one_is_not_even_tried() -> None:
    known = Formulas()
    assert known.want(("x" * (LONGEST + 1), True), 0)
    assert not any(thread.name == "formulas" for thread in threading.enumerate())


def line_of(*sources: str) -> Line:
    runs = tuple(formula(source, f"${source}$", by_itself=False) for source in sources)
    return Line(kind=Kind.TEXT, runs=runs)


def test_the_source_stands_for_what_cannot_be_drawn() -> None:
    known = Formulas()
    line = line_of("x", r"\frac{1")
    assert Drawing(known).wait_for([line], perf_counter() + WAIT_S)
    drawn, broken = with_drawn_formulas(line, known).runs
    assert drawn == line.runs[0]
    assert broken.text == r"$\frac{1$"
    assert Face.CODE in broken.face


def test_words_wait_a_moment_and_formulas_may_come_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.ui.markdown.drawing._HOLD_S", 0.0)
    known = Formulas()
    drawing = Drawing(known)
    lines = [line_of(f"x_{number}") for number in range(5)]
    while not drawing.wait_for(lines, perf_counter() + 0.01):
        pass
    assert drawing.is_lacking
    assert with_drawn_formulas(lines[-1], known).text == "$x_4$"
    until = perf_counter() + WAIT_S
    while not drawing.catch_up(perf_counter() + 0.01):
        assert perf_counter() < until
    assert with_drawn_formulas(lines[-1], known) == lines[-1]


def test_patience_with_one_message_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.ui.markdown.drawing._PATIENCE_S", 0.05)
    drawing = Drawing(Formulas())
    hostile = [line_of(f"{DEEP}{number}") for number in range(50)]
    began = perf_counter()
    while not drawing.wait_for(hostile, perf_counter() + 0.01):
        assert perf_counter() - began < WAIT_S
    while not drawing.catch_up(perf_counter() + 0.01):
        assert perf_counter() - began < WAIT_S
    assert not drawing.is_lacking
    assert perf_counter() - began < module.LIMIT_S * len(hostile) / 4
