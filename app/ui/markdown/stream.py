"""Reads markdown that is still being written, in windows of bounded size.

Each step parses one window, so no step takes long however long the text is. Windows are cut
by the text alone and never by when its pieces arrived: a text that came in pieces gives the
same lines as the same text at once.
"""

from __future__ import annotations

import re
from typing import Any

from app.ui.markdown.blocks import Env, Leaf, TooDeepError, read_leaves
from app.ui.markdown.context import Context, context_before, context_inside
from app.ui.markdown.lines import lines_of
from app.ui.markdown.values import Kind, Line, Run

# Characters of one window, and of one whose only block did not end within the first size.
WINDOW = 1000
LIMIT = 3000
# A line of which this much is known will not turn out to be something else.
_SETTLED = 600
# A last line of nothing but signs says too little to be shown: it may become a list, a
# fence, a rule or turn the paragraph above it into a heading.
_UNDECIDED = re.compile(r"[\s\-=*_`~#|:>+.)0-9]{1,24}")


class MarkdownStream:
    """Takes text in pieces and gives lines: those that are final, and the open rest."""

    def __init__(self) -> None:
        self._text = ""
        self._arrived: list[str] = []
        self._closed = False
        self._position = 0
        self._context = Context()
        # The size of window that is known to be too small at this position.
        self._too_small = 0
        self._definitions: dict[str, Any] = {}
        self._known: dict[str, Any] = {}
        self._windows = 0

    def feed(self, text: str) -> None:
        """Add the next piece of the text."""
        self._arrived.append(text.replace("\r", ""))

    def close(self) -> None:
        """Nothing follows: the rest is final as well."""
        self._closed = True

    @property
    def is_finished(self) -> bool:
        """Whether every line has been given."""
        return self._closed and not self._arrived and self._position >= len(self._text)

    def step(self) -> list[Line] | None:
        """The lines that became final with one more window; None until more text has come."""
        self._take_in()
        for size in (WINDOW, LIMIT):
            left = len(self._text) - self._position
            if left <= size:
                return self._last_window() if self._closed and left else None
            if size > self._too_small:
                lines = self._window(self._end_of_window(size))
                if lines is not None:
                    return lines
                self._too_small = size
        return self._cut_window(self._end_of_window(LIMIT))

    def rest(self) -> list[Line]:
        """The lines of what is still open, as far as it has come."""
        self._take_in()
        rest = self._text[self._position :]
        line = rest.rfind("\n") + 1
        if _UNDECIDED.fullmatch(rest, line):
            rest = rest[:line]
        env: Env = {"references": dict(self._definitions)}
        try:
            leaves, continues = self._read(rest, env)
        except TooDeepError:
            return _as_written(rest)
        return self._lines(leaves, env, continues=continues)

    def needs_second_reading(self) -> bool:
        """Whether links were defined after text that may use them; `rewind` reads it again."""
        return self.is_finished and self._windows > 1 and self._definitions != self._known

    def rewind(self) -> None:
        """Begin again, with what is known by now of the links' definitions."""
        self._known = dict(self._definitions)
        self._windows = 0
        self._position = 0
        self._go_on(0, Context())

    def _take_in(self) -> None:
        if self._arrived:
            self._text += "".join(self._arrived)
            self._arrived = []

    def _end_of_window(self, size: int) -> int:
        """The end of the last whole line within `size`, or of one that is long enough."""
        end = self._position + size
        line = self._text.rfind("\n", self._position, end) + 1
        return end if line == 0 or end - line > _SETTLED else line

    def _read(self, part: str, env: Env) -> tuple[list[Leaf], bool]:
        leaves = read_leaves(self._context.prefix + part, env, self._context.chain)
        return self._context.trim(leaves)

    def _lines(self, leaves: list[Leaf], env: Env, *, continues: bool) -> list[Line]:
        result: list[Line] = []
        for index, leaf in enumerate(leaves):
            if index == 0 and continues:
                result += lines_of(leaf, env, continues=True, joint=self._context.joint)
            else:
                result += lines_of(leaf, env)
        return result

    def _go_on(self, characters: int, context: Context) -> None:
        self._position += characters
        self._context = context
        self._too_small = 0
        self._windows += 1

    def _env(self) -> Env:
        return {"references": self._definitions}

    def _last_window(self) -> list[Line]:
        part = self._text[self._position :]
        env = self._env()
        try:
            leaves, continues = self._read(part, env)
            lines = self._lines(leaves, env, continues=continues)
        except TooDeepError:
            lines = _as_written(part)
        self._go_on(len(part), Context())
        return lines

    def _window(self, end: int) -> list[Line] | None:
        """The lines of all blocks up to `end` but the last, which may go on; None for one."""
        part = self._text[self._position : end]
        env = self._env()
        try:
            leaves, continues = self._read(part, env)
        except TooDeepError:
            self._go_on(len(part), Context())
            return _as_written(part)
        if not leaves:
            self._go_on(len(part), Context(self._context.chain))
            return []
        start = _start_of(leaves[-1], part, self._context.prefix)
        if len(leaves) == 1 and leaves[0].kind == "table":
            # A table goes into pieces early: its cells are dear to parse and to lay out.
            return self._cut_window(end)
        if len(leaves) == 1 or start == 0:
            return None
        lines = self._lines(leaves[:-1], env, continues=continues)
        self._go_on(start, context_before(leaves[-1]))
        return lines

    def _cut_window(self, end: int) -> list[Line]:
        """The lines of the one block that goes on behind `end`, cut where it shows least."""
        part = self._text[self._position : end]
        env = self._env()
        leaf = self._read(part, env)[0][0]
        length, blank, joined = _best_cut(leaf, part)
        leaves, continues = self._read(part[:length], env)
        lines = self._lines(leaves, env, continues=continues)
        if leaves and not (leaf.kind == "fence" and _is_closed(leaf)):
            context = context_inside(leaves[-1], blank=blank, joined=joined)
        else:
            context = Context(leaf.containers)
        self._go_on(length, context)
        return lines


def _as_written(part: str) -> list[Line]:
    """What nests too deep, without any markdown."""
    return [Line(kind=Kind.PLAIN, runs=(Run(line),)) for line in part.split("\n")]


def _start_of(leaf: Leaf, part: str, prefix: str) -> int:
    """Where in `part` the line begins on which `leaf` does."""
    position = 0
    for _ in range(leaf.first_line - prefix.count("\n")):
        position = part.index("\n", position) + 1
    return position


def _is_closed(fence: Leaf) -> bool:
    """Whether a line of the source ends the fence, rather than the source itself."""
    code_lines = fence.content.count("\n") + (not fence.content.endswith("\n"))
    if not fence.content:
        code_lines = 0
    return fence.end_line - fence.first_line > code_lines + 1


def _best_cut(leaf: Leaf, part: str) -> tuple[int, str, bool]:
    """How much of `part` to take, the white space at the cut, and whether it is inside a line."""
    half = len(part) // 2
    if leaf.kind in ("paragraph", "heading"):
        for blank in ("\n", " "):
            place = part.rfind(blank, half)
            if place >= 0:
                return place + 1, blank, blank != "\n"
        return len(part), "", True
    place = part.rfind("\n", half)
    return (place + 1, "", False) if place >= 0 else (len(part), "", True)
