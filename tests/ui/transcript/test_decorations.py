"""What is painted around the words, found by its colours."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from app.ui.markdown.document import MessageDocument
from app.ui.transcript import decorations
from tests.ui.markdown.drawing import WIDTH, draw

pytestmark = pytest.mark.usefixtures("qapp")


def painted(document: MessageDocument, *, caret: bool = False) -> QImage:
    height = int(document.size().height()) + 60
    image = QImage(WIDTH, height, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    painter = QPainter(image)
    decorations.paint(painter, document, QRectF(0, 0, WIDTH, height), "code")
    if caret:
        decorations.paint_caret(painter, document)
    painter.end()
    return image


def has(image: QImage, colour: str, area: QRectF) -> bool:
    wanted = QColor(colour).rgb()
    return any(
        image.pixel(x, y) == wanted
        for x in range(max(0, int(area.left())), min(image.width(), int(area.right()) + 1))
        for y in range(max(0, int(area.top())), min(image.height(), int(area.bottom()) + 1))
    )


def test_code_has_a_ground_with_room_for_its_header() -> None:
    document = draw("Text\n\n```py\nx = 1\n```\n\nafter")
    image = painted(document)
    (block,) = decorations.code_blocks(document, QRectF(image.rect()))
    assert block.language == "py"
    assert block.ground.width() == WIDTH
    words = document.documentLayout().blockBoundingRect(document.find("x = 1").block())
    assert block.ground.top() == words.top() - document.formats.code_header
    assert has(image, document.formats.theme.code, block.ground)
    after = document.documentLayout().blockBoundingRect(document.find("after").block())
    assert after.top() > block.ground.bottom()


def test_code_that_begins_a_message_has_its_header_inside_the_document() -> None:
    document = draw("```py\nx = 1\n```\n\nafter")
    image = painted(document)
    (block,) = decorations.code_blocks(document, QRectF(image.rect()))
    assert block.ground.top() == 0
    words = document.documentLayout().blockBoundingRect(document.firstBlock())
    assert words.top() == document.formats.code_header
    assert draw("Text").documentLayout().blockBoundingRect(draw("Text").firstBlock()).top() == 0


def test_only_what_is_in_sight_is_looked_at() -> None:
    document = draw("```py\nx = 1\n```\n\nwords\n\n" * 200)
    within = decorations.lines_within(document, QRectF(0, 5000, WIDTH, 300))
    assert 0 < len(within) < 30
    assert 1 <= len(list(decorations.code_blocks(document, QRectF(0, 5000, WIDTH, 300)))) < 10
    assert decorations.lines_within(draw(""), QRectF(0, 0, 10, 10)) == range(0)


def test_quotes_have_a_bar_without_gaps() -> None:
    document = draw("> one\n>\n> two\n>\n> - three\n")
    image = painted(document)
    bar = QColor(document.formats.theme.line_strong).rgb()
    rows = [y for y in range(image.height()) if image.pixel(1, y) == bar]
    assert rows == list(range(rows[0], rows[-1] + 1))
    assert len(rows) > 60


def test_a_quote_beside_a_table_is_as_high_as_it() -> None:
    document = draw("> | a |\n> |---|\n> | b |\n>\n> after\n")
    area = decorations.area_of(document, 0)
    layout = document.documentLayout()
    assert area.top() <= layout.blockBoundingRect(document.find("a").block()).top()
    assert area.bottom() >= layout.blockBoundingRect(document.find("b").block()).bottom()


def test_a_rule_is_a_line() -> None:
    document = draw("a\n\n---\n\nb")
    area = decorations.area_of(document, 1)
    line = QRectF(0, area.top() - 1, WIDTH, 3)
    assert has(painted(document), document.formats.theme.line, line)


@pytest.mark.parametrize("source", ["- item", "1. item", "- [ ] item", "  - a\n    - b\n      - c"])
def test_items_have_markers_before_them(source: str) -> None:
    document = draw(source)
    indent = document.formats.item_indent
    image = painted(document)
    white = QColor("white").rgb()
    marked = [
        (x, y)
        for x in range(image.width())
        for y in range(image.height())
        if image.pixel(x, y) != white
    ]
    assert marked
    assert max(x for x, _ in marked) < 3 * indent


def test_a_done_task_has_the_accent() -> None:
    document = draw("- [x] item")
    area = QRectF(0, 0, document.formats.item_indent, 30)
    assert has(painted(document), document.formats.theme.accent, area)


def test_from_the_right_the_marker_stands_at_the_right() -> None:
    document = draw("- \u05e9\u05dc\u05d5\u05dd")
    image = painted(document)
    colour = document.formats.theme.text_second
    right = QRectF(WIDTH - document.formats.item_indent, 0, document.formats.item_indent, 30)
    assert has(image, colour, right)
    assert not has(image, colour, QRectF(0, 0, WIDTH / 2, 30))


def test_the_caret_stands_behind_the_last_word() -> None:
    for source in ("Some words", "```py\nx = 1", "| a |\n|---|\n| b |"):
        area = decorations.caret_area(draw(source))
        assert area.width() > 0
        assert area.height() > 0
    words = decorations.caret_area(draw("Some words"))
    assert words.left() > decorations.caret_area(draw("Some")).left()
    assert painted(draw("Some words"), caret=True) != painted(draw("Some words"))
