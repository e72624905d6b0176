"""The words of one message on the screen: its text widget, and the drawing into it."""

from __future__ import annotations

from math import ceil

from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QWidget

from app.ui.markdown.document import MessageDocument
from app.ui.markdown.formats import Formats
from app.ui.markdown.rendering import Rendering
from app.ui.markdown.values import Kind
from app.ui.transcript.code_buttons import CodeButtons
from app.ui.transcript.table_buttons import TableButtons
from app.ui.transcript.text import MessageText
from app.ui.transcript.words import too_long_words

# Longer texts are drawn anew in slices where a short one is laid out again at once.
_LONG = 20_000
_NARROWEST = 40


class Body:
    """Draws `source` into a text widget, in slices, again whenever width or look change.

    `shrinks`: the text takes no more width than it needs.
    """

    def __init__(self, parent: QWidget, *, as_written: bool, shrinks: bool) -> None:
        self.text = MessageText(parent)
        self.code_buttons = CodeButtons(self.text)
        self.table_buttons = TableButtons(self.text)
        self._as_written = as_written
        self._shrinks = shrinks
        self._source: list[str] = []
        self._is_open = False
        self._width = 0
        self._formats: Formats | None = None
        self._rendering: Rendering | None = None

    @property
    def source(self) -> str:
        """The text as far as it is known."""
        return "".join(self._source)

    @property
    def is_drawn(self) -> bool:
        """Whether all words stand there."""
        return self._rendering is None or self._rendering.is_written

    def set_source(self, text: str, *, is_open: bool) -> None:
        """Show `text`; with `is_open` more of it follows."""
        if self._source and not is_open and text == self.source:
            self._close()
            return
        self._source, self._is_open = [text], is_open
        if self._formats is not None:
            self._start()

    def feed(self, text: str) -> None:
        """Add to an open text."""
        self._source.append(text)
        if self._rendering is not None:
            self._rendering.feed(text)

    def set_look(self, formats: Formats, width: int) -> None:
        """Draw with `formats` into `width` pixels at most."""
        width = max(_NARROWEST, width)
        if formats is self._formats and width == self._width:
            return
        document = self.text.message_document
        rests = self._rendering is not None and self._rendering.is_finished
        same_look = formats is self._formats
        self._formats, self._width = formats, width
        if document is not None and same_look and rests and self._can_reflow(document):
            self._reflow(document, width)
            self._shrink()
        else:
            self._start()

    def work(self, until: float) -> bool:
        """Draw until the clock shows `until`; whether there is more to draw at once."""
        if self._rendering is None or self._rendering.is_finished:
            return False
        more = self._rendering.work(until)
        self._show_finished(self._rendering)
        return more

    @property
    def width(self) -> int:
        """The width that the text takes, in pixels."""
        document = self.text.message_document
        return self._width if document is None else ceil(document.textWidth())

    @property
    def height(self) -> int:
        """The height of what is drawn so far, in pixels."""
        document = self.text.message_document
        if document is None or not document.lines:
            return 0
        below = 0
        if document.lines[-1].kind is Kind.CODE:
            below = document.formats.code_padding + 1
        elif document.lines[-1].kind is Kind.TABLE:
            below = 1
        return ceil(document.size().height()) + below

    def place_buttons(self, area: QRectF) -> None:
        """Put the buttons over the code and the tables within `area` of the text."""
        document = self.text.message_document
        if document is not None:
            self.code_buttons.place(document, area)
            self.table_buttons.place(document, area)

    def _start(self) -> None:
        assert self._formats is not None, "the look is set before anything is drawn"
        document = MessageDocument(self._formats, self.text)
        document.setTextWidth(self._width)
        self._rendering = Rendering(
            document, as_written=self._as_written, too_long=too_long_words()
        )
        source = self.source
        self._source = [source]
        self._rendering.feed(source)
        if not self._is_open:
            self._rendering.close()
        shown = self.text.message_document
        # What is on the screen stays there until the new drawing is complete.
        if shown is None or self._is_open or len(source) > _LONG:
            self.text.show_document(document)

    def _show_finished(self, rendering: Rendering) -> None:
        if not rendering.is_finished:
            return
        if self.text.message_document is not rendering.document:
            self.text.show_document(rendering.document)
            self.code_buttons.restyle()
            self.table_buttons.restyle()
        self._shrink()

    def _close(self) -> None:
        self._is_open = False
        if self._rendering is not None:
            self._rendering.close()

    def _can_reflow(self, document: MessageDocument) -> bool:
        return not document.has_tables and document.characterCount() < _LONG

    def _reflow(self, document: MessageDocument, width: int) -> None:
        self.text.setLineWrapColumnOrWidth(width)
        document.setTextWidth(width)

    def _shrink(self) -> None:
        document = self.text.message_document
        if not self._shrinks or document is None:
            return
        wanted = max(1, ceil(document.idealWidth()) + 1)
        if wanted < self._width and not document.has_tables:
            self._reflow(document, wanted)
