"""Turns the leaves of markdown into the lines that are drawn."""

from __future__ import annotations

import re
from dataclasses import replace

from app.ui.markdown.blocks import Container, Env, Leaf
from app.ui.markdown.inline import FOOTNOTE, formula, read_runs
from app.ui.markdown.values import LINE_BREAK, Align, Face, Kind, Line, Marker, Run, Runs, Table

_TASK = re.compile(r"\[([ xX])\]\s")
_NOTE = re.compile(rf"^{FOOTNOTE.pattern}:", re.MULTILINE)
_LANGUAGE = re.compile(r"[\w+#.-]{1,24}")
# Letters that a column has room for at least and at most, and words that are not broken.
_BOLD = 0.4
_NARROWEST, _WIDEST, _LONGEST_WORD = 4, 40, 16
# From here on a number needs more room than a list item usually has before it.
_WIDE_NUMBER = 100


def lines_of(
    leaf: Leaf, env: Env, *, continues: bool = False, joint: str | None = None
) -> list[Line]:
    """The lines of one leaf.

    `continues`: it goes on with the leaf before it, which was cut for its length; `joint` is
    then what stood at the cut, where that was in the middle of a line or a paragraph.
    """
    path = "".join(_letter(container) for container in leaf.containers)
    markers = () if continues else _markers(leaf)
    match leaf.kind:
        case "fence" | "code_block":
            return _code(leaf, path, markers, continues=continues, joint=joint)
        case "rule":
            return [Line(kind=Kind.RULE, path=path, markers=markers)]
        case "table":
            table = _table(leaf, env, has_header=not continues)
            if not table.rows:
                return []
            joint = "" if continues else None
            return [Line(kind=Kind.TABLE, path=path, markers=markers, table=table, joint=joint)]
        case "heading":
            runs = read_runs(leaf.content, env)
            return [
                Line(kind=Kind.HEADING, runs=runs, level=leaf.level, path=path, markers=markers)
            ]
        case "math":
            run = formula(leaf.content, leaf.markup, by_itself=True)
            return [Line(kind=Kind.MATH, runs=(run,), path=path, markers=markers)]
        case "math_open":
            source = Run(leaf.markup.replace("\n", LINE_BREAK), Face.CODE)
            return [Line(kind=Kind.TEXT, runs=(source,), path=path, markers=markers)]
        case "paragraph" if not continues and FOOTNOTE.match(leaf.content):
            return _footnotes(leaf.content, env, path, markers)
        case _:
            runs = read_runs(leaf.content, env)
            if markers and not markers[-1].text[:1].isdigit():
                runs, markers = _task(runs, markers)
            stands_alone = len(runs) == 1 and runs[0].by_itself and not continues
            kind = Kind.MATH if stands_alone else Kind.TEXT
            return [Line(kind=kind, runs=runs, path=path, markers=markers, joint=joint)]


def _letter(container: Container) -> str:
    if container.is_quote:
        return "q"
    return "w" if (container.number or 0) >= _WIDE_NUMBER else "i"


def language_of(info: str) -> str:
    """The language that the words after a fence name, "" for none."""
    match = _LANGUAGE.match(info.strip())
    return match.group() if match else ""


def _markers(leaf: Leaf) -> tuple[Marker, ...]:
    found = []
    for depth in leaf.begun:
        item = leaf.containers[depth]
        if item.is_quote:
            continue
        text = "-" if item.number is None else f"{item.number}{item.bullet}"
        found.append(Marker(depth, text, is_first=not item.follows))
    return tuple(found)


def _task(runs: Runs, markers: tuple[Marker, ...]) -> tuple[Runs, tuple[Marker, ...]]:
    """A list item that begins with a box in brackets has that box as its marker."""
    match = _TASK.match(runs[0].text) if runs and not runs[0].face and not runs[0].href else None
    if match is None:
        return runs, markers
    rest = runs[0].text[match.end() :]
    box = replace(markers[-1], text="[ ]" if match.group(1) == " " else "[x]")
    shortened = ((Run(rest),) if rest else ()) + runs[1:]
    return shortened, (*markers[:-1], box)


def _footnotes(content: str, env: Env, path: str, markers: tuple[Marker, ...]) -> list[Line]:
    """A line for each note of a paragraph; where the first is none, it is a paragraph."""
    starts = [match.start() for match in _NOTE.finditer(content)]
    if not starts or starts[0] > 0:
        return [Line(kind=Kind.TEXT, runs=read_runs(content, env), path=path, markers=markers)]
    lines = []
    for start, end in zip(starts, [*starts[1:], len(content)], strict=True):
        name, _, words = content[start:end].rstrip().partition("]:")
        runs = (Run(name.removeprefix("[^"), Face.SUPER), Run(" "), *read_runs(words.strip(), env))
        lines.append(Line(kind=Kind.FOOTNOTE, runs=runs, path=path, markers=markers))
        markers = ()
    return lines


def _code(
    leaf: Leaf, path: str, markers: tuple[Marker, ...], *, continues: bool, joint: str | None
) -> list[Line]:
    if continues and not leaf.content:
        return []
    language = language_of(leaf.info)
    return [
        Line(
            kind=Kind.CODE,
            runs=(Run(text),) if text else (),
            path=path,
            markers=markers if index == 0 else (),
            joint=joint if index == 0 else None,
            opens=index == 0 and not continues,
            language=language,
        )
        for index, text in enumerate(leaf.content.removesuffix("\n").split("\n"))
    ]


def _table(leaf: Leaf, env: Env, *, has_header: bool) -> Table:
    rows = tuple(
        tuple(read_runs(cell, env) for cell in row)
        for row in (leaf.rows if has_header else leaf.rows[1:])
    )
    widest, words = [_NARROWEST] * len(leaf.aligns), [_NARROWEST] * len(leaf.aligns)
    for number, row in enumerate(leaf.rows):
        # The head is bold, which takes more room.
        bold = 0 if number else _BOLD
        for column, cell in enumerate(row):
            widest[column] = max(widest[column], min(round(len(cell) * (1 + bold)), _WIDEST))
            longest = round(max(map(len, cell.split()), default=0) * (1 + bold))
            words[column] = max(words[column], min(longest, _LONGEST_WORD))
    return Table(
        rows=rows,
        aligns=tuple(Align(align) for align in leaf.aligns),
        widest=tuple(widest),
        words=tuple(words),
        has_header=has_header,
    )
