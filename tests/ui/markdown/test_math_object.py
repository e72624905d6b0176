"""Formulas in a document: in their place, on the line of the words, copied as they were written."""

from __future__ import annotations

from time import perf_counter

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter
from pytestqt.qtbot import QtBot

from app.ui.markdown.copying import selected_text
from app.ui.markdown.document import MessageDocument
from app.ui.markdown.formats import Formats
from app.ui.markdown.formulas import draw as draw_formula
from app.ui.markdown.formulas import formulas
from app.ui.markdown.values import OBJECT, Kind
from app.ui.theme import load_theme
from tests.ui.markdown.drawing import WIDTH, draw, rendering, work


@pytest.fixture(autouse=True)
def warm() -> None:
    """The library and its font take longer to load than a formula may take."""
    draw_formula("x", by_itself=True)


def picture(document: MessageDocument) -> QImage:
    image = QImage(WIDTH, 300, QImage.Format.Format_ARGB32)
    image.fill(QColor(document.formats.theme.window))
    painter = QPainter(image)
    document.drawContents(painter, QRectF(image.rect()))
    painter.end()
    return image


def ink(image: QImage, colour: QColor) -> QRectF:
    """Where signs stand that are more like `colour` than like the ground."""
    found = QRectF()
    for y in range(image.height()):
        for x in range(image.width()):
            if abs(image.pixelColor(x, y).lightness() - colour.lightness()) < 100:
                found = found.united(QRectF(x, y, 1, 1))
    return found


def everything(document: MessageDocument) -> str:
    return selected_text(document, 0, document.characterCount() - 1)


def test_a_formula_is_one_sign_that_is_painted(qtbot: QtBot) -> None:
    document = draw("$$\n\\frac{a}{b}\n$$")
    assert document.toPlainText() == OBJECT
    area = ink(picture(document), QColor(document.formats.theme.text))
    assert area.height() >= 20
    # In the middle of the page.
    assert abs(area.center().x() - WIDTH / 2) < 5


def test_it_stands_on_the_line_of_the_words(qtbot: QtBot) -> None:
    high, plain = draw("x $\\frac{a}{b}$ x"), draw("x")
    layout = high.firstBlock().layout().lineAt(0)
    assert layout.height() > plain.firstBlock().layout().lineAt(0).height()
    # A letter of the formula has its foot where a letter of the text has its own.
    image = picture(draw("E $E$"))
    text = QColor(load_theme("light").text)
    halves = image.copy(0, 0, 12, 60), image.copy(14, 0, 40, 60)
    feet = [ink(half, text).bottom() for half in halves]
    assert abs(feet[0] - feet[1]) <= 1


def test_it_takes_the_colour_of_the_theme(qtbot: QtBot) -> None:
    dark = Formats(load_theme("dark"))
    document = draw("$$\nx = y\n$$", dark)
    assert not ink(picture(document), QColor(dark.theme.text)).isEmpty()


def test_what_is_broken_shows_its_source(qtbot: QtBot) -> None:
    document = draw(r"So $\frac{1$ and $\unknown{x}$ are.")
    assert document.toPlainText() == r"So $\frac{1$ and $\unknown{x}$ are."


def test_a_copy_gives_the_source(qtbot: QtBot) -> None:
    source = "See $x^2$ and\n\n$$\ny = z\n$$\n\n| a |\n|---|\n| $q$ |\n"
    document = draw(source)
    assert everything(document) == "See $x^2$ and\n\n$$\ny = z\n$$\n\na\n$q$"
    assert selected_text(document, 4, 5) == "$x^2$"
    assert document.table_rows(len(document.lines) - 1) == [["a"], ["$q$"]]


def test_a_wide_one_is_made_to_fit(qtbot: QtBot) -> None:
    wide = " + ".join(f"a_{{{number}}}" for number in range(30))
    document = draw(f"$$\n{wide}\n$$")
    assert document.firstBlock().layout().lineAt(0).naturalTextWidth() <= WIDTH


def test_pieces_give_the_same_as_the_whole(qtbot: QtBot) -> None:
    source = "Sum $x_1$ and\n\n$$\n\\frac{a}{b}\n$$\n\nmore $y_2$ words."
    whole, pieces = draw(source), rendering()
    for start in range(0, len(source), 3):
        pieces.feed(source[start : start + 3])
        pieces.work(perf_counter() + 0.01)
    pieces.close()
    work(pieces)
    assert pieces.document.lines == whole.lines
    assert pieces.document.toPlainText() == whole.toPlainText()
    assert whole.lines[1].kind is Kind.MATH


def test_formulas_that_came_late_take_their_places(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.ui.markdown.drawing._HOLD_S", -1.0)
    source = "Sum $q_1$.\n\n```python\nx = 1\n```\n\n$$\nq_2 = 1\n$$\n"
    drawing = rendering()
    drawing.feed(source)
    drawing.close()
    drawing.work(0)
    assert "$q_1$" in drawing.document.toPlainText()
    assert not drawing.is_written
    work(drawing)
    assert drawing.is_finished
    assert drawing.document.toPlainText().count(OBJECT) == 2
    # The code behind the first of them was written anew, and has its colours.
    code = drawing.document.findBlock(drawing.document.starts[1])
    assert code.layout().formats()


def test_a_hostile_text_never_takes_the_window_long(qtbot: QtBot) -> None:
    deep = "$" + "{" * 400 + "x" + "}" * 400 + "$"
    drawing = rendering()
    drawing.feed(f"{deep} and {'$x+' + 'x+' * 50_000}y$\n\n$$\n{'z+' * 50_000}z\n$$\n")
    drawing.close()
    longest = 0.0
    more = True
    while more:
        began = perf_counter()
        more = drawing.work(began + 0.01)
        longest = max(longest, perf_counter() - began)
    assert drawing.is_finished
    # Half of it is what a loaded machine adds.
    assert longest < 0.5
    assert formulas().get(("x", False)) is not None or drawing.document.characterCount() > 1000
