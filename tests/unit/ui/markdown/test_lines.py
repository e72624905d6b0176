"""Lines made from leaves."""

from __future__ import annotations

from app.ui.markdown.blocks import read_leaves
from app.ui.markdown.lines import language_of, lines_of
from app.ui.markdown.values import Align, Kind, Line, Marker


def lines(source: str) -> list[Line]:
    env: dict[str, object] = {}
    return [line for leaf in read_leaves(source, env) for line in lines_of(leaf, env)]


def test_paths_and_markers() -> None:
    found = [(line.path, line.markers) for line in lines("- a\n  1) b\n> - c\n")]
    assert found == [
        ("i", (Marker(0, "-"),)),
        ("ii", (Marker(1, "1)"),)),
        ("qi", (Marker(1, "-"),)),
    ]


def test_only_the_first_item_begins_a_list() -> None:
    assert [line.markers[0].is_first for line in lines("1. a\n1. b\n")] == [True, False]


def test_numbers_count_on() -> None:
    assert [line.markers[0].text for line in lines("9. a\n9. b\n9. c\n")] == ["9.", "10.", "11."]


def test_a_wide_number_gets_more_room() -> None:
    assert [line.path for line in lines("99. a\n99. b\n")] == ["i", "w"]


def test_tasks_have_boxes() -> None:
    found = lines("- [ ] open\n- [x] done\n- [X] also\n- [a] none\n1. [x] one\n")
    assert [line.markers[0].text for line in found] == ["[ ]", "[x]", "[x]", "-", "1."]
    assert [line.text for line in found] == ["open", "done", "also", "[a] none", "[x] one"]


def test_code_has_a_line_for_each_of_its_own() -> None:
    found = lines("```py title\na\n\nb\n```\n")
    assert [line.text for line in found] == ["a", "", "b"]
    assert [line.opens for line in found] == [True, False, False]
    assert {line.kind for line in found} == {Kind.CODE}
    assert {line.language for line in found} == {"py"}


def test_empty_code_is_one_empty_line() -> None:
    assert [line.text for line in lines("```\n```\n")] == [""]


def test_a_table() -> None:
    (line,) = lines("|a|bb|c|\n|:--|--:|:-:|\n|1|a long word|`x`|\n")
    assert line.table is not None
    assert line.table.aligns == (Align.LEFT, Align.RIGHT, Align.CENTRE)
    assert [[cell[0].text for cell in row] for row in line.table.rows] == [
        ["a", "bb", "c"],
        ["1", "a long word", "x"],
    ]
    assert line.table.widest == (4, 11, 4)
    assert line.table.words == (4, 4, 4)


def test_headings_have_their_level() -> None:
    found = lines("# a\n\n###### b\n\nc\n==\n")
    assert [(line.kind, line.level) for line in found] == [
        (Kind.HEADING, 1),
        (Kind.HEADING, 6),
        (Kind.HEADING, 1),
    ]


def test_languages() -> None:
    assert language_of("python {.numbers}") == "python"
    assert language_of("c++") == "c++"
    assert language_of("") == ""
    assert language_of("<b>") == ""
