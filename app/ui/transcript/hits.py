"""Goes to the message that a search found, and marks the words in it."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QTextCursor, QTextDocument
from PySide6.QtWidgets import QAbstractScrollArea

from app.store.query import Query
from app.ui.markdown.breaks import units
from app.ui.transcript import marks
from app.ui.transcript.board import Board
from app.ui.transcript.message import MessageWidget
from app.ui.transcript.row import Row
from app.ui.transcript.text import MessageText

# Seconds of drawing in one turn, and milliseconds until the next one.
_TURN_S, _PAUSE_MS = 0.02, 5
# What stands above the first marked word, as a part of the view's height.
_ABOVE = 0.25
# More marks in one message help nobody, and each costs time with every layout.
_MOST_MARKS = 500


class Hits(QObject):
    """The one message of a conversation in which words are marked; none until `show`."""

    def __init__(self, area: QAbstractScrollArea, board: Board) -> None:
        super().__init__(area)
        self._area = area
        self._board = board
        self._message_id = ""
        self._query = Query(())
        self._file: int | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._go_on)

    def show(self, message_id: str, typed: str) -> bool:
        """Scroll to `message_id` and mark in it what `typed` looks for.

        A file in front of its words is unfolded where only that has it. Returns False where
        the message is not there (yet).
        """
        row = self._board.row_of(message_id)
        self.clear()
        if row is None:
            return False
        self._message_id = message_id
        self._query = Query.parse(typed, is_typing=True)
        self._file = _file_with(row, self._query)
        self._board.follows = False
        self._board.scroll_to(self._value + self._board.top_of(row))
        self._go_on()
        return True

    def clear(self) -> None:
        """Mark nothing any more."""
        self._timer.stop()
        row = self._board.row_of(self._message_id)
        self._message_id = ""
        if row is not None and row.widget is not None:
            for body in row.widget.bodies:
                body.text.setExtraSelections([])

    @property
    def _value(self) -> int:
        return self._area.verticalScrollBar().value()

    def _go_on(self) -> None:
        """Draw the message in turns of the event loop; what is long takes more than one."""
        row = self._board.row_of(self._message_id)
        if row is None:
            return
        self._board.draw_now(row, _TURN_S)
        self._board.place()
        body = row.widget.unfolded(self._file) if row.widget is not None else None
        if row.widget is None or body is None or not body.is_drawn:
            self._timer.start(_PAUSE_MS)
            return
        first = self._mark(body.text)
        self._reveal(row, row.widget, body.text, first)

    def _mark(self, text: MessageText) -> int | None:
        """Mark the words; returns where the first of them begins."""
        document = text.message_document
        if document is None:
            return None
        found = _spans(document, self._query)
        marks.show(text, document, found, -1)
        return found[0][0] if found else None

    def _reveal(
        self, row: Row, widget: MessageWidget, text: MessageText, first: int | None
    ) -> None:
        top = self._board.top_of(row)
        if first is not None:
            start = QTextCursor(text.document())
            start.setPosition(first)
            within = text.viewport().mapTo(widget, text.cursorRect(start).topLeft()).y()
            top += within - round(self._area.viewport().height() * _ABOVE)
        self._board.scroll_to(self._value + top)


def _file_with(row: Row, query: Query) -> int | None:
    """The place of the first file that has what the words have not."""
    if not row.message.attachments or query.spans(row.text):
        return None
    files = enumerate(row.message.files)
    return next((place for place, file in files if query.spans(file.text)), None)


def _spans(document: QTextDocument, query: Query) -> list[tuple[int, int]]:
    """Where the words of `query` stand, in Qt's positions, which count UTF-16."""
    found: list[tuple[int, int]] = []
    block = document.begin()
    while block.isValid() and len(found) < _MOST_MARKS:
        text = block.text()
        for start, end in query.spans(text):
            before = block.position() + units(text[:start])
            found.append((before, before + units(text[start:end])))
        block = block.next()
    return found
