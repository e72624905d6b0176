"""A button whose words end in an ellipsis where the room ends."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QPushButton

_NARROWEST = 72


class ElidedButton(QPushButton):
    """Wants the room for all its words and lives with less."""

    def __init__(self, role: str) -> None:
        super().__init__()
        self._whole = ""
        self.setProperty("role", role)

    def set_text(self, text: str) -> None:
        """The whole text; it is shortened to fit."""
        self._whole = text
        self.setText(text)
        self.updateGeometry()
        self._elide()

    @property
    def whole_text(self) -> str:
        """The text before it was shortened."""
        return self._whole

    def sizeHint(self) -> QSize:
        """Room for the whole text."""
        hint = super().sizeHint()
        # Measured as the button itself measures: the width must not depend on what is shown.
        missing = self._width_of(self._whole) - self._width_of(self.text())
        return QSize(hint.width() + missing, hint.height())

    def minimumSizeHint(self) -> QSize:
        """Room for a few letters."""
        hint = super().sizeHint()
        return QSize(min(_NARROWEST, hint.width()), hint.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Shortens or lengthens the text."""
        super().resizeEvent(event)
        self._elide()

    def _width_of(self, text: str) -> int:
        return self.fontMetrics().size(Qt.TextFlag.TextShowMnemonic, text).width()

    def _elide(self) -> None:
        lacking = self.sizeHint().width() - self.width()
        shown = self._whole
        if lacking > 0:
            room = self.fontMetrics().horizontalAdvance(self._whole) - lacking
            elide = Qt.TextElideMode.ElideRight
            shown = self.fontMetrics().elidedText(self._whole, elide, room)
        if shown != self.text():
            self.setText(shown)
