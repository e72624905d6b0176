"""The bar that finds words in the conversation, or goes to a day."""

from __future__ import annotations

from PySide6.QtCore import QDate, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDateEdit, QFrame, QHBoxLayout, QLineEdit, QWidget

from app.ui.appearance import Appearance
from app.ui.widgets.buttons import push, tool
from app.ui.widgets.labels import label


class FindBar(QFrame):
    """Hidden until it is opened; Escape closes it, Enter and Shift+Enter step.

    Signals:
        typed(str): what is to be found.
        step_wanted(int): to the next finding (1) or the one before (-1).
        day_wanted(QDate): to the first message of that day or after it.
        closed: it is away.
    """

    typed = Signal(str)
    step_wanted = Signal(int)
    day_wanted = Signal(QDate)
    closed = Signal()

    def __init__(self, look: Appearance) -> None:
        super().__init__()
        self.setObjectName("header")
        self.setAccessibleName(self.tr("Find in this chat"))
        self.field = QLineEdit()
        self.field.setPlaceholderText(self.tr("Find in this chat"))
        self.field.setAccessibleName(self.tr("Find in this chat"))
        self.field.textChanged.connect(self.typed)
        self.count = label("", "meta")
        self.previous = tool(look, "chevron-up", self.tr("Previous (Shift+F3)"))
        self.previous.clicked.connect(lambda: self.step_wanted.emit(-1))
        self.next = tool(look, "chevron-down", self.tr("Next (F3)"))
        self.next.clicked.connect(lambda: self.step_wanted.emit(1))
        self.words = self._group(self.field, self.count, self.previous, self.next)
        self.date = QDateEdit()
        self.date.setAccessibleName(self.tr("Day"))
        self.go = push(look, self.tr("Go to this day"))
        self.go.clicked.connect(self._go)
        self.days = self._group(label(self.tr("Go to"), "second"), self.date, self.go)
        self._close = tool(look, "x", self.tr("Close (Esc)"), self.close_bar)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 12, 6)
        row.setSpacing(6)
        row.addWidget(self.words, 1)
        row.addWidget(self.days)
        row.addStretch(0)
        row.addWidget(self._close)
        self.hide()

    def open_words(self) -> None:
        """Show the field for words, and have what stands in it typed over."""
        self.days.hide()
        self.words.show()
        self.show()
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.selectAll()
        self.typed.emit(self.field.text())

    def open_days(self, first: QDate, last: QDate) -> None:
        """Show the field for a day between `first` and `last`."""
        self.words.hide()
        self.days.show()
        self.date.setDateRange(first, last)
        self.date.setDate(last)
        self.show()
        self.date.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.typed.emit("")

    def show_count(self, words: str) -> None:
        """Say how often it was found; buttons that lead nowhere are off."""
        self.count.setText(words)

    def set_steps(self, *, possible: bool) -> None:
        """Whether there is something to step to."""
        self.previous.setEnabled(possible)
        self.next.setEnabled(possible)

    def close_bar(self) -> None:
        """Leave."""
        if not self.isHidden():
            self.hide()
            self.closed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """See the class."""
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if event.key() == Qt.Key.Key_Escape:
            self.close_bar()
        elif enter and self.days.isVisible():
            self._go()
        elif enter:
            back = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self.step_wanted.emit(-1 if back else 1)
        # Nothing typed in here belongs to the composer.
        event.accept()

    def _go(self) -> None:
        self.day_wanted.emit(self.date.date())

    def _group(self, *parts: QWidget) -> QWidget:
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        for place, part in enumerate(parts):
            row.addWidget(part, 1 if place == 0 and isinstance(part, QLineEdit) else 0)
        return holder
