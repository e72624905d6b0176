"""The title of the conversation, which can be edited where it stands."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit


class TitleEdit(QLineEdit):
    """Enter keeps what was typed, Escape puts the old title back.

    Signals:
        renamed(str): the person wrote another title.
        left: the keyboard is free again.
    """

    renamed = Signal(str)
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._title = ""
        self.setProperty("role", "heading")
        self.setMaxLength(200)
        self.setAccessibleName(self.tr("Title of the conversation"))
        self.setPlaceholderText(self.tr("New chat"))
        self.set_title("", editable=False)

    def set_title(self, title: str, *, editable: bool) -> None:
        """Show `title`; what is being typed over it is not touched."""
        self._title = title
        self.setReadOnly(not editable)
        policy = Qt.FocusPolicy.StrongFocus if editable else Qt.FocusPolicy.NoFocus
        self.setFocusPolicy(policy)
        self.setToolTip(self.tr("Click to rename") if editable else "")
        if not self.hasFocus() or not editable:
            self._show(title)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """See the class."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._commit()
            self.left.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self._show(self._title)
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Leaving keeps what was typed."""
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self._commit()

    def _commit(self) -> None:
        title = " ".join(self.text().split())
        if title and title != self._title and not self.isReadOnly():
            self._title = title
            self.renamed.emit(title)
        self._show(self._title)

    def _show(self, title: str) -> None:
        self.setText(title)
        self.setCursorPosition(0)
