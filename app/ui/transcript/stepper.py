"""Which version of a message is shown, of how many, and the way to the others: < 2 / 3 >."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget

from app.store.values import StoredMessage
from app.ui.markdown.formats import Formats
from app.ui.transcript.buttons import tool_button


@dataclass(frozen=True, slots=True)
class Step:
    """A version that was asked for, and where it is to stand: `top` pixels below the view's."""

    message_id: str
    top: int
    holds_focus: bool


def neighbour(message: StoredMessage, step: int) -> str:
    """The version `step` places further on (or back), "" where there is none."""
    if message.id not in message.siblings:
        return ""
    place = message.siblings.index(message.id) + step
    return message.siblings[place] if 0 <= place < len(message.siblings) else ""


class Stepper(QWidget):
    """Shown wherever a message has more than one version, without the pointer over it.

    Signals:
        wanted: the id of the version that is to be shown instead.
    """

    wanted = Signal(str)

    def __init__(self, parent: QWidget, message: StoredMessage, formats: Formats) -> None:
        super().__init__(parent)
        self._message = message
        place, total = message.siblings.index(message.id) + 1, len(message.siblings)
        self._previous = tool_button(
            self,
            formats,
            "chevron-left",
            self.tr("Previous version (Alt+Left)"),
            lambda: self._go(-1),
        )
        self._next = tool_button(
            self, formats, "chevron-right", self.tr("Next version (Alt+Right)"), lambda: self._go(1)
        )
        self._previous.setAccessibleName(self.tr("Previous version"))
        self._next.setAccessibleName(self.tr("Next version"))
        count = QLabel(f"{place} / {total}", self)
        count.setProperty("role", "meta")
        count.setAccessibleName(
            self.tr("Version {place} of {total}").format(place=place, total=total)
        )
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for part in (self._previous, count, self._next):
            row.addWidget(part)
        # "<" means an earlier one, whichever way the words around it run.
        self.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self.set_enabled(can_change=True)

    @staticmethod
    def is_needed(message: StoredMessage) -> bool:
        """Whether there is more than one version to step through."""
        return len(message.siblings) > 1 and message.id in message.siblings

    @property
    def buttons(self) -> list[QToolButton]:
        """Both ways, in the order of the eye."""
        return [self._previous, self._next]

    def set_enabled(self, *, can_change: bool) -> None:
        """Another version can be shown only while no answer is being written."""
        for button, step in zip(self.buttons, (-1, 1), strict=True):
            button.setEnabled(can_change and bool(neighbour(self._message, step)))

    def _go(self, step: int) -> None:
        if target := neighbour(self._message, step):
            self.wanted.emit(target)
