"""Text that comes in pieces gives the same lines as the same text at once."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.ui.markdown import stream
from app.ui.markdown.stream import LIMIT, WINDOW, MarkdownStream
from app.ui.markdown.values import Kind, Line

PARTS = (
    "word ", "**bold** ", "*it", "*", "**", "`code` ", "`", "~~s~~ ", "\n", "\n\n", "- item\n",
    "  - nested\n", "1. one\n", "   more\n", "> quote\n", "> - q\n", "```python\n", "```\n",
    "x = 1  # c\n", "    code\n", "| a | b |\n", "|---|:-:|\n", "| 1 | 2 |\n", "# head\n",
    "===\n", "---\n", "[link](https://example.org) ", "[ref] ", "[ref]: https://example.org\n",
    "![i](https://example.org/i.png) ", "<b>", "\u0645\u0631\u062d\u0628\u0627 ", "\u4f60\u597d",
    "\U0001f600 ", "\r\n", "\t", "- [ ] task\n", "[", "](", "<", "&amp;", "\\*",
)  # fmt: skip
TEXTS = st.lists(st.sampled_from(PARTS), max_size=80).map("".join)


def finish(source: MarkdownStream, lines: list[Line]) -> list[Line]:
    source.close()
    while True:
        while (more := source.step()) is not None:
            lines += more
        if not source.needs_second_reading():
            assert source.is_finished
            return lines
        source.rewind()
        lines = []


def at_once(text: str) -> list[Line]:
    source = MarkdownStream()
    source.feed(text)
    return finish(source, [])


def in_pieces(text: str, sizes: list[int]) -> list[Line]:
    source = MarkdownStream()
    lines: list[Line] = []
    place = turn = 0
    while place < len(text):
        size = sizes[turn % len(sizes)]
        source.feed(text[place : place + size])
        place, turn = place + size, turn + 1
        while (more := source.step()) is not None:
            lines += more
        source.rest()
    return finish(source, lines)


def small_windows(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    monkeypatch.setattr(stream, "WINDOW", size)
    monkeypatch.setattr(stream, "LIMIT", 3 * size)
    monkeypatch.setattr(stream, "_SETTLED", size * 6 // 10)


@settings(max_examples=80, deadline=None)
@given(TEXTS, st.lists(st.integers(1, 40), min_size=1, max_size=6))
def test_pieces_or_at_once(text: str, sizes: list[int]) -> None:
    assert in_pieces(text, sizes) == at_once(text)


@settings(max_examples=60, deadline=None)
@given(TEXTS, st.lists(st.integers(1, 40), min_size=1, max_size=6), st.integers(30, 200))
def test_pieces_or_at_once_with_many_cuts(text: str, sizes: list[int], window: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        small_windows(patch, window)
        assert in_pieces(text, sizes) == at_once(text)


@pytest.mark.parametrize(
    "text",
    ["```py\nx = 1", "```\n", "| a | b |\n|---", "| a |\n|--|\n| 1", "**bold", "> - `x", "- "],
)
def test_what_is_unfinished_is_shown_as_far_as_it_came(text: str) -> None:
    for size in (1, 3, 7):
        assert in_pieces(text, [size]) == at_once(text)


def test_the_rest_is_shown_while_it_is_open() -> None:
    source = MarkdownStream()
    source.feed("Some **bo")
    assert source.step() is None
    assert [line.text for line in source.rest()] == ["Some **bo"]
    source.feed("ld** words")
    assert [line.text for line in source.rest()] == ["Some bold words"]


@pytest.mark.parametrize("sign", ["-", "==", "``", "1.", "#", "> ", "|", "***"])
def test_signs_that_may_turn_the_line_above_into_something_else_wait(sign: str) -> None:
    source = MarkdownStream()
    source.feed("A sentence.\n" + sign)
    (line,) = source.rest()
    assert (line.kind, line.text) == (Kind.TEXT, "A sentence.")


def test_links_may_be_defined_after_their_use() -> None:
    text = "See [it].\n\n" + "word " * WINDOW + "\n\n[it]: https://example.org\n"
    for lines in (at_once(text), in_pieces(text, [500])):
        assert lines[0].runs[1].href == "https://example.org"


def test_a_long_paragraph_is_cut_between_words() -> None:
    lines = at_once("word " * 5000)
    assert len(lines) > 5
    assert all(len(line.text) <= LIMIT for line in lines)
    assert lines[0].joint is None
    assert {line.joint for line in lines[1:]} == {" "}
    whole = lines[0].text + "".join((line.joint or "") + line.text for line in lines[1:])
    assert whole == ("word " * 5000).rstrip()


def test_an_endless_word_is_cut_without_a_blank() -> None:
    lines = at_once("a" * 10_000)
    assert "".join(line.text for line in lines) == "a" * 10_000
    assert {line.joint for line in lines[1:]} == {""}


def test_long_code_stays_one_block() -> None:
    source = "".join(f"x{i} = {i}\n" for i in range(2000))
    lines = at_once(f"```python\n{source}```\nafter")
    code = [line for line in lines if line.kind is Kind.CODE]
    assert "\n".join(line.text for line in code) + "\n" == source
    assert [line.opens for line in code].count(True) == 1
    assert (lines[-1].kind, lines[-1].text) == (Kind.TEXT, "after")


def test_a_long_table_keeps_its_columns() -> None:
    source = "| a | b |\n|:--|--:|\n" + "| cell one | cell two |\n" * 300
    tables = [line.table for line in at_once(source) if line.table is not None]
    assert len(tables) > 1
    assert [table.has_header for table in tables] == [True] + [False] * (len(tables) - 1)
    assert {table.aligns for table in tables} == {tables[0].aligns}
    assert sum(len(table.rows) for table in tables) == 301


def test_a_long_list_counts_on() -> None:
    lines = at_once("1. an item with some words in it\n" * 500)
    assert [line.markers[0].text for line in lines] == [f"{n}." for n in range(1, 501)]


def test_too_deep_nesting_is_shown_as_written() -> None:
    lines = at_once("> " * 300 + "deep")
    assert "deep" in lines[-1].text


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        "![" * 50_000,
        "![[]" * 25_000,
        "*" * 100_000,
        "***a " * 20_000,
        "`a" * 50_000,
        "> " * 50_000,
        "- " * 50_000,
        "-\n" * 50_000,
        "a|" * 50_000,
        "a|" * 30 + "\n" + "-|" * 30 + "\n" + "x\n" * 30_000,
        "[x]: y\n" * 15_000,
        "<" * 100_000,
        "&" * 100_000,
        "\\" * 100_000,
        "\n" * 100_000,
        " " * 100_000,
        "1. " * 30_000,
        "a" * 1_000_000,
    ],
    ids=lambda text: repr(text[:8]),
)
def test_hostile_text_takes_bounded_steps(text: str) -> None:
    source = MarkdownStream()
    source.feed(text)
    source.close()
    longest = 0.0
    while not source.is_finished:
        began = time.thread_time()
        assert source.step() is not None
        longest = max(longest, time.thread_time() - began)
    # Very generous: on a quiet machine no step takes a tenth of it.
    assert longest < 1.0
