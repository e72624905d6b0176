"""The lock of what may be confidential: whether it is, and the switch."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPushButton

from app.ui.appearance import Appearance
from app.ui.widgets.buttons import GAP


class ConfidentialButton(QPushButton):
    """A closed lock and the word while it is marked, an open lock alone while it is not.

    `marked` and `unmarked` are the sentences for these two.

    Signals:
        toggled_by_person(bool): the chat is to be marked, or no longer.
    """

    toggled_by_person = Signal(bool)

    def __init__(self, look: Appearance, *, marked: str, unmarked: str) -> None:
        super().__init__()
        self._look = look
        self._words = (unmarked, marked)
        self._is_marked = False
        self._is_short = False
        self.setProperty("role", "quiet")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.clicked.connect(lambda: self.toggled_by_person.emit(not self._is_marked))
        self.show_mark(marked=False, is_there=False)

    def show_mark(self, *, marked: bool, is_there: bool) -> None:
        """Show the state; what is not there yet has none."""
        self._is_marked = marked
        self.setVisible(is_there)
        words = self._words[marked]
        self.setToolTip(words)
        self.setAccessibleName(words)
        self._draw()

    def set_short(self, *, short: bool) -> None:
        """Leave the word out where something else needs the room; the lock stays."""
        if short is not self._is_short:
            self._is_short = short
            self._draw()

    def _draw(self) -> None:
        has_word = self._is_marked and not self._is_short
        self.setText(self.tr("Confidential") if has_word else "")
        self._look.set_icon(
            self,
            "lock" if self._is_marked else "lock-open",
            "sealed" if self._is_marked else "text_second",
            gap=GAP if has_word else 0,
        )
