"""What a locked window shows, and nothing else."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from app.core.errors import AppError
from app.ui.appearance import Appearance
from app.ui.widgets.buttons import push
from app.ui.widgets.labels import label

_WIDTH = 340
_PICTURE = 40


class LockScreen(QWidget):
    """Fills the window.

    Signals:
        unlock_wanted(str): with what was typed, "" where no passphrase is asked for.
    """

    unlock_wanted = Signal(str)

    def __init__(self, look: Appearance) -> None:
        super().__init__()
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(_tr("Tacit is locked"))
        picture = label("")
        picture.setMinimumSize(_PICTURE, _PICTURE)
        look.set_picture(picture, "lock-keyhole", "accent", _PICTURE)
        self.words = label("", "second", wrap=True)
        self.words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.field = QLineEdit()
        self.field.setEchoMode(QLineEdit.EchoMode.Password)
        self.field.setAccessibleName(_tr("Passphrase"))
        self.field.setPlaceholderText(_tr("Passphrase"))
        self.field.returnPressed.connect(self._unlock)
        self.refused = label("", "refused", wrap=True)
        self.refused.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.button = push(look, _tr("Unlock"), "primary")
        self.button.clicked.connect(self._unlock)
        middle = QWidget()
        middle.setFixedWidth(look.scaled(_WIDTH))
        column = QVBoxLayout(middle)
        column.setSpacing(12)
        column.addWidget(picture, 0, Qt.AlignmentFlag.AlignHCenter)
        heading = label(_tr("Tacit is locked"), "page")
        column.addWidget(heading, 0, Qt.AlignmentFlag.AlignHCenter)
        for widget in (self.words, self.field, self.refused):
            column.addWidget(widget)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(middle)
        row.addStretch(1)
        outer = QVBoxLayout(self)
        outer.addStretch(2)
        outer.addLayout(row)
        outer.addStretch(3)

    def ask(self, *, passphrase: bool) -> None:
        """Begin to wait for somebody."""
        self.field.clear()
        self.refused.hide()
        self.field.setVisible(passphrase)
        self.words.setText(_tr("Your chats are hidden. An answer that is being written goes on."))
        (self.field if passphrase else self.button).setFocus()

    def refuse(self, error: AppError) -> None:
        """Say that this was not it."""
        self.field.selectAll()
        self.field.setFocus()
        self.refused.setText(error.sentence)
        self.refused.show()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter unlocks, wherever the keyboard is; no other key goes on to what is hidden."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._unlock()
        event.accept()

    def _unlock(self) -> None:
        self.unlock_wanted.emit(self.field.text())


def _tr(text: str) -> str:
    return QCoreApplication.translate("LockScreen", text)
