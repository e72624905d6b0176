"""Styled runs, links, and images that are only words."""

from __future__ import annotations

import pytest

from app.ui.markdown.inline import MAX_BRACKETS, read_runs
from app.ui.markdown.values import LINE_BREAK, Face, Run


def text_of(content: str) -> str:
    return "".join(run.text for run in read_runs(content, {}))


@pytest.mark.parametrize(
    ("content", "face"),
    [
        ("**b**", Face.BOLD),
        ("*i*", Face.ITALIC),
        ("~~s~~", Face.STRIKE),
        ("`c`", Face.CODE),
        ("***x***", Face.BOLD | Face.ITALIC),
        ("**`c`**", Face.BOLD | Face.CODE),
    ],
)
def test_faces(content: str, face: Face) -> None:
    (run,) = read_runs(content, {})
    assert run.face == face


def test_a_link_keeps_its_words_and_its_address() -> None:
    assert read_runs("[a *b*](https://example.org/x 'title')", {}) == (
        Run("a ", Face.NONE, "https://example.org/x"),
        Run("b", Face.ITALIC, "https://example.org/x"),
    )


@pytest.mark.parametrize("target", ["file:///etc/passwd", "//host/share", "javascript:x", "a.md"])
def test_what_is_no_web_link_stays_as_it_was_written(target: str) -> None:
    assert read_runs(f"[a]({target})", {}) == (Run(f"[a]({target})"),)


def test_an_image_is_its_description_and_its_address() -> None:
    assert read_runs("![a cat](https://example.org/cat.png)", {}) == (
        Run("a cat", Face.ITALIC),
        Run(" (https://example.org/cat.png)"),
    )


def test_html_is_text() -> None:
    assert text_of('<img src="x"> <b>b</b> <script>x</script>') == (
        '<img src="x"> <b>b</b> <script>x</script>'
    )


def test_lines_break_where_they_were_broken() -> None:
    assert text_of("a\nb") == f"a{LINE_BREAK}b"
    assert text_of("a<br>b<BR />c") == f"a{LINE_BREAK}b{LINE_BREAK}c"


@pytest.mark.parametrize(
    ("content", "address"),
    [
        ("see https://example.org.", "https://example.org"),
        ("(https://example.org/a_(b))", "https://example.org/a_(b)"),
        ("https://example.org/a?b=1&c=2, then", "https://example.org/a?b=1&c=2"),
        ("<https://example.org>", "https://example.org"),
    ],
)
def test_bare_addresses_are_links(content: str, address: str) -> None:
    links = [run for run in read_runs(content, {}) if run.href]
    assert [(run.text, run.href) for run in links] == [(address, address)]


def test_no_address_no_link() -> None:
    assert all(not run.href for run in read_runs("https:// and http://", {}))


def test_entities_and_escapes() -> None:
    assert text_of(r"&amp; \* &lt;") == "& * <"


def test_very_many_brackets_are_text() -> None:
    content = "[" * (MAX_BRACKETS + 1) + "a](https://example.org)"
    assert text_of(content).startswith("[" * MAX_BRACKETS)


def test_unfinished_marks_are_text() -> None:
    assert text_of("**bold and `code") == "**bold and `code"
