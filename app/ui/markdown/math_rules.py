r"""Where formulas stand in markdown: $...$, $$...$$, \(...\) and \[...\]; prices stay text.

The rules for single dollars are pandoc's (no blank inside the first and the last one, no digit
behind the last one) and two of our own: what follows a letter or digit, and a number followed
by words, are amounts of money.
"""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline

INLINE, DISPLAY, BLOCK = "math_inline", "math_display", "math_block"

_DOLLAR = re.compile(r"\$(?![\s$])((?:[^$\\]|\\.)+)\$(?!\d)", re.DOTALL)
_DOLLARS = re.compile(r"\$\$(?!\$)((?:[^$\\]|\\.|\$(?!\$))+?)\$\$(?!\$)", re.DOTALL)
_ROUND = re.compile(r"\\\((.+?)\\\)", re.DOTALL)
_SQUARE = re.compile(r"\\\[(.+?)\\\]", re.DOTALL)
# A formula says more than a word or a number between escaped brackets.
_SIGN = re.compile(r"[\\^_{}=+<>|/*]")
_MONEY = re.compile(r"\d[\d.,]*\s*[^\W\d_]{2,}|\d[\d.,]*\s+\w")


def add_math(md: MarkdownIt) -> None:
    """Let `md` know formulas, before it takes a backslash for an escape."""
    md.inline.ruler.before("escape", "math", _inline)
    interrupts: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote", "list"]}
    md.block.ruler.before("fence", "math", _block, interrupts)


def _inline(state: StateInline, silent: bool) -> bool:
    source, start = state.src, state.pos
    kind, found = INLINE, None
    if source.startswith("$", start) and source[max(0, start - 1) : start] == "$":
        return False
    if source.startswith("$$", start):
        kind, found = DISPLAY, _DOLLARS.match(source, start)
    elif source.startswith("$", start):
        found = _DOLLAR.match(source, start)
        if found is not None and _is_words(source, start, found.group(1)):
            found = None
    elif source.startswith("\\(", start):
        found = _ROUND.match(source, start)
    elif source.startswith("\\[", start):
        kind, found = DISPLAY, _SQUARE.match(source, start)
        if found is not None and not _SIGN.search(found.group(1)):
            found = None
    if found is None or not found.group(1).strip():
        return False
    if not silent:
        token = state.push(kind, "", 0)
        token.content, token.markup = found.group(1).strip(), found.group(0)
    state.pos = found.end()
    return True


def _is_words(source: str, start: int, content: str) -> bool:
    """Whether two dollar signs have nothing to do with each other."""
    if content[-1].isspace():
        return True
    after_word = start > 0 and source[start - 1].isalnum()
    return after_word or (bool(_MONEY.match(content)) and not _SIGN.search(content))


def _block(state: StateBlock, first: int, end: int, silent: bool) -> bool:
    r"""A formula on lines of its own. Where it begins with a line of nothing but $$ or \[, it
    may still be on its way: then it goes to the end of the text or the next blank line."""
    if state.is_code_block(first):
        return False
    start = state.bMarks[first] + state.tShift[first]
    opening = state.src[start : start + 2]
    if opening not in ("$$", "\\["):
        return False
    closing = "$$" if opening == "$$" else "\\]"
    stands_alone = not state.src[start + 2 : state.eMarks[first]].strip()
    last, place = first, start + 2
    while True:
        line = state.src[place : state.eMarks[last]].rstrip()
        if line.find(closing) == len(line) - 2 and len(line) > 1:
            break
        # More words behind it: the formula stands in a sentence.
        if closing in line or last + 1 >= end or state.isEmpty(last + 1):
            if not stands_alone or closing in line:
                return False
            return silent or _push(state, first, last + 1, closing, is_open=True)
        last += 1
        if state.sCount[last] < state.blkIndent:
            return False
        place = state.bMarks[last] + state.tShift[last]
    return silent or _push(state, first, last + 1, closing, is_open=False)


def _push(state: StateBlock, first: int, end: int, closing: str, *, is_open: bool) -> bool:
    source = state.getLines(first, end, state.blkIndent, False).strip()
    content = source[2:] if is_open else source[2:].removesuffix(closing)
    if not is_open and not _SIGN.search(content) and closing == "\\]":
        return False
    if not content.strip() and not is_open:
        return False
    token = state.push(BLOCK, "", 0)
    token.content, token.markup, token.map = content.strip(), source, [first, end]
    token.meta["is_open"] = is_open
    state.line = end
    return True
