"""Reads the block structure of markdown: its leaves, and the quotes and lists they stand in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, MutableMapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.token import Token

from app.ui.markdown.math_rules import add_math

# Deeper nesting is shown as it was written: the parser would silently leave it out.
MAX_NESTING = 40
# A few characters can stand for very many cells, which the parser fills up.
MAX_COLUMNS = 32
MAX_CELLS = 800

Env = MutableMapping[str, Any]
_Rule = Callable[[StateBlock, int, int, bool], bool]
_WEB = re.compile(r"(https?|mailto):", re.IGNORECASE)


class TooDeepError(Exception):
    """The text nests more quotes and lists than can be shown."""


@dataclass(slots=True)
class Container:
    """A quote or a list item around leaves.

    `line` is where it begins; `base` and `indent` are the columns at which its parent's and
    its own content begin, counted inside the nearest quote. `bullet` and `number` concern
    list items; an item that is not the first of its list has `follows` set.
    """

    is_quote: bool
    line: int
    base: int = 0
    indent: int = 0
    bullet: str = ""
    number: int | None = None
    follows: bool = False
    has_leaf: bool = False

    @property
    def width(self) -> int:
        """Columns that the item's marker takes."""
        return max(2, self.indent - self.base)


@dataclass(slots=True)
class Leaf:
    """A paragraph, heading, block of code, rule or table, and where it stands.

    `kind` is the parser's name of it, or "empty" for a list item or quote with nothing in
    it. `first_line` and `end_line` count lines of the source. `begun` holds the depths of
    the containers that begin with this leaf.
    """

    kind: str
    first_line: int
    end_line: int
    content: str = ""
    info: str = ""
    markup: str = ""
    level: int = 0
    rows: list[list[str]] = field(default_factory=list)
    aligns: list[str] = field(default_factory=list)
    containers: tuple[Container, ...] = ()
    begun: tuple[int, ...] = ()


@lru_cache(maxsize=2)
def parser(*, links: bool = True) -> MarkdownIt:
    """CommonMark with tables and strikethrough; HTML stays text, only web links are links.

    Without `links` a text full of brackets is read in linear time.
    """
    options = {"html": False, "maxNesting": MAX_NESTING, "linkify": False}
    result = MarkdownIt("commonmark", options)
    result.enable(["table", "strikethrough"])
    if not links:
        result.disable(["link", "image"])
    # The library's own way to decide which addresses hold is to replace this method.
    result.validateLink = _is_web_link  # type: ignore[method-assign]
    add_math(result)
    ruler = result.block.ruler
    for rule in ruler.__rules__:
        wrap = {"table": _small_table, "reference": _no_footnote}.get(rule.name)
        function = wrap(rule.fn) if wrap is not None else rule.fn
        ruler.at(rule.name, _noting_indent(function), {"alt": rule.alt})
    return result


def read_leaves(source: str, env: Env, around: tuple[Container, ...] = ()) -> list[Leaf]:
    """The leaves of `source` in order; link definitions are added to `env`.

    Items that begin on the first line take their numbers from `around`, depth by depth.
    Raises `TooDeepError` where the text nests too deep.
    """
    tokens: list[Token] = []
    md = parser()
    md.block.parse(source, md, env, tokens)
    if any(token.level >= MAX_NESTING - 1 for token in tokens):
        raise TooDeepError
    return list(_Reader(tokens, around).leaves())


@dataclass(slots=True)
class _List:
    """An open list: the number of its next item, where it counts, and whether it has one."""

    number: int | None
    has_items: bool = False


