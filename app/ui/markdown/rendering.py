"""Draws one message into its document, in slices that never hold up the window for long."""

from __future__ import annotations

from time import perf_counter
from typing import Protocol

from PySide6.QtGui import QTextCursor

from app.ui.markdown.colouring import Colouring
from app.ui.markdown.document import MessageDocument
from app.ui.markdown.drawing import Drawing, with_drawn_formulas
from app.ui.markdown.plain import PlainStream
from app.ui.markdown.stream import MarkdownStream
from app.ui.markdown.values import PLAIN_ABOVE, Line
from app.ui.markdown.writer import Writer


class Stream(Protocol):
    """What `MarkdownStream` and `PlainStream` have in common."""

    def feed(self, text: str) -> None:
        """Add the next piece of the text."""

    def close(self) -> None:
        """Nothing follows."""

    @property
    def is_finished(self) -> bool:
        """Whether every line has been given."""

    def step(self) -> list[Line] | None:
        """The next lines that are final; None until more text has come."""

    def rest(self) -> list[Line]:
        """The lines of what is still open."""

    def needs_second_reading(self) -> bool:
        """Whether the end of the text says something new about its beginning."""

    def rewind(self) -> None:
        """Begin again."""


class Rendering:
    """Text on its way into `document`.

    `as_written` shows everything but fenced code as it was written, as fits a question.
    `too_long` is the sentence above a text that is too long for markdown.
    """

    def __init__(self, document: MessageDocument, *, as_written: bool, too_long: str) -> None:
        self.document = document
        self._writer = Writer(document)
        self._colouring = Colouring(document)
        self._stream: Stream = PlainStream() if as_written else MarkdownStream()
        self._too_long = too_long
        self._text: list[str] | None = []
        self._length = 0
        self._done = 0
        # Lines whose formulas are still being drawn.
        self._held: list[Line] | None = None
        self._drawing = Drawing()
        self._changed = False
        self._closed = False
        self._is_coloured = False

    def feed(self, text: str) -> None:
        """Add the next piece of the text."""
        if self._text is not None:
            self._text.append(text)
            self._length += len(text)
            if self._length > PLAIN_ABOVE:
                self._give_up_markdown("".join(self._text))
                return
        self._stream.feed(text)
        self._changed = True

    def close(self) -> None:
        """Nothing follows."""
        self._stream.close()
        self._closed = self._changed = True

    @property
    def is_written(self) -> bool:
        """Whether all words stand in the document, if not in their last colours."""
        is_all = self._held is None and self._stream.is_finished
        return self._closed and not self._changed and is_all

    @property
    def is_finished(self) -> bool:
        """Whether there is nothing left to do."""
        return self.is_written and self._is_coloured and not self._drawing.is_lacking

    def work(self, until: float) -> bool:
        """Draw until the clock `perf_counter` shows `until`, in any case one slice; returns
        whether there is more to draw at once."""
        cursor = QTextCursor(self.document)
        # Layout takes place once, at the end of the slice.
        cursor.beginEditBlock()
        try:
            return self._work(until)
        finally:
            cursor.endEditBlock()

    def _work(self, until: float) -> bool:
        while (lines := self._next_lines()) is not None:
            if not self._drawing.wait_for(lines, until):
                self._held = lines
                return True
            self._write(lines, is_end=False)
            self._done += len(lines)
            if perf_counter() > until:
                return True
        if self._stream.needs_second_reading():
            self._stream.rewind()
            self._begin_anew()
            return True
        if self._changed:
            self._changed = False
            rest = [] if self._closed else self._stream.rest()
            self._drawing.ask_for(rest)
            self._write(rest, is_end=True)
        if self._closed and self._drawing.is_lacking:
            if self._drawing.catch_up(until):
                # Once more from the beginning: only the lines that have changed are written.
                self._stream.rewind()
                self._begin_anew()
            return True
        if self.document.code_starts:
            more = self._colouring.work(self._done, until, is_complete=self._closed)
            self._is_coloured = not more
        else:
            self._is_coloured = True
        return not self._is_coloured

    def _next_lines(self) -> list[Line] | None:
        held, self._held = self._held, None
        return held if held is not None else self._stream.step()

    def _write(self, lines: list[Line], *, is_end: bool) -> None:
        lines = [with_drawn_formulas(line) for line in lines]
        self._colouring.forget(self._writer.write(self._done, lines, is_end=is_end))

    def _begin_anew(self) -> None:
        self._done = 0
        self._colouring.restart()

    def _give_up_markdown(self, text: str) -> None:
        self._held = None
        self._stream = PlainStream(note=self._too_long, fences=False)
        self._stream.feed(text)
        if self._closed:
            self._stream.close()
        self._text = None
        self._changed = True
        self._begin_anew()
