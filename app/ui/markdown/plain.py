"""Reads text that is shown as it was written, but for fenced code, in steps of bounded size."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from app.ui.markdown.lines import language_of
from app.ui.markdown.stream import LIMIT, WINDOW
from app.ui.markdown.values import Kind, Line, Run

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})([^`]*)")


@dataclass(slots=True)
class _State:
    """What the lines so far say about the next one.

    `cut`: it is the rest of a line that was cut for its length. `fence` is the sign that
    ends the block of code it is in. `blank`: an empty line stands before it, which a block
    of code would swallow.
    """

    cut: bool = False
    fence: str = ""
    language: str = ""
    opens: bool = False
    blank: bool = False
    after_code: bool = False


class PlainStream:
    """The same steps as `MarkdownStream`, line by line.

    `note` is a sentence above the text, "" for none. Without `fences` even a fenced block of
    code is shown as it was written.
    """

    def __init__(self, *, note: str = "", fences: bool = True) -> None:
        self._note = note
        self._fences = fences
        self._text = ""
        self._arrived: list[str] = []
        self._closed = False
        self._position = 0
        self._state = _State()

    def feed(self, text: str) -> None:
        """Add the next piece of the text."""
        self._arrived.append(text.replace("\r", ""))

    def close(self) -> None:
        """Nothing follows: the rest is final as well."""
        self._closed = True

    @property
    def is_finished(self) -> bool:
        """Whether every line has been given."""
        taken = not self._arrived and self._position >= len(self._text)
        return self._closed and not self._note and taken

    def step(self) -> list[Line] | None:
        """The next lines that are final; None until more text has come."""
        if self._note:
            note, self._note = self._note, ""
            return [Line(kind=Kind.NOTE, runs=(Run(note),))]
        self._take_in()
        left = len(self._text) - self._position
        if left <= (0 if self._closed else LIMIT):
            return None
        part = self._text[self._position : self._end_of_window()]
        self._position += len(part)
        return self._lines(part, self._state)

    def rest(self) -> list[Line]:
        """The lines of what is still open."""
        self._take_in()
        return self._lines(self._text[self._position :], replace(self._state))

    def needs_second_reading(self) -> bool:
        """Never: one line says nothing about another."""
        return False

    def rewind(self) -> None:
        """Begin again."""
        self._position, self._state = 0, _State()

    def _take_in(self) -> None:
        if self._arrived:
            self._text += "".join(self._arrived)
            self._arrived = []

    def _end_of_window(self) -> int:
        """The end of the last whole line within reach, else the middle of a very long one."""
        end = self._position + WINDOW
        if end >= len(self._text):
            return len(self._text)
        line = self._text.rfind("\n", self._position, end) + 1
        return line or self._position + LIMIT

    def _lines(self, part: str, state: _State) -> list[Line]:
        result: list[Line] = []
        code: list[str] = []
        for text in part.removesuffix("\n").split("\n") if part else ():
            if self._fences and not state.cut and _turns(text, state):
                result += _code_lines(code, state)
                code = []
            elif state.fence:
                code.append(text)
            elif self._fences and not text and not state.cut:
                result += _blank_line(state)
            else:
                if state.blank:
                    result.append(Line(kind=Kind.PLAIN))
                joint = "" if state.cut else None
                result.append(Line(kind=Kind.PLAIN, runs=(Run(text),), joint=joint))
                state.blank = state.after_code = state.cut = False
        result += _code_lines(code, state)
        state.cut = not part.endswith("\n") and len(part) >= LIMIT
        return result


def _turns(text: str, state: _State) -> bool:
    """Whether `text` opens or closes a block of code."""
    match = _FENCE.match(text)
    if match is None:
        return False
    if not state.fence:
        state.fence, state.language = match.group(1), language_of(match.group(2))
        state.opens, state.blank = True, False
        return True
    closes = match.group(1).startswith(state.fence) and not match.group(2).strip()
    if closes:
        state.fence, state.after_code = "", True
    return closes


def _blank_line(state: _State) -> list[Line]:
    """The empty line that is certain by now: code keeps its distance without one."""
    if state.after_code:
        state.after_code = False
        return []
    certain, state.blank = state.blank, True
    return [Line(kind=Kind.PLAIN)] if certain else []


def _code_lines(code: list[str], state: _State) -> list[Line]:
    if not code:
        return []
    result = []
    for text in code:
        result.append(
            Line(
                kind=Kind.CODE,
                runs=(Run(text),) if text else (),
                joint="" if state.cut else None,
                opens=state.opens,
                language=state.language,
            )
        )
        state.opens = state.cut = False
    return result