class _Reader:
    """Walks the parser's tokens with a stack of open lists and containers."""

    def __init__(self, tokens: list[Token], around: tuple[Container, ...]) -> None:
        self._tokens = tokens
        self._around = around
        self._containers: list[Container] = []
        self._lists: list[_List] = []

    def leaves(self) -> Iterator[Leaf]:
        index = 0
        while index < len(self._tokens):
            token = self._tokens[index]
            self._note_indent(token)
            index += 1
            match token.type:
                case "bullet_list_open":
                    self._lists.append(_List(number=None))
                case "ordered_list_open":
                    self._lists.append(_List(number=int(token.attrs.get("start", 1))))
                case "bullet_list_close" | "ordered_list_close":
                    self._lists.pop()
                case "list_item_open":
                    self._containers.append(self._item(token))
                case "blockquote_open":
                    self._containers.append(Container(is_quote=True, line=_lines(token)[0]))
                case "list_item_close" | "blockquote_close":
                    yield from self._close()
                case _:
                    leaf, index = _leaf(self._tokens, index - 1)
                    yield self._placed(leaf)

    def _note_indent(self, token: Token) -> None:
        """The first block inside an item tells at which column the item's content begins."""
        indent = token.meta.get("indent")
        if indent is None or not self._containers or self._containers[-1].is_quote:
            return
        self._containers[-1].indent = indent

    def _item(self, token: Token) -> Container:
        inside, line = self._lists[-1], _lines(token)[0]
        depth = len(self._containers)
        if line == 0 and inside.number is not None and depth < len(self._around):
            inside.number = self._around[depth].number or 0
        parent = self._containers[-1] if self._containers else None
        base = 0 if parent is None or parent.is_quote else parent.indent
        item = Container(
            is_quote=False,
            line=line,
            base=base,
            indent=base + 2,
            bullet=token.markup,
            number=inside.number,
            follows=inside.has_items,
        )
        inside.has_items = True
        if inside.number is not None:
            inside.number += 1
        return item

    def _close(self) -> Iterator[Leaf]:
        container = self._containers[-1]
        if not container.has_leaf:
            yield self._placed(Leaf("empty", container.line, container.line + 1))
        self._containers.pop()

    def _placed(self, leaf: Leaf) -> Leaf:
        leaf.containers = tuple(self._containers)
        leaf.begun = tuple(i for i, c in enumerate(self._containers) if not c.has_leaf)
        for container in self._containers:
            container.has_leaf = True
        return leaf


def _leaf(tokens: list[Token], index: int) -> tuple[Leaf, int]:
    """The leaf that begins at `index`, and the index after it."""
    token = tokens[index]
    first, end = _lines(token)
    match token.type:
        case "paragraph_open" | "heading_open":
            kind = token.type.removesuffix("_open")
            level = int(token.tag[1]) if kind == "heading" else 0
            content = tokens[index + 1].content
            leaf = Leaf(kind, first, end, content, markup=token.markup, level=level)
            return leaf, index + 3
        case "table_open":
            leaf = Leaf("table", first, end)
            index += 1
            while tokens[index].type != "table_close":
                _read_table(tokens[index], leaf)
                index += 1
            return leaf, index + 1
        case "fence" | "code_block":
            leaf = Leaf(token.type, first, end, token.content, token.info, token.markup)
            return leaf, index + 1
        case "math_block":
            # What is still on its way has no end yet, and is shown as it is written.
            kind = "math_open" if token.meta["is_open"] else "math"
            return Leaf(kind, first, end, token.content, markup=token.markup), index + 1
        case _:
            return Leaf("rule", first, end), index + 1


def _read_table(token: Token, table: Leaf) -> None:
    if token.type == "tr_open":
        table.rows.append([])
    elif token.type == "inline":
        table.rows[-1].append(token.content)
    elif token.type == "th_open":
        style = str(token.attrs.get("style", ""))
        table.aligns.append(style.removeprefix("text-align:"))


def _lines(token: Token) -> tuple[int, int]:
    first, end = token.map or (0, 0)
    return first, end


def _is_web_link(url: str) -> bool:
    return _WEB.match(url) is not None


def _noting_indent(rule: _Rule) -> _Rule:
    """`rule`, which also notes on its first token the column of the surrounding content."""

    def noting(state: StateBlock, first: int, end: int, silent: bool) -> bool:
        before, indent = len(state.tokens), state.blkIndent
        matched = rule(state, first, end, silent)
        if matched and not silent and len(state.tokens) > before:
            state.tokens[before].meta["indent"] = indent
        return matched

    return noting


def _no_footnote(rule: _Rule) -> _Rule:
    """`rule`, which takes no footnote for the definition of a link."""

    def reference(state: StateBlock, first: int, end: int, silent: bool) -> bool:
        start = state.bMarks[first] + state.tShift[first]
        return not state.src.startswith("[^", start) and rule(state, first, end, silent)

    return reference


def _small_table(rule: _Rule) -> _Rule:
    """`rule`, which leaves tables of very many cells as text."""

    def small(state: StateBlock, first: int, end: int, silent: bool) -> bool:
        if first + 2 > end:
            return False
        delimiters = state.src[state.bMarks[first + 1] : state.eMarks[first + 1]]
        columns = delimiters.count("|") + 1
        if columns > 2 and not delimiters.strip("|-: \t>"):
            rows = 0
            while first + rows < end and not state.isEmpty(first + rows):
                rows += 1
            if columns > MAX_COLUMNS or columns * rows > MAX_CELLS:
                return False
        return rule(state, first, end, silent)

    return small
