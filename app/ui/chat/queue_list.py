"""Shows above the composer which messages wait for the answer to be complete."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from app.core.draft import Draft
from app.ui.appearance import Appearance
from app.ui.widgets.buttons import push, tool
from app.ui.widgets.labels import ElidedLabel, label
from app.ui.widgets.page import empty

_PREVIEW = 300
_MOST_SHOWN = 4


class QueueList(QFrame):
    """Hidden while nothing waits.

    Signals:
        edit_wanted(int), remove_wanted(int): the message at that place.
        send_wanted: the first of them, although no answer precedes it.
    """

    edit_wanted = Signal(int)
    remove_wanted = Signal(int)
    send_wanted = Signal()

    def __init__(self, look: Appearance) -> None:
        super().__init__()
        self._look = look
        self.setProperty("role", "strip")
        self.setProperty("tone", "plain")
        self.setAccessibleName(self.tr("Messages that wait"))
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(12, 4, 6, 4)
        self._column.setSpacing(2)
        self._shown: tuple[list[Draft], bool] = ([], False)
        self.hide()

    def show_waiting(self, waiting: list[Draft], *, is_held: bool) -> None:
        """Show them in their order; with `is_held` no answer is on its way before them."""
        if (waiting, is_held) == self._shown:
            return
        self._shown = (waiting, is_held)
        empty(self._column)
        for place, message in enumerate(waiting[:_MOST_SHOWN]):
            self._column.addWidget(self._row(place, message, is_held=is_held))
        if (more := len(waiting) - _MOST_SHOWN) > 0:
            self._column.addWidget(label(self.tr("and {0} more").format(more), "meta"))
        self.setVisible(bool(waiting))

    def _row(self, place: int, message: Draft, *, is_held: bool) -> QWidget:
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        when = self.tr("Then") if place else self.tr("Next")
        row.addWidget(label(self.tr("Waiting") if is_held else when, "name"))
        row.addWidget(ElidedLabel(" ".join(message.text[:_PREVIEW].split()), "second"), 1)
        if message.files:
            row.addWidget(label(self._count_words(len(message.files)), "meta"))
        if is_held and place == 0:
            send = push(self._look, self.tr("Send now"), "strip")
            send.clicked.connect(self.send_wanted)
            row.addWidget(send)
        edit = tool(self._look, "pencil", self.tr("Edit the waiting message"), size=16)
        edit.clicked.connect(lambda: self.edit_wanted.emit(place))
        remove = tool(self._look, "x", self.tr("Remove the waiting message"), size=16)
        remove.clicked.connect(lambda: self.remove_wanted.emit(place))
        row.addWidget(edit)
        row.addWidget(remove)
        return holder

    def _count_words(self, count: int) -> str:
        return self.tr("1 file") if count == 1 else self.tr("{0} files").format(count)
