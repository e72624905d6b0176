"""A dialog that asks one question: a heading, sentences, and a row of answers."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QDialog, QPushButton, QVBoxLayout, QWidget

from app.ui.appearance import Appearance
from app.ui.widgets.flow import Flow
from app.ui.widgets.labels import label

_WIDTH = 520
_MARGIN = 48


class Question(QDialog):
    """Stays in front of its window until it is answered; `words` stand under its heading.

    `buttons` stand at its foot and the first of them has the keyboard: it is the one that
    does no harm.
    """

    def __init__(
        self,
        look: Appearance,
        parent: QWidget,
        *,
        title: str,
        heading: str,
        words: Sequence[QWidget],
        buttons: Sequence[QPushButton],
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(10)
        column.addWidget(label(heading, "heading", wrap=True))
        for widget in words:
            column.addWidget(widget)
        column.addSpacing(4)
        row = Flow(at_right=True)
        for button in buttons:
            row.addWidget(button)
        column.addLayout(row)
        room = parent.window().width() - _MARGIN
        self.setFixedWidth(min(look.scaled(_WIDTH), max(320, room)))
        self._take_height()
        if buttons:
            buttons[0].setFocus()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """As high as its words need."""
        super().resizeEvent(event)
        self._take_height()

    def _take_height(self) -> None:
        self.setFixedHeight(self._column.heightForWidth(self.width()))
