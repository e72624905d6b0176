"""Reads a long JSON array one element after the other, without holding the file in memory."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from app.core.errors import AppError, ErrorCode

_AT_ONCE = 1 << 20
# One conversation of more characters than this is none that anybody could read.
LARGEST_ELEMENT = 128 << 20
_SPACE = re.compile(r"[ \t\r\n]*")
_BRACKET_OR_STRING = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*("?)|[{}\[\],]', re.DOTALL)
# What the decoder says of a text that only ends too early, wherever it notices.
_CUT_OFF = "Unterminated string"
_NEAR_THE_END = 64
_ENDS = frozenset(",]}: \t\r\n")


class Readable(Protocol):
    """A stream of bytes, as far as it is needed here."""

    def read(self, size: int, /) -> bytes:
        """At most `size` bytes; none at the end."""


@dataclass(frozen=True, slots=True)
class Broken:
    """An element that is no JSON."""


class JsonStream:
    """A JSON document in a binary stream, read in pieces.

    Raises `AppError` for what is no JSON at all. A byte order mark and broken bytes are put
    up with.
    """

    def __init__(self, stream: Readable) -> None:
        self._stream = stream
        self._decoder = json.JSONDecoder(strict=False)
        self._utf8 = codecs.getincrementaldecoder("utf-8-sig")("replace")
        self._text = ""
        self._at = 0
        self._has_ended = False
        self.members: dict[str, Any] = {}

    def elements(self, *keys: str) -> Iterator[Any]:
        """The elements of the outermost array, or of the one under one of `keys`.

        An object without such a key is itself the only element; `members` holds what stood
        before the array. An element that is broken comes as `Broken`, and those after it are
        still read.
        """
        opening = self._next()
        if opening == "[":
            self._at += 1
            yield from self._array()
        elif opening == "{":
            yield from self._object(keys)
        else:
            raise no_json()

    def _object(self, keys: tuple[str, ...]) -> Iterator[Any]:
        """The array under the first of `keys`, or else the whole object."""
        self._at += 1
        while self._next() == '"':
            name = self._value()
            if self._next() != ":":
                raise no_json()
            self._at += 1
            if name in keys and self._next() == "[":
                self._at += 1
                yield from self._array()
                return
            value = self._value()
            if isinstance(value, Broken) or not isinstance(name, str):
                raise no_json()
            self.members[name] = value
            if self._next() == ",":
                self._at += 1
        if self.members:
            yield self.members

    def _array(self) -> Iterator[Any]:
        value: Any = None
        while (following := self._next()) != "]":
            if not following:  # the file ends in the middle
                if not isinstance(value, Broken):
                    yield Broken()
                return
            if following in ",:}":
                self._at += 1
                continue
            value = self._value()
            yield value
        self._at += 1

    def _value(self) -> Any:
        """The value that begins here; `Broken` where it is none, and then it is passed over."""
        self._next()
        size = _AT_ONCE
        while True:
            try:
                value, end = self._decoder.raw_decode(self._text, self._at)
            except RecursionError:
                self._skip()
                return Broken()
            except json.JSONDecodeError as error:
                may_go_on = error.msg.startswith(_CUT_OFF) or (
                    error.pos >= len(self._text) - _NEAR_THE_END
                )
                is_too_long = len(self._text) - self._at > LARGEST_ELEMENT
                if self._has_ended or not may_go_on or is_too_long:
                    self._skip()
                    return Broken()
            else:
                following = self._text[end : end + 1]
                # Cut in the middle, a number looks like a shorter one.
                is_whole = isinstance(value, dict | list | str) or following in _ENDS
                if self._has_ended or (following and is_whole):
                    self._at = end
                    return value
            self._read(size)
            size *= 2  # what was read is tried again, so this may not happen often

    def _skip(self) -> None:
        """Go behind a broken value by counting its brackets."""
        depth = 0
        while True:
            for match in _BRACKET_OR_STRING.finditer(self._text, self._at):
                if match[1] == "" and not self._has_ended:
                    break  # a string that goes on in the next piece
                self._at = match.end()
                if match[0] == "," and not depth:
                    return
                if match[0] in "{[":
                    depth += 1
                elif match[0] in "}]":
                    depth -= 1
                    if depth < 0:  # the end of the array around it
                        self._at -= 1
                        return
                    if not depth:
                        return
            if self._has_ended:
                self._at = len(self._text)
                return
            self._read(_AT_ONCE)

    def _next(self) -> str:
        """The next character that is no space, or "" at the end; it is not passed."""
        while True:
            found = _SPACE.match(self._text, self._at)
            self._at = found.end() if found else self._at
            if self._at < len(self._text):
                return self._text[self._at]
            if self._has_ended:
                return ""
            self._read(_AT_ONCE)

    def _read(self, size: int) -> None:
        """Forget what is behind, and read more."""
        piece = self._stream.read(size)
        self._has_ended = not piece
        self._text = self._text[self._at :] + self._utf8.decode(piece, final=not piece)
        self._at = 0


def no_json() -> AppError:
    """The file is not what its name says."""
    return AppError(
        "The file holds no conversations that Tacit can read.",
        "Choose the file that the other program exported, without changing it.",
        code=ErrorCode.USAGE,
    )
