"""What stands in a document after markdown was drawn, at once or while it came."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QTextBlock, QTextCharFormat, QTextCursor

from app.ui.markdown.document import MessageDocument
from app.ui.markdown.formats import Formats
from app.ui.markdown.values import PLAIN_ABOVE, Kind
from app.ui.theme import load_theme
from tests.ui.markdown.drawing import draw, rendering, work

pytestmark = pytest.mark.usefixtures("qapp")

THEME = load_theme("light")


def look(document: MessageDocument, words: str) -> QTextCharFormat:
    """The format of the first sign of `words`."""
    cursor = document.find(words)
    assert not cursor.isNull(), f"{words!r} is not in {document.toPlainText()!r}"
    cursor.setPosition(cursor.selectionStart() + 1)
    return cursor.charFormat()


def colour(document: MessageDocument, words: str) -> str:
    return look(document, words).foreground().color().name().upper()


def shape(document: MessageDocument) -> list[tuple[object, ...]]:
    """All that can be seen of a document: blocks, their formats, runs and colours."""
    found: list[tuple[object, ...]] = []
    block = document.begin()
    while block.isValid():
        form = block.blockFormat()
        runs = []
        for piece in cast("Iterable[QTextBlock.iterator]", block):
            fragment = piece.fragment()
            char = fragment.charFormat()
            runs.append(
                (
                    fragment.text(),
                    char.font().key(),
                    char.foreground().color().name(),
                    char.background().color().name(),
                    char.anchorHref(),
                )
            )
        colours = [
            (part.start, part.length, part.format.foreground().color().name())
            for part in block.layout().formats()
        ]
        margins = (form.topMargin(), form.leftMargin(), form.rightMargin())
        found.append((block.text(), margins, form.headingLevel(), tuple(runs), tuple(colours)))
        block = block.next()
    return found


def test_paragraphs_and_faces() -> None:
    document = draw("Plain **bold** *italic* ~~gone~~ `code` text\n\nSecond")
    assert document.toPlainText() == "Plain bold italic gone code text\nSecond"
    assert look(document, "bold").fontWeight() == QFont.Weight.Bold
    assert look(document, "italic").fontItalic()
    assert look(document, "gone").fontStrikeOut()
    assert look(document, "code").font().family() == document.formats.code.family()
    assert look(document, "code").background().color().name().upper() == THEME.code
    assert look(document, "Plain").fontWeight() == QFont.Weight.Normal


def test_headings_are_larger_by_level() -> None:
    document = draw("# one\n\n## two\n\n### three\n\n#### four\n\nbody")
    sizes = [look(document, word).font().pixelSize() for word in ("one", "two", "three", "four")]
    assert sizes == [round(THEME.text_body * f) for f in (1.5, 1.3, 1.15, 1.0)]
    assert document.begin().blockFormat().headingLevel() == 1
    assert look(document, "four").fontWeight() > look(document, "body").fontWeight()


def test_links_carry_their_address() -> None:
    document = draw("[words](https://example.org/a)")
    assert look(document, "words").anchorHref() == "https://example.org/a"
    assert colour(document, "words") == THEME.link
    assert look(document, "words").fontUnderline()


def test_lists_are_moved_in() -> None:
    document = draw("- a\n  - b\n    - c\n")
    margins = [document.findBlock(start).blockFormat().leftMargin() for start in document.starts]
    step = document.formats.item_indent
    assert margins == [step, 2 * step, 3 * step]


def test_quotes_are_moved_in() -> None:
    document = draw("> a\n> > b\n")
    margins = [document.findBlock(start).blockFormat().leftMargin() for start in document.starts]
    step = document.formats.quote_indent
    assert margins == [step, 2 * step]


def test_deep_nesting_leaves_room_for_words() -> None:
    document = draw("\n".join("  " * depth + f"- {depth}" for depth in range(18)))
    deepest = document.findBlock(document.starts[-1]).blockFormat().leftMargin()
    assert deepest <= 8 * document.formats.item_indent


def test_code_is_coloured_by_the_theme() -> None:
    document = draw("```python\ndef f():\n    return 'x'  # why\n```\n")
    block = document.begin()
    assert document.toPlainText() == "def f():\n    return 'x'  # why"
    colours = {
        block.text()[part.start : part.start + part.length]: part.format.foreground()
        .color()
        .name()
        .upper()
        for part in block.layout().formats()
    }
    assert colours["def"] == THEME.code_keyword
    assert colours["f"] == THEME.code_function
    assert document.rootFrame().frameFormat().topMargin() == document.formats.code_header


def test_a_line_that_grows_too_long_loses_its_colours() -> None:
    text = "```python\n**bold** " + "a" * 1_300
    drawing = rendering()
    for sign in text:
        drawing.feed(sign)
        work(drawing)
    drawing.close()
    work(drawing)
    assert shape(drawing.document) == shape(draw(text))


def test_an_unknown_language_is_plain() -> None:
    document = draw("```nonsense\nx = 1\n```\n")
    assert document.begin().layout().formats() == []


def test_tables_have_cells_a_header_and_alignment() -> None:
    document = draw("| a | b |\n|:--|--:|\n| one | **two** |\n")
    cursor = QTextCursor(document)
    cursor.setPosition(1)
    table = cursor.currentTable()
    assert (table.rows(), table.columns()) == (2, 2)
    cell = table.cellAt(1, 1).firstCursorPosition()
    assert cell.block().text() == "two"
    assert cell.blockFormat().alignment() & Qt.AlignmentFlag.AlignRight
    assert look(document, "a").fontWeight() == QFont.Weight.Bold
    assert look(document, "one").fontWeight() == QFont.Weight.Normal
    assert table.format().borderBrush().color().name().upper() == THEME.line


@pytest.mark.parametrize("width", [350, 436, 760])
def test_wide_tables_stay_inside_the_column(width: int) -> None:
    row = "| " + " | ".join(["averyverylongwordwithoutanyblank" * 3] * 6) + " |\n"
    drawing = rendering()
    drawing.document.setTextWidth(width)
    drawing.feed(row + "|---" * 6 + "|\n" + row)
    drawing.close()
    work(drawing)
    assert drawing.document.size().width() <= width


@pytest.mark.parametrize("after", ["---\n", "words\n", "```\ncode\n```\n", "- item\n", "# head\n"])
def test_what_follows_a_table_keeps_its_distance(after: str) -> None:
    document = draw("| a |\n|---|\n| b |\n\n" + after)
    layout = document.documentLayout()
    below = layout.blockBoundingRect(document.findBlock(document.starts[1])).top()
    cell = layout.blockBoundingRect(document.find("b").block()).bottom()
    wanted = document.formats.gap(document.lines[0], document.lines[1])
    assert below - cell >= wanted


def test_right_to_left_paragraphs_run_so() -> None:
    document = draw("hello\n\n\u0645\u0631\u062d\u0628\u0627\n\n- \u05e9\u05dc\u05d5\u05dd\n")
    directions = [document.findBlock(start).textDirection() for start in document.starts]
    left, right = Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft
    assert directions == [left, right, right]
    item = document.findBlock(document.starts[2]).blockFormat()
    assert (item.leftMargin(), item.rightMargin()) == (0, document.formats.item_indent)


def test_code_never_runs_from_the_right() -> None:
    document = draw("```\n\u05e9\u05dc\u05d5\u05dd\n```\n")
    assert document.begin().textDirection() is Qt.LayoutDirection.LeftToRight


def test_scripts_and_emoji() -> None:
    text = "\u4f60\u597d \U0001f600 \u03b1\u03b2\u03b3 \u0930\u093e"
    assert draw(text).toPlainText() == text


def test_questions_are_shown_as_written() -> None:
    document = draw("# not a heading\n  *as is*\n```py\nx = 1\n```", as_written=True)
    assert document.toPlainText() == "# not a heading\n  *as is*\nx = 1"
    assert [line.kind for line in document.lines] == [Kind.PLAIN, Kind.PLAIN, Kind.CODE]


def test_a_message_that_is_too_long_is_plain_with_a_note() -> None:
    document = draw("**word** " * (PLAIN_ABOVE // 9 + 1))
    assert document.lines[0].kind is Kind.NOTE
    assert document.lines[0].text == "It is long."
    assert "**word**" in document.lines[1].text


def test_an_answer_that_grows_too_long_loses_its_markdown() -> None:
    drawing = rendering()
    drawing.feed("**bold** start\n\n")
    work(drawing)
    assert drawing.document.toPlainText() == "bold start"
    drawing.feed("word " * (PLAIN_ABOVE // 5))
    drawing.close()
    work(drawing)
    assert drawing.document.lines[0].kind is Kind.NOTE
    assert drawing.document.lines[1].text == "**bold** start"


def test_another_text_size_scales_everything() -> None:
    document = draw("body\n\n- item\n", Formats(THEME, 200))
    assert look(document, "body").font().pixelSize() == 2 * round(THEME.text_body)
    assert document.findBlock(document.starts[1]).blockFormat().leftMargin() == 2 * 28


PARTS = (
    "word ", "**bold** ", "*it", "**", "`code` ", "\n", "\n\n", "- item\n", "  - nested\n",
    "1. one\n", "> quote\n", "```python\n", "```\n", "def f():  # c\n", "'''doc\n", "| a | b |\n",
    "|---|:-:|\n", "| 1 | 2 |\n", "# head\n", "---\n", "[l](https://example.org) ", "[ref] ",
    "\n[ref]: https://example.org\n", "\u0645\u0631\u062d ", "\U0001f600 ", "a" * 1200,
)  # fmt: skip


@settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(st.sampled_from(PARTS), max_size=40).map("".join),
    st.lists(st.integers(1, 60), min_size=1, max_size=5),
)
def test_streaming_ends_in_the_same_document(text: str, sizes: list[int]) -> None:
    drawing = rendering()
    place = turn = 0
    while place < len(text):
        size = sizes[turn % len(sizes)]
        drawing.feed(text[place : place + size])
        place, turn = place + size, turn + 1
        work(drawing)
    drawing.close()
    work(drawing)
    expected = draw(text)
    assert drawing.document.lines == expected.lines
    assert drawing.document.starts == expected.starts
    assert drawing.document.breaks == expected.breaks
    assert (drawing.document.code_starts, drawing.document.code_ends) == (
        expected.code_starts,
        expected.code_ends,
    )
    assert shape(drawing.document) == shape(expected)


@pytest.mark.parametrize(
    "text",
    ["[" * 100_000, "a" * 1_000_000, "> " * 20_000, "```py\n" + "'''" * 30_000, "a\n\n" * 20_000],
    ids=["brackets", "line", "quotes", "strings", "paragraphs"],
)
def test_hostile_text_is_drawn(text: str) -> None:
    document = draw(text)
    assert document.size().height() > 0


def test_work_stops_when_its_time_is_over() -> None:
    drawing = rendering()
    drawing.feed("A paragraph of words.\n\n" * 2000)
    drawing.close()
    assert drawing.work(0.0)
    assert 0 < len(drawing.document.lines) < 2000
    assert not drawing.is_written
    work(drawing)
    assert len(drawing.document.lines) == 2000
