"""Only what changed is touched."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QTextCursor

from app.ui.markdown.document import MessageDocument
from app.ui.markdown.formats import Formats
from app.ui.markdown.values import Align, Kind, Line, Run, Table
from app.ui.markdown.writer import Writer
from app.ui.theme import load_theme

pytestmark = pytest.mark.usefixtures("qapp")


def text_line(words: str, **more: object) -> Line:
    return Line(kind=Kind.TEXT, runs=(Run(words),), **more)  # type: ignore[arg-type]


def table_line(*cells: str) -> Line:
    table = Table(
        rows=(tuple((Run(cell),) for cell in cells),),
        aligns=(Align.NONE,) * len(cells),
        widest=(4,) * len(cells),
        words=(4,) * len(cells),
        has_header=False,
    )
    return Line(kind=Kind.TABLE, table=table)


@pytest.fixture
def document() -> MessageDocument:
    made = MessageDocument(Formats(load_theme("light")))
    made.setTextWidth(500)
    return made


def lines_in(document: MessageDocument) -> list[str]:
    return document.toPlainText().split("\n")


def test_lines_are_added_behind(document: MessageDocument) -> None:
    writer = Writer(document)
    assert writer.write(0, [text_line("a")], is_end=True) == 0
    assert writer.write(1, [text_line("b"), text_line("c")], is_end=True) == 1
    assert lines_in(document) == ["a", "b", "c"]
    assert document.starts == [0, 2, 4]


def test_the_same_lines_change_nothing(document: MessageDocument) -> None:
    writer = Writer(document)
    lines = [text_line("a"), table_line("x", "y"), text_line("b")]
    writer.write(0, lines, is_end=True)
    changes: list[tuple[int, int, int]] = []
    document.contentsChange.connect(lambda *change: changes.append(change))
    assert writer.write(0, lines, is_end=True) == 3
    assert changes == []


def test_a_longer_line_only_grows(document: MessageDocument) -> None:
    writer = Writer(document)
    writer.write(0, [text_line("first"), text_line("some words")], is_end=True)
    cursor = QTextCursor(document)
    cursor.setPosition(6)
    cursor.setPosition(10, QTextCursor.MoveMode.KeepAnchor)
    writer.write(1, [text_line("some words and more \U0001f600"), text_line("next")], is_end=True)
    assert lines_in(document) == ["first", "some words and more \U0001f600", "next"]
    # A selection in the part that stayed is kept.
    assert cursor.selectedText() == "some"


def test_what_follows_is_taken_away(document: MessageDocument) -> None:
    writer = Writer(document)
    writer.write(0, [text_line("a"), text_line("b"), text_line("c")], is_end=True)
    writer.write(1, [], is_end=True)
    assert lines_in(document) == ["a"]
    writer.write(0, [], is_end=True)
    assert lines_in(document) == [""]
    assert document.starts == []


def test_without_an_end_what_follows_stays(document: MessageDocument) -> None:
    writer = Writer(document)
    writer.write(0, [text_line("a"), text_line("b"), text_line("c")], is_end=True)
    writer.write(0, [text_line("a")], is_end=False)
    assert lines_in(document) == ["a", "b", "c"]


@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize("after", [True, False])
def test_tables_come_and_go(document: MessageDocument, *, before: bool, after: bool) -> None:
    writer = Writer(document)
    lines = [*([text_line("a")] * before), table_line("x", "y"), *([text_line("b")] * after)]
    writer.write(0, lines, is_end=True)
    shown = document.toPlainText()
    for count in range(len(lines) - 1, -1, -1):
        writer.write(count, [], is_end=True)
        assert len(document.lines) == count
        writer.write(count, lines[count:], is_end=True)
        assert document.toPlainText() == shown
    assert len(document.rootFrame().childFrames()) == 1


def test_tables_side_by_side(document: MessageDocument) -> None:
    writer = Writer(document)
    writer.write(0, [table_line("a"), table_line("b"), text_line("c")], is_end=True)
    assert len(document.rootFrame().childFrames()) == 2
    writer.write(1, [text_line("d")], is_end=True)
    assert len(document.rootFrame().childFrames()) == 1
    assert lines_in(document)[-1] == "d"


def test_an_endless_word_gets_breaks_that_are_known(document: MessageDocument) -> None:
    writer = Writer(document)
    writer.write(0, [text_line("a" * 2000)], is_end=True)
    shown = document.toPlainText()
    assert shown.count("\u200b") == len(document.breaks) > 10
    assert all(shown[place] == "\u200b" for place in document.breaks)
    writer.write(0, [text_line("a" * 2001)], is_end=True)
    assert document.toPlainText().replace("\u200b", "") == "a" * 2001
    writer.write(0, [text_line("short")], is_end=True)
    assert document.breaks == []


def test_code_blocks_are_known(document: MessageDocument) -> None:
    writer = Writer(document)

    def code(words: str, *, opens: bool = False) -> Line:
        return Line(kind=Kind.CODE, runs=(Run(words),), opens=opens, language="py")

    writer.write(0, [code("a", opens=True), code("b"), code("c", opens=True)], is_end=True)
    assert (document.code_starts, document.code_ends) == ([0, 2], [2, 3])
    assert document.code_at(1) == (0, 2)
    assert document.code_text(0) == "a\nb"
    writer.write(1, [text_line("x")], is_end=True)
    assert (document.code_starts, document.code_ends) == ([0], [1])


def test_a_table_that_goes_on_keeps_its_columns(document: MessageDocument) -> None:
    writer = Writer(document)
    first = table_line("x", "y")
    second = Line(kind=Kind.TABLE, table=table_line("a long cell", "y").table, joint="")
    writer.write(0, [first, second], is_end=True)
    cursor = QTextCursor(document)
    cursor.setPosition(1)
    one = cursor.currentTable().format().columnWidthConstraints()
    cursor.movePosition(QTextCursor.MoveOperation.End)
    cursor.setPosition(document.starts[1] + 1)
    two = cursor.currentTable().format().columnWidthConstraints()
    assert [width.rawValue() for width in one] == [width.rawValue() for width in two]
