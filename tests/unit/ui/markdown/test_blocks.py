"""Leaves, and the quotes and lists they stand in."""

from __future__ import annotations

import pytest

from app.ui.markdown.blocks import MAX_CELLS, TooDeepError, parser, read_leaves


def kinds(source: str) -> list[str]:
    return [leaf.kind for leaf in read_leaves(source, {})]


def test_every_kind_of_leaf() -> None:
    source = "# h\n\np\n\n```py\nc\n```\n\n    i\n\n---\n\n|a|\n|-|\n|b|\n\n- x\n"
    assert kinds(source) == [
        "heading",
        "paragraph",
        "fence",
        "code_block",
        "rule",
        "table",
        "paragraph",
    ]


def test_a_leaf_knows_its_lists_and_quotes() -> None:
    leaves = read_leaves("3. a\n\n   - b\n4. > c\n", {})
    first, second, third = leaves
    assert [c.number for c in first.containers] == [3]
    assert [(c.number, c.base, c.indent) for c in second.containers] == [(3, 0, 3), (None, 3, 5)]
    assert second.begun == (1,)
    assert [c.is_quote for c in third.containers] == [False, True]
    assert third.containers[0].number == 4
    assert third.containers[0].follows


def test_an_item_without_anything_is_a_leaf() -> None:
    assert kinds("-\n- a\n") == ["empty", "paragraph"]


def test_numbers_come_from_around_on_the_first_line() -> None:
    around = read_leaves("7. x\n", {})[0].containers
    leaves = read_leaves("1. x\n\n1. y\n", {}, around)
    assert [leaf.containers[0].number for leaf in leaves] == [7, 8]


def test_too_deep_nesting_is_said_and_not_swallowed() -> None:
    with pytest.raises(TooDeepError):
        read_leaves("> " * 60 + "words", {})


def test_a_table_of_very_many_cells_stays_text() -> None:
    head = "a|" * 30 + "\n" + "-|" * 30 + "\n"
    assert kinds(head + "x\n" * (MAX_CELLS // 30 + 1)) == ["paragraph"]
    assert kinds(head + "x\n" * 3) == ["table"]


def test_a_table_of_very_many_columns_stays_text() -> None:
    assert kinds("a|" * 200 + "\n" + "-|" * 200 + "\n") == ["paragraph"]


@pytest.mark.parametrize(
    ("url", "holds"),
    [
        ("https://example.org", True),
        ("HTTP://example.org", True),
        ("mailto:a@example.org", True),
        ("file:///etc/passwd", False),
        ("//host/share", False),
        ("\\\\host\\share", False),
        ("javascript:alert(1)", False),
        ("ms-msdt:/id", False),
        ("page.md", False),
    ],
)
def test_only_web_addresses_are_links(url: str, *, holds: bool) -> None:
    assert parser().validateLink(url) is holds


def test_link_definitions_are_kept() -> None:
    env: dict[str, object] = {}
    assert read_leaves("[a]: https://example.org\n", env) == []
    assert "A" in env["references"]  # type: ignore[operator]
