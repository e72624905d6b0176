"""Edits a message in the place where it stands."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QTextCursor
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

_FEWEST_LINES, _MOST_LINES = 2, 14


class _Field(QPlainTextEdit):
    """Esc and Ctrl+Enter belong to the editor around it."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        sends = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        with_control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if event.key() == Qt.Key.Key_Escape or (sends and with_control):
            event.ignore()
        else:
            super().keyPressEvent(event)


class MessageEditor(QFrame):
    """A field with the message, and what to do with it: a question is sent, an answer kept.

    Signals:
        saved: the new text.
        cancelled: nothing changes.
        resized: the text needs more or less room now.
    """

    saved = Signal(str)
    cancelled = Signal()
    resized = Signal()

    def __init__(self, parent: QWidget, text: str, *, sends: bool = True) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self.field = _Field()
        self.field.setProperty("role", "field")
        self.field.setPlainText(text)
        self.field.moveCursor(QTextCursor.MoveOperation.End)
        self.field.setTabChangesFocus(True)
        self.field.setAccessibleName(self.tr("Your message") if sends else self.tr("The answer"))
        self.save = QPushButton(self.tr("Save and send") if sends else self.tr("Save"))
        self.save.setProperty("role", "primary")
        self.save.setToolTip(
            self.tr("Send the changed message (Ctrl+Enter)")
            if sends
            else self.tr("Keep the changed answer as another version (Ctrl+Enter)")
        )
        self.cancel = QPushButton(self.tr("Cancel"))
        self.cancel.setToolTip(self.tr("Keep the message as it was (Esc)"))
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.save)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 12, 12, 12)
        layout.setSpacing(8)
        layout.addWidget(self.field)
        layout.addLayout(buttons)
        # Before the buttons, so that Tab goes the way the eye does.
        QWidget.setTabOrder(self.field, self.cancel)
        QWidget.setTabOrder(self.cancel, self.save)
        self.save.clicked.connect(self._on_save)
        self.cancel.clicked.connect(self.cancelled)
        self.field.textChanged.connect(self._on_changed)
        self._on_changed()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc cancels, Ctrl+Enter saves."""
        if event.key() == Qt.Key.Key_Escape:
            self.cancelled.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._on_save()
        # Nothing typed in here may scroll the conversation.
        event.accept()

    def _on_save(self) -> None:
        if text := self.field.toPlainText().strip():
            self.saved.emit(text)

    def _on_changed(self) -> None:
        self.save.setEnabled(bool(self.field.toPlainText().strip()))
        lines = max(_FEWEST_LINES, min(_MOST_LINES, self.field.document().lineCount()))
        height = lines * self.field.fontMetrics().lineSpacing() + 24
        if self.field.height() != height:
            self.field.setFixedHeight(height)
            self.resized.emit()
