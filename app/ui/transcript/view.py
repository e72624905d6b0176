"""The conversation: the messages of a column, and the answer that streams into it."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from app.core.events import ContextUse, Event, Started
from app.core.messages import Role
from app.store.values import StoredMessage
from app.ui.markdown.highlight import COMMON_LANGUAGES, prepare
from app.ui.theme import Theme
from app.ui.transcript.area import TURN_S, MessageArea
from app.ui.transcript.hits import Hits
from app.ui.transcript.row import Row, Streaming

# Milliseconds between two drawings of an answer that is being written: with news, at the
# most, and without any.
_TICK_MS, _SLOWEST_TICK_MS, _IDLE_TICK_MS = 33, 250, 100
# The part of the time that drawing an answer may take; the window has the rest.
_SHARE = 0.25
# Seconds of drawing at once when a conversation is opened.
_FIRST_TURN_S = 0.025
_PREPARE_MS = 400
# Pixels from the beginning at which earlier messages are asked for.
_OLDER_WITHIN = 600


class TranscriptView(MessageArea):
    """Shows the messages of one conversation; its further signals are `MessageArea`'s.

    Signals:
        older_wanted: the beginning is near; earlier messages may be prepended.
        changed: messages came or went, or have another text.
    """

    older_wanted = Signal()
    changed = Signal()

    def __init__(
        self,
        theme: Theme,
        percent: int = 100,
        *,
        model_name: Callable[[str], str] = str,
        parent: QWidget | None = None,
    ) -> None:
        self._streaming: list[Row] = []
        self._earlier = 0
        self._asked_for_older = False
        self._to_prepare = list(COMMON_LANGUAGES)
        super().__init__(theme, percent, model_name=model_name, parent=parent)
        self.hits = Hits(self, self.board)
        self._tick = self.single_timer(self._on_tick)
        self._prepare = self.single_timer(self._on_prepare)

    # -- messages

    def set_messages(self, messages: list[StoredMessage], *, earlier: int = 0) -> bool:
        """Show `messages` and go to the end, or to the version that was stepped to; `earlier`
        above 0 says that there are some before them, which may be prepended.

        Returns whether the keyboard stays in the conversation.
        """
        self._streaming = []
        self._tick.stop()
        self._earlier, self._asked_for_older = earlier, False
        self.board.set_rows([Row.of(message) for message in messages])
        self._mark_cut()
        self._mark_last()
        keeps_focus = self._take_step()
        self.board.work(_FIRST_TURN_S)
        self.go_on()
        self._prepare.start(_PREPARE_MS)
        self.changed.emit()
        return keeps_focus

    def prepend(self, messages: list[StoredMessage], *, earlier: int = 0) -> None:
        """Add messages before the first one; what is in sight stays where it is."""
        self._earlier, self._asked_for_older = earlier, False
        self.board.prepend([Row.of(message) for message in messages])
        self._mark_cut()
        self.go_on()
        self.changed.emit()

    def append(self, message: StoredMessage) -> None:
        """Add a message at the end; a question is scrolled to."""
        if message.role is Role.USER:
            self.board.follows = True
        self.board.append(Row.of(message))
        self._mark_last()
        self.board.work(TURN_S)
        self.go_on()
        self.changed.emit()

    def update_message(self, message: StoredMessage) -> None:
        """Show what has changed about a message."""
        row = self.board.row_of(message.id)
        if row is None:
            return
        row.message = message
        if row.streaming is None:
            _take_text(row)
        self._refresh(row)

    def remove(self, message_id: str) -> None:
        """Take a message away."""
        row = self.board.row_of(message_id)
        if row is None:
            return
        if row in self._streaming:
            self._streaming.remove(row)
        self.board.remove(row)
        self._mark_cut()
        self._mark_last()
        self.update_actions()
        self.go_on()
        self.changed.emit()

    def selected_words(self) -> str:
        """What is selected in one of the messages, on one line; "" for nothing."""
        for row in self.board.live:
            if row.widget is not None and row.widget.holds_selection():
                return " ".join(row.widget.body.text.selection().split())
        return ""

    def show_hit(self, message_id: str, typed: str) -> bool:
        """Go to a message and mark what `typed` looks for; False where it is not there (yet)."""
        return self.hits.show(message_id, typed)

    # -- an answer that is being written

    def begin_stream(self, message_id: str) -> None:
        """An answer has been asked for that will be written into this message."""
        row = self.board.row_of(message_id)
        if row is None or row.streaming is not None:
            return
        row.streaming = Streaming()
        self._streaming.append(row)
        if row.widget is not None:
            row.widget.body.set_source(row.text, is_open=True)
        self._refresh(row)
        self._tick.start(_TICK_MS)

    def apply(self, message_id: str, event: Event) -> None:
        """Take an event of the answer; it is shown within a few hundredths of a second."""
        row = self.board.row_of(message_id)
        if row is None or row.streaming is None:
            return
        # The very first word does not wait for its tick.
        is_first = row.is_waiting and not row.streaming.has_news
        row.take(event)
        if isinstance(event, Started):
            self._mark_cut()
        if is_first:
            self._tick.start(0)

    def finish(self, message: StoredMessage) -> None:
        """The answer is complete, or as complete as it will be."""
        row = self.board.row_of(message.id)
        if row is None:
            return
        self._draw_news(row)
        if row.streaming is not None:
            row.thought_s = row.streaming.thought_s
            row.streaming = None
            self._streaming.remove(row)
        row.message = message
        if message.provenance.reasoning_s is not None:
            row.thought_s = message.provenance.reasoning_s
        _take_text(row)
        self._refresh(row)
        self._mark_cut()
        self.changed.emit()

    @property
    def can_change(self) -> bool:
        """Whether no answer is being written."""
        return not self._streaming

    def on_scrolled(self) -> None:
        """Draws what came into sight, and asks for more in time."""
        super().on_scrolled()
        near = self.verticalScrollBar().value() < _OLDER_WITHIN
        if near and self._earlier > 0 and not self._asked_for_older:
            self._asked_for_older = True
            self.older_wanted.emit()

    # -- inside

    def _on_tick(self) -> None:
        if not self._streaming:
            return
        began = perf_counter()
        drawn = [self._draw_news(row) for row in self._streaming]
        took_ms = (perf_counter() - began) * 1000
        pause = min(_SLOWEST_TICK_MS, max(_TICK_MS, round(took_ms / _SHARE)))
        self._tick.start(pause if any(drawn) else _IDLE_TICK_MS)

    def _draw_news(self, row: Row) -> bool:
        """Draw what has come of an answer since the last time; whether anything had."""
        streaming, widget = row.streaming, row.widget
        if streaming is None:
            return False
        if not streaming.has_news:
            if widget is not None and row.is_waiting and widget.tell_waiting():
                self.board.changed(row)
            return False
        before = row.phase
        text, reasoning = row.collect()
        if widget is None:
            self.board.changed(row)
        else:
            widget.feed(text, reasoning)
            if row.phase != before or row.is_waiting:
                widget.refresh()
            self.board.draw_now(row, TURN_S)
        self.go_on()
        return True

    def _refresh(self, row: Row) -> None:
        """Show what has changed about `row`."""
        if row.widget is not None:
            if row.streaming is None:
                row.widget.finish()
            else:
                row.widget.refresh()
            row.needs_work = True
        self.board.changed(row)
        self.update_actions()
        self.go_on()

    def _mark_cut(self) -> None:
        """Move the line above which the model saw nothing to where the last answer has it."""
        target, context = self._first_seen()
        for row in self.board.rows:
            cut = context if row is target else None
            if row.cut != cut:
                row.cut = cut
                if row.widget is not None:
                    row.widget.refresh()
                self.board.changed(row)

    def _take_step(self) -> bool:
        """Put the version that was asked for where the other one stood."""
        step, self.step = self.step, None
        row = self.board.row_of(step.message_id) if step is not None else None
        if step is None or row is None:
            return False
        self.board.follows = False
        self.board.draw_now(row, _FIRST_TURN_S)
        bar = self.verticalScrollBar()
        bar.setValue(bar.value() + self.board.top_of(row) - step.top)
        if step.holds_focus and row.widget is not None:
            row.widget.body.text.setFocus(Qt.FocusReason.ShortcutFocusReason)
        return step.holds_focus

    def _mark_last(self) -> None:
        """Note which message nothing follows; the one before has no way on any more."""
        rows = self.board.rows
        for row in [row for row in rows if row.is_last][:1] + rows[-1:]:
            if row.is_last != (row is rows[-1]):
                row.is_last = row is rows[-1]
                if row.widget is not None:
                    row.widget.refresh()
                    self.board.changed(row)

    def _first_seen(self) -> tuple[Row | None, ContextUse | None]:
        """The first message that the model of the last answer saw, where it did not see all."""
        rows = self.board.rows
        for row in reversed(rows):
            context = row.message.context
            if row.streaming is not None and row.streaming.context is not None:
                context = row.streaming.context
            if row.message.role is not Role.ASSISTANT or context is None:
                continue
            place = context.dropped_messages
            spoken = [other for other in rows if other.message.role is not Role.SYSTEM]
            # It can be counted only from where the conversation begins.
            known = self._earlier == 0 and 0 < place < len(spoken)
            return (spoken[place], context) if known else (None, None)
        return None, None

    def _on_prepare(self) -> None:
        """Load what code needs, one language in a turn, while there is nothing else to do."""
        if self._streaming:
            return
        if self._to_prepare:
            prepare(self._to_prepare.pop(0))
        if self._to_prepare:
            self._prepare.start(_PREPARE_MS)


def _take_text(row: Row) -> None:
    """The row's text is now that of its message."""
    row.text, row.reasoning = row.message.words, row.message.reasoning
    row.breaks = row.text.count("\n")
