"""Moves the keyboard through the conversation: scrolling, from message to message, and Tab."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

from app.ui.transcript.board import Board
from app.ui.transcript.message import MessageWidget
from app.ui.transcript.row import Row

# Pixels that one press of an arrow scrolls, and that two pages share.
_STEP, _OVERLAP = 60, 60
_DRAW_S = 0.02


class Navigation:
    """The conversation is one stop of the window's Tab order: Tab goes through the parts of
    one message and then on to what follows the conversation; Alt+Up and Alt+Down change the
    message."""

    def __init__(self, area: QAbstractScrollArea, board: Board, after: QWidget) -> None:
        self._area = area
        self._board = board
        self._after = after
        self._current = ""

    def row_with(self, widget: QWidget | None) -> Row | None:
        """The row whose widget contains `widget`."""
        while widget is not None and not isinstance(widget, MessageWidget):
            widget = widget.parentWidget()
        return None if widget is None else self._board.row_of(widget.row.message.id)

    def note_focus(self, widget: QWidget | None) -> None:
        """Remember in which message the keyboard is."""
        row = self.row_with(widget)
        if row is not None:
            self.note(row)

    def note(self, row: Row) -> None:
        """From here the keyboard goes on."""
        self._current = row.message.id

    @property
    def current(self) -> Row | None:
        """The message the keyboard is in or was in last, else the last one in sight."""
        row = self._board.row_of(self._current)
        if row is not None:
            return row
        sight = self._board.in_sight
        return self._board.rows[sight[-1]] if sight else None

    def enter(self, *, forward: bool) -> bool:
        """Put the keyboard into the current message; whether there is one."""
        row = self.current
        if row is None:
            return False
        widget = self._alive(row)
        # The actions are there only while the keyboard is in the message.
        widget.body.text.setFocus(Qt.FocusReason.TabFocusReason)
        if not forward:
            _stops(widget)[-1].setFocus(Qt.FocusReason.BacktabFocusReason)
        self._board.reveal(row)
        return True

    def walk(self, step: int) -> None:
        """Go `step` messages down (or up) with the keyboard."""
        rows = self._board.rows
        row = self.current
        if row is None:
            return
        focused = self.row_with(self._area.window().focusWidget()) is row
        place = self._board.place_of(row) + (step if focused else 0)
        target = rows[max(0, min(len(rows) - 1, place))]
        widget = self._alive(target)
        stop = widget.body.text if widget.editor is None else widget.editor.field
        stop.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._board.reveal(target)

    def tab(self, *, forward: bool) -> bool:
        """Go on to the next part of the message, or out of the conversation."""
        focused = self._area.window().focusWidget()
        row = self.row_with(focused)
        if row is None or row.widget is None or focused is None:
            if focused is self._area and forward and self.enter(forward=True):
                return True
            return self._leave(forward=forward, start=self._area)
        stops = _stops(row.widget)
        place = stops.index(focused) + (1 if forward else -1) if focused in stops else 0
        if 0 <= place < len(stops):
            reason = Qt.FocusReason.TabFocusReason
            stops[place].setFocus(reason if forward else Qt.FocusReason.BacktabFocusReason)
            return True
        return self._leave(forward=forward, start=self._area)

    def scroll(self, event: QKeyEvent) -> bool:
        """Scroll by a key; whether it is one that scrolls."""
        bar = self._area.verticalScrollBar()
        page = max(_STEP, self._area.viewport().height() - _OVERLAP)
        match event.key():
            case Qt.Key.Key_Up:
                bar.setValue(bar.value() - _STEP)
            case Qt.Key.Key_Down:
                bar.setValue(bar.value() + _STEP)
            case Qt.Key.Key_PageUp:
                bar.setValue(bar.value() - page)
            case Qt.Key.Key_PageDown:
                bar.setValue(bar.value() + page)
            case Qt.Key.Key_Home:
                bar.setValue(0)
            case Qt.Key.Key_End:
                bar.setValue(bar.maximum())
            case _:
                return False
        return True

    def _alive(self, row: Row) -> MessageWidget:
        if row.widget is None:
            self._board.draw_now(row, _DRAW_S)
        assert row.widget is not None, "drawing makes the widget"
        return row.widget

    def _leave(self, *, forward: bool, start: QWidget) -> bool:
        if forward and self._after.isVisible() and not self._after.hasFocus():
            self._after.setFocus(Qt.FocusReason.TabFocusReason)
            return True
        widget = start
        while True:
            following = widget.nextInFocusChain() if forward else widget.previousInFocusChain()
            if following is None or following is start:
                return False
            widget = following
            outside = widget is not self._area and not self._area.isAncestorOf(widget)
            if outside and _takes_tab(widget):
                reason = Qt.FocusReason.TabFocusReason
                widget.setFocus(reason if forward else Qt.FocusReason.BacktabFocusReason)
                return True


def _stops(widget: MessageWidget) -> list[QWidget]:
    return [stop for stop in widget.stops() if stop.isVisibleTo(widget) and stop.isEnabled()]


def _takes_tab(widget: QWidget) -> bool:
    policy = widget.focusPolicy() & Qt.FocusPolicy.TabFocus
    visible = widget.isVisible() and widget.isEnabled()
    return bool(policy) and visible and widget.focusProxy() is None and not widget.isWindow()
