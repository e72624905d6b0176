"""A field beside its name, or under it where there is little room; a refusal stands below."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from app.ui.appearance import Appearance
from app.ui.widgets.labels import label
from app.ui.widgets.restyle import restyle

NARROW = 420
"""Below this width, in pixels at the usual size of text, a field goes under its words."""

_LEAST = 48


class FieldRow(QWidget):
    """A name with its help at the left, the field at the right.

    A `wide` field always stands under its name; `width` is how wide it is beside it, where
    text has its usual size (0: as wide as it likes).
    """

    def __init__(
        self,
        look: Appearance,
        name: str,
        help_text: str,
        field: QWidget,
        *,
        wide: bool = False,
        width: int = 0,
    ) -> None:
        super().__init__()
        self._width = width
        self._look = look
        self.field = field
        self._is_wide = wide
        if not field.accessibleName():
            field.setAccessibleName(name)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(label(name, "name", wrap=True))
        if help_text:
            words.addWidget(label(help_text, "meta", wrap=True))
        self._line = QHBoxLayout()
        self._line.setSpacing(4 if wide else 12)
        self._line.addLayout(words, 1)
        self._line.addWidget(field)
        self._refused = label("", "refused", wrap=True)
        self._refused.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 2, 0, 2)
        column.setSpacing(4)
        column.addLayout(self._line)
        column.addWidget(self._refused)
        if wide or width:
            # A list would insist on the room for its longest words.
            field.setMinimumWidth(_LEAST)
        if wide:
            self._line.setDirection(QBoxLayout.Direction.TopToBottom)

    @property
    def refusal(self) -> str:
        """Why what stands in the field is not taken, "" where it is."""
        return "" if self._refused.isHidden() else self._refused.text()

    def refuse(self, sentence: str) -> None:
        """Say why what stands in the field is not taken; "" takes it."""
        restyle(self.field, "refused", "true" if sentence else "")
        self._refused.setText(sentence)
        self._refused.setVisible(bool(sentence))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is little room, the field goes under its name."""
        super().resizeEvent(event)
        if self._is_wide:
            return
        is_narrow = self.width() < self._look.scaled(NARROW)
        give_way(self._line, self.field, is_narrow=is_narrow)
        if self._width:
            width = self._look.scaled(self._width)
            self.field.setMinimumWidth(_LEAST if is_narrow else width)
            self.field.setMaximumWidth(width)


def give_way(line: QBoxLayout, field: QWidget, *, is_narrow: bool) -> None:
    """Have `field` under its words in `line` where there is little room, else beside them."""
    way, align = QBoxLayout.Direction, Qt.AlignmentFlag
    line.setDirection(way.TopToBottom if is_narrow else way.LeftToRight)
    line.setAlignment(field, align.AlignLeft if is_narrow else align.AlignVCenter)
