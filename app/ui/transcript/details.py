"""A small panel that says how a message came about; Escape or a click elsewhere closes it."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.store.values import StoredMessage
from app.ui.markdown.formats import Formats
from app.ui.transcript.detail_words import as_text, facts

_WIDTH, _GAP, _CHUNK = 460, 6, 8
_BREAK = "\u200b"


class Details(QFrame):
    """Lists every fact that the history keeps of one message."""

    def __init__(
        self, parent: QWidget, message: StoredMessage, model: str, formats: Formats
    ) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setProperty("role", "popover")
        self.setAccessibleName(self.tr("Details of the message"))
        self.facts = facts(message, model)
        self.setAccessibleDescription(as_text(self.facts))
        heading = QLabel(self.tr("Details"))
        heading.setProperty("role", "heading")
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(1, 1)
        for row, (name, value) in enumerate(self.facts):
            grid.addWidget(_label(name, "meta"), row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(_label(_breakable(value), ""), row, 1)
        self.copy = QPushButton(self.tr("Copy"))
        self.copy.setToolTip(self.tr("Copy the details"))
        self.copy.clicked.connect(self._copy)
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 12)
        column.setSpacing(10)
        column.addWidget(heading)
        column.addLayout(grid)
        column.addWidget(self.copy, 0, Qt.AlignmentFlag.AlignLeft)
        room = parent.window().width() - 2 * _GAP
        self.setFixedWidth(min(formats.scaled(_WIDTH), room))

    def show_near(self, anchor: QWidget) -> None:
        """Open below `anchor` where there is room, above it where there is not."""
        self.ensurePolished()
        for part in self.findChildren(QWidget):
            part.ensurePolished()
        self.setFixedHeight(self._column.heightForWidth(self.width()))
        screen = anchor.screen().availableGeometry()
        below = anchor.mapToGlobal(QPoint(0, anchor.height() + _GAP))
        above = anchor.mapToGlobal(QPoint(0, -self.height() - _GAP))
        fits = below.y() + self.height() <= screen.bottom()
        y = below.y() if fits else max(screen.top(), above.y())
        x = max(screen.left(), min(below.x(), screen.right() - self.width()))
        self.move(x, y)
        self.show()
        self.copy.setFocus()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(as_text(self.facts))
        self.close()


def _label(words: str, role: str) -> QLabel:
    made = QLabel(words)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setProperty("role", role)
    made.setWordWrap(bool(not role))
    return made


def _breakable(value: str) -> str:
    """`value` with places to break a word that is longer than a line, such as a hash."""
    return " ".join(
        _BREAK.join(word[at : at + _CHUNK] for at in range(0, len(word), _CHUNK))
        for word in value.split(" ")
    )
