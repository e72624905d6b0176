"""Reads JSON and remembers where every value stands, so that an error can name its line."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field

_SPACE = re.compile(r"[ \t\r\n]*")
_SCALAR = re.compile(r'["\-0-9tfn]')
_DEEPEST = 50
_decoder = json.JSONDecoder()


class BrokenJsonError(Exception):
    """The text is no JSON; `line` counts from 1."""

    def __init__(self, what: str, line: int) -> None:
        super().__init__(what)
        self.what = what
        self.line = line


@dataclass(frozen=True, slots=True)
class Node:
    """One value, the line where it begins, and its characters from `start` to before `end`.

    `value` is None, a bool, a number, a string, a tuple of nodes or a mapping of names to
    nodes; `key_lines` has the lines of the names of a mapping, `key_starts` where they begin.
    """

    value: object
    line: int
    start: int
    end: int
    key_lines: dict[str, int] = field(default_factory=dict, hash=False)
    key_starts: dict[str, int] = field(default_factory=dict, hash=False)

    @property
    def plain(self) -> object:
        """The value as the standard library would read it."""
        if isinstance(self.value, tuple):
            return [item.plain for item in self.value]
        if isinstance(self.value, dict):
            return {name: item.plain for name, item in self.value.items()}
        return self.value


def parse(text: str) -> Node:
    """The whole of `text`; raises `BrokenJsonError`, also for a name that occurs twice."""
    reader = _Reader(text)
    node = reader.value(0)
    reader.skip()
    if reader.at < len(text):
        raise reader.broken("Nothing may follow the last closing brace")
    return node


class _Reader:
    """Goes through the text once; `at` is the next character."""

    def __init__(self, text: str) -> None:
        self._text = text
        self.at = 0

    def broken(self, what: str) -> BrokenJsonError:
        return BrokenJsonError(what, self._line(self.at))

    def skip(self) -> str:
        """Pass over space; returns the next character ("" at the end)."""
        match = _SPACE.match(self._text, self.at)
        self.at = match.end() if match else self.at
        return self._text[self.at : self.at + 1]

    def value(self, depth: int) -> Node:
        if depth > _DEEPEST:
            raise self.broken("This is nested too deeply")
        found = self.skip()
        if found == "{":
            return self._mapping(depth)
        if found == "[":
            start, items = self.at, list[Node]()
            self._each("]", lambda: items.append(self.value(depth + 1)))
            return Node(tuple(items), self._line(start), start, self.at)
        return self._scalar(found)

    def _scalar(self, found: str) -> Node:
        if not found:
            raise self.broken("Something is missing at the end")
        if not _SCALAR.match(found):
            raise self.broken("A value is missing here" if found in "]},:" else "This is no JSON")
        start = self.at
        try:
            value, self.at = _decoder.raw_decode(self._text, self.at)
        except json.JSONDecodeError as error:
            raise self.broken(_words(error.msg)) from error
        if isinstance(value, float) and not abs(value) < float("inf"):
            raise self.broken("This number makes no sense")
        return Node(value, self._line(start), start, self.at)

    def _mapping(self, depth: int) -> Node:
        start, members, key_starts = self.at, dict[str, Node](), dict[str, int]()

        def member() -> None:
            if self.skip() != '"':
                raise self.broken("A name in double quotes is missing here")
            name_start = self.at
            name = str(self._scalar('"').value)
            if name in members:
                raise self.broken(f'"{name}" stands here a second time')
            if self.skip() != ":":
                raise self.broken(f'The colon after "{name}" is missing')
            self.at += 1
            members[name], key_starts[name] = self.value(depth + 1), name_start

        self._each("}", member)
        key_lines = {name: self._line(at) for name, at in key_starts.items()}
        return Node(members, self._line(start), start, self.at, key_lines, key_starts)

    def _each(self, end: str, item: Callable[[], None]) -> None:
        """Call `item` for everything between here and `end`, with commas between."""
        self.at += 1
        if self.skip() == end:
            self.at += 1
            return
        while True:
            item()
            found = self.skip()
            self.at += 1
            if found == end:
                return
            if found != ",":
                self.at -= 1
                raise self.broken(f'A comma or "{end}" is missing here')

    def _line(self, at: int) -> int:
        return self._text.count("\n", 0, at) + 1


def _words(message: str) -> str:
    return message.rstrip(":") if message else "This is no JSON"
