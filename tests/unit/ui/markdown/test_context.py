"""Parsing in windows, each behind a prefix, against parsing the whole."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.ui.markdown import stream
from app.ui.markdown.blocks import read_leaves
from app.ui.markdown.context import Context, Mode, context_before, context_inside
from app.ui.markdown.stream import MarkdownStream
from app.ui.markdown.values import Kind, Line

SAMPLE = '''# Title

Intro with **bold**, *italic*, `code` and a [link](https://example.org "t").
Second line of it.

1. First
   - nested *a*
   - nested b
     1. deep
     1. deeper

        para in deep
   - last
1. Second

   ```python
   def f(x):
       """doc

       more"""
       return x + 1
   ```

   after code
1. Third
> quote one
> still
lazy line
>
> - in quote
>   - nested in quote
>
> ```js
> let a = 1;
> ```

- [ ] task
- [x] done

text

    indented code

    more code

Setext
======

---

* star

* loose

  para

+ plus

[ref] and [other][ref]. ![alt](https://example.org/i.png)

10) ten
11) eleven

[ref]: https://example.org/ref
'''


def read(text: str) -> list[Line]:
    source = MarkdownStream()
    source.feed(text)
    source.close()
    lines: list[Line] = []
    while True:
        while (more := source.step()) is not None:
            lines += more
        if not source.needs_second_reading():
            return lines
        source.rewind()
        lines = []


def joined(lines: list[Line]) -> list[Line]:
    """`lines` with the pieces of what was cut put together again."""
    result: list[Line] = []
    for line in lines:
        if line.joint is not None and result:
            result[-1] = replace(result[-1], runs=result[-1].runs + line.runs)
        else:
            result.append(line)
    return result


@pytest.mark.parametrize("window", [60, 80, 120, 200, 300, 500])
def test_windows_change_nothing(window: int, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = read(SAMPLE)
    monkeypatch.setattr(stream, "WINDOW", window)
    monkeypatch.setattr(stream, "LIMIT", 3 * window)
    monkeypatch.setattr(stream, "_SETTLED", window * 6 // 10)
    assert joined(read(SAMPLE)) == whole


def test_the_prefix_rebuilds_lists_and_quotes() -> None:
    leaf = read_leaves("1. a\n\n   > b\n   > - c\n   >\n   >   d\n", {})[-1]
    context = context_before(leaf)
    rest = context.prefix + "   >   d\n"
    leaves, continues = context.trim(read_leaves(rest, {}, context.chain))
    assert [found.content for found in leaves] == ["d"]
    assert not continues
    assert ["q" if c.is_quote else "i" for c in leaves[0].containers] == ["i", "q", "i"]
    assert leaves[0].begun == ()


def test_a_next_item_follows_the_ones_before() -> None:
    leaf = read_leaves("5. a\n5. b\n", {})[-1]
    context = context_before(leaf)
    (found,), _ = context.trim(read_leaves(context.prefix + "5. b\n", {}, context.chain))
    assert found.containers[0].number == 6
    assert found.begun == (0,)


@pytest.mark.parametrize(
    ("source", "rest", "kind"),
    [
        ("- ```py\n  a\n", "  b\n  ```\n", "fence"),
        ("> |a|b|\n> |-|-|\n> |1|2|\n", "> |3|4|\n", "table"),
        ("- words\n", "  more words\n", "paragraph"),
        ("    code\n", "    code\n", "code_block"),
    ],
)
def test_what_was_cut_goes_on(source: str, rest: str, kind: str) -> None:
    leaf = read_leaves(source, {})[-1]
    context = context_inside(leaf, blank="\n", joined=False)
    leaves, continues = context.trim(read_leaves(context.prefix + rest, {}, context.chain))
    assert [found.kind for found in leaves] == [kind]
    assert continues


def test_a_paragraph_that_was_over_does_not_go_on() -> None:
    leaf = read_leaves("words\n", {})[-1]
    context = context_inside(leaf, blank="\n", joined=False)
    leaves, continues = context.trim(read_leaves(context.prefix + "\nnext\n", {}))
    assert [found.content for found in leaves] == ["next"]
    assert not continues


def test_without_surroundings_there_is_no_prefix() -> None:
    assert Context().prefix == ""
    assert Context(mode=Mode.OPENING, text="```py").prefix == "```py\n"


def test_kinds_survive_a_cut() -> None:
    lines = read("> ```py\n" + "> x = 1\n" * 1000 + "> ```\n> end\n")
    assert {line.kind for line in lines[:-1]} == {Kind.CODE}
    assert (lines[-1].kind, lines[-1].path, lines[-1].text) == (Kind.TEXT, "q", "end")
