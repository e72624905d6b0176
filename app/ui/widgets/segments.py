"""Two or three views of the same thing, one of which is shown: buttons that hang together."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QWidget

from app.ui.appearance import Appearance
from app.ui.widgets.buttons import push


class Segments(QWidget):
    """`choices` are pairs of a value and its words; the first is chosen at the beginning.

    Signals:
        chosen(str): the person wants the view of this value.
    """

    chosen = Signal(str)

    def __init__(self, look: Appearance, name: str, choices: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self.setAccessibleName(name)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        self.buttons: dict[str, QPushButton] = {}
        self._group = QButtonGroup(self)
        for place, (value, words) in enumerate(choices):
            button = self.buttons[value] = push(look, words, "segment")
            button.setAccessibleName(f"{name}: {words}")
            button.setCheckable(True)
            button.setProperty("end", _end(place, len(choices)))
            button.toggled.connect(lambda on, value=value: self.chosen.emit(value) if on else None)
            self._group.addButton(button)
            row.addWidget(button)
        self.show_value(choices[0][0])

    @property
    def value(self) -> str:
        """The one that is chosen."""
        return next(value for value, button in self.buttons.items() if button.isChecked())

    def show_value(self, value: str) -> None:
        """Show that `value` is chosen, without saying so."""
        with QSignalBlocker(self.buttons[value]):
            self.buttons[value].setChecked(True)


def _end(place: int, count: int) -> str:
    return "left" if place == 0 else "right" if place == count - 1 else ""
