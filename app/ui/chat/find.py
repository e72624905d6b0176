"""Joins the bar that finds words with the conversation in which they are found."""

from __future__ import annotations

import re
from time import perf_counter
from weakref import WeakKeyDictionary

from PySide6.QtCore import QDate, QDateTime, QLocale, QObject, QTime, QTimer

from app.ui.chat.find_bar import FindBar
from app.ui.markdown.document import MessageDocument
from app.ui.transcript import marks
from app.ui.transcript.finding import Finder
from app.ui.transcript.message import MessageWidget
from app.ui.transcript.row import Row
from app.ui.transcript.view import TranscriptView

# Seconds of looking in one turn of the event loop.
_TURN_S = 0.006
_Shown = tuple[MessageDocument, int, re.Pattern[str] | None, int]


class Find(QObject):
    """One per conversation view; does nothing while the bar is hidden."""

    def __init__(self, bar: FindBar, view: TranscriptView) -> None:
        super().__init__(bar)
        self._bar = bar
        self._view = view
        self._finder = Finder(view.board)
        self._work = QTimer(self)
        self._work.setSingleShot(True)
        self._work.timeout.connect(self._on_work)
        # What was marked last in each message, so that it is done once.
        self._marked: WeakKeyDictionary[MessageWidget, _Shown] = WeakKeyDictionary()
        self._is_to_show = False
        bar.typed.connect(self._on_typed)
        bar.step_wanted.connect(self.step)
        bar.day_wanted.connect(self._go_to_day)
        bar.closed.connect(self._on_closed)
        view.drawn.connect(self._mark)
        view.changed.connect(self._on_changed)

    @property
    def is_open(self) -> bool:
        """Whether the bar is there."""
        return not self._bar.isHidden()

    def close(self) -> None:
        """Put the bar away."""
        self._bar.close_bar()

    def open_words(self) -> None:
        """Find words, to begin with those that are selected."""
        if words := self._view.selected_words():
            self._bar.field.setText(words)
        self._bar.open_words()

    def open_days(self) -> None:
        """Go to a day; nothing happens where no message has one."""
        times = [row.message.created_at for row in self._view.board.rows]
        known = [at for at in times if at > 0]
        if known:
            self._bar.open_days(_day(min(known)), _day(max(known)))

    def step(self, direction: int) -> None:
        """To the next finding (1), or to the one before (-1)."""
        if not self.is_open or self._finder.pattern is None:
            self.open_words()
            return
        self._finder.step(direction)
        self._is_to_show = True
        self._on_work()

    def _on_typed(self, typed: str) -> None:
        sight = self._view.board.in_sight
        self._finder.look_for(typed, sight.start if sight else 0)
        self._is_to_show = self._finder.pattern is not None
        self._on_work()

    def _on_changed(self) -> None:
        if self.is_open and self._finder.pattern is not None:
            self._finder.refresh()
            self._work.start(0)

    def _on_work(self) -> None:
        if self._finder.work(perf_counter() + _TURN_S):
            self._work.start(1)
        if self._is_to_show and self._finder.current is not None:
            self._show_current()
        self._mark()
        self._tell()

    def _show_current(self) -> None:
        current = self._finder.current
        row = self._view.board.row_of(current.message_id) if current is not None else None
        pattern = self._finder.pattern
        if current is None or row is None or pattern is None:
            self._is_to_show = False
            return
        document = _document_of(row)
        if document is None:
            self._view.show_place(row, 0)
            self._work.start(1)
            return
        found = list(marks.spans(document, pattern))
        place = found[min(current.number, len(found) - 1)][0] if found else 0
        self._is_to_show = not self._view.show_place(row, place)

    def _mark(self) -> None:
        """Mark what is found in the messages that are drawn."""
        pattern, current = self._finder.pattern, self._finder.current
        if pattern is None and not self._marked:
            return
        for row in self._view.board.live:
            document = _document_of(row)
            if document is None or row.widget is None:
                continue
            is_current = current is not None and current.message_id == row.message.id
            number = current.number if current is not None and is_current else -1
            shown = (document, document.revision(), pattern, number)
            if self._marked.get(row.widget) != shown:
                self._marked[row.widget] = shown
                found = list(marks.spans(document, pattern)) if pattern is not None else []
                marks.show(row.widget.body.text, document, found, number)

    def _tell(self) -> None:
        finder, locale = self._finder, QLocale()
        self._bar.set_steps(possible=finder.total > 0)
        total = locale.toString(finder.total)
        if finder.pattern is None:
            words = ""
        elif not finder.is_complete:
            words = self.tr("{total} so far").format(total=total)
        elif finder.total == 0:
            words = self.tr("Not found")
        elif finder.ordinal:
            number = locale.toString(finder.ordinal)
            words = self.tr("{number} of {total}").format(number=number, total=total)
        else:
            words = self.tr("{total} found").format(total=total)
        self._bar.show_count(words)

    def _go_to_day(self, day: QDate) -> None:
        since = QDateTime(day, QTime(0, 0)).toSecsSinceEpoch()
        for row in self._view.board.rows:
            if row.message.created_at >= since:
                self._view.go_to(row.message.id)
                return

    def _on_closed(self) -> None:
        self._finder.forget()
        self._is_to_show = False
        self._work.stop()
        self._mark()
        self._marked.clear()


def _document_of(row: Row) -> MessageDocument | None:
    """What is drawn of `row`, once all of it is."""
    if row.widget is None or not row.widget.is_drawn:
        return None
    return row.widget.body.text.message_document


def _day(at: float) -> QDate:
    return QDateTime.fromSecsSinceEpoch(round(at)).date()
