"""Reads the inline structure of a paragraph: styled runs, links, images as words."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import groupby

from markdown_it.token import Token

from app.ui.markdown.blocks import Env, parser
from app.ui.markdown.values import LINE_BREAK, OBJECT, Face, Run, Runs

# More brackets than this in one paragraph are no links, and would take long to disprove.
MAX_BRACKETS = 200
_LINE_TAG = re.compile(r"<br\s*/?>", re.IGNORECASE)
_ADDRESS = re.compile(r"\bhttps?://[^\s<>\"`\u2028]+")
# The name of a footnote stands for itself; it is not counted anew.
FOOTNOTE = re.compile(r"\[\^([^\s\[\]^]{1,32})\]")
_AFTER_ADDRESS = ".,;:!?'*_~"
_OPENS = {
    "strong_open": Face.BOLD,
    "em_open": Face.ITALIC,
    "s_open": Face.STRIKE,
}
_CLOSES = {name.replace("_open", "_close"): face for name, face in _OPENS.items()}


def read_runs(content: str, env: Env) -> Runs:
    """The runs of the paragraph `content`; `env` holds the link definitions."""
    md = parser(links=content.count("[") <= MAX_BRACKETS)
    tokens = md.inline.parse(content, md, env, [])
    runs: list[Run] = []
    face, href = Face.NONE, ""
    for token in tokens:
        if token.type in _OPENS:
            face |= _OPENS[token.type]
        elif token.type in _CLOSES:
            face &= ~_CLOSES[token.type]
        elif token.type == "link_open":
            href = str(token.attrs.get("href", ""))
        elif token.type == "link_close":
            href = ""
        else:
            runs.extend(_words(token, face, href))
    return joined_runs(runs)


def joined_runs(runs: list[Run]) -> Runs:
    """`runs` without empty ones, neighbours of the same look made one."""
    result: list[Run] = []
    for _, group in groupby(runs, key=lambda run: run.look):
        alike = list(group)
        if text := "".join(run.text for run in alike):
            result.append(replace(alike[0], text=text))
    return tuple(result)


def formula(source: str, written: str, face: Face = Face.NONE, *, by_itself: bool) -> Run:
    """A formula that was written as `written`."""
    plain = written.replace("\n", LINE_BREAK)
    return Run(OBJECT, face & ~Face.CODE, math=source, written=plain, by_itself=by_itself)


def _words(token: Token, face: Face, href: str) -> list[Run]:
    """What a token without content of its own kind says."""
    match token.type:
        case "softbreak" | "hardbreak":
            return [Run(LINE_BREAK, face, href)]
        case "code_inline":
            return [Run(token.content, face | Face.CODE, href)]
        case "math_inline" | "math_display":
            by_itself = token.type == "math_display"
            return [formula(token.content, token.markup, face, by_itself=by_itself)]
        case "image":
            return _image(token, face, href)
        case _:
            text = _LINE_TAG.sub(LINE_BREAK, token.content)
            return [Run(text, face, href)] if href else _with_footnotes(text, face)


def _image(token: Token, face: Face, href: str) -> list[Run]:
    """An image is never loaded: its description and its address, both as text."""
    description = "".join(child.content for child in token.children or ()) or token.content
    address = str(token.attrs.get("src", ""))
    return [Run(description, face | Face.ITALIC, href), Run(f" ({address})", face, href)]


def _with_footnotes(text: str, face: Face) -> list[Run]:
    """`text` with the references to footnotes in it raised, and its addresses made links."""
    runs: list[Run] = []
    done = 0
    for match in FOOTNOTE.finditer(text):
        runs += _with_addresses(text[done : match.start()], face)
        runs.append(Run(match.group(1), face | Face.SUPER))
        done = match.end()
    return runs + _with_addresses(text[done:], face)


def _with_addresses(text: str, face: Face) -> list[Run]:
    """`text` with the bare web addresses in it made links."""
    runs: list[Run] = []
    done = 0
    for match in _ADDRESS.finditer(text):
        address = _trimmed(match.group())
        if address.endswith("://"):
            continue
        runs.append(Run(text[done : match.start()], face))
        runs.append(Run(address, face, address))
        done = match.start() + len(address)
    runs.append(Run(text[done:], face))
    return runs


def _trimmed(address: str) -> str:
    """`address` without the punctuation of the sentence around it."""
    while address:
        last = address[-1]
        unmatched = last == ")" and address.count("(") < address.count(")")
        unmatched |= last == "]" and address.count("[") < address.count("]")
        if last not in _AFTER_ADDRESS and not unmatched:
            break
        address = address[:-1]
    return address
