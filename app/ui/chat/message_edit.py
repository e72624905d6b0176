"""The text field of the composer: grows with its text, knows when Enter sends."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData, QSize, Qt, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QFocusEvent,
    QInputMethodEvent,
    QKeyEvent,
    QResizeEvent,
    QTextOption,
)
from PySide6.QtWidgets import QPlainTextEdit, QSizePolicy, QWidget

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_MARGIN = 4


class MessageEdit(QPlainTextEdit):
    """Plain text only, also from the clipboard; files are for whoever is around it.

    Signals:
        send_wanted: the key that sends was pressed.
        large_paste(str): a text too large to be edited here was pasted.
        files_given(list[Path]): files were pasted.
        focus_changed(bool): it has the keyboard now, or not any more.
    """

    send_wanted = Signal()
    large_paste = Signal(str)
    files_given = Signal(list)
    focus_changed = Signal(bool)

    # Laying out one long line takes time that grows with its square; above these sizes a
    # text is better kept beside the field than in it.
    LARGEST_PASTE = 20_000
    LARGEST_TEXT = 60_000

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.enter_sends = True
        self.largest_height = 240
        self._composing = False
        self.setTabChangesFocus(True)
        self.setFrameShape(QPlainTextEdit.Shape.NoFrame)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.document().setDocumentMargin(_MARGIN)
        self.document().documentLayout().documentSizeChanged.connect(self.fit)

    def fit(self) -> None:
        """Take the height that the text needs, up to `largest_height`."""
        wanted = self._wanted_height()
        height = min(wanted, max(self.largest_height, self._height_of(1)))
        policy = Qt.ScrollBarPolicy
        self.setVerticalScrollBarPolicy(
            policy.ScrollBarAsNeeded if wanted > height else policy.ScrollBarAlwaysOff
        )
        if self.height() != height:
            self.setFixedHeight(height)

    def sizeHint(self) -> QSize:
        """The height of one line at least."""
        return QSize(200, self._height_of(1))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter sends or breaks the line, as the person set it; Escape is for the window."""
        if event.key() in _ENTER and not self._composing:
            if self._sends(event.modifiers()):
                self.send_wanted.emit()
            else:
                self.textCursor().insertBlock()
                self.ensureCursorVisible()
            event.accept()
            return
        if event.key() == Qt.Key.Key_Escape:
            event.ignore()
            return
        super().keyPressEvent(event)

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        """Remembers whether a word is still being composed: Enter then belongs to that."""
        self._composing = bool(event.preeditString())
        super().inputMethodEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Words can be dropped here; files are for the page around it."""
        if files_in(event.mimeData()):
            event.ignore()
        else:
            super().dragEnterEvent(event)

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        """Text and files are all that can be pasted or dropped."""
        return source.hasText() or bool(files_in(source))

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Takes the words without their dress; a very large text goes beside the field."""
        if files := files_in(source):
            self.files_given.emit(files)
            return
        text = source.text().replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
        too_long = len(text) + self.document().characterCount() > self.LARGEST_TEXT
        if len(text) > self.LARGEST_PASTE or too_long:
            self.large_paste.emit(text)
        else:
            self.insertPlainText(text)
            self.ensureCursorVisible()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A narrower field needs more lines."""
        super().resizeEvent(event)
        self.fit()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The frame around it shows the focus."""
        super().focusInEvent(event)
        self.focus_changed.emit(True)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """See `focusInEvent`."""
        super().focusOutEvent(event)
        self.focus_changed.emit(False)

    def _sends(self, modifiers: Qt.KeyboardModifier) -> bool:
        plain = modifiers & ~Qt.KeyboardModifier.KeypadModifier
        if plain == Qt.KeyboardModifier.ControlModifier:
            return True
        return self.enter_sends and plain == Qt.KeyboardModifier.NoModifier

    def _wanted_height(self) -> int:
        # QPlainTextDocumentLayout gives its height in lines.
        return self._height_of(max(1, round(self.document().size().height())))

    def _height_of(self, lines: int) -> int:
        return lines * self.fontMetrics().lineSpacing() + 2 * _MARGIN + 4


def files_in(source: QMimeData) -> list[Path]:
    """The files that are pasted or dropped; none where there is anything besides them."""
    urls = source.urls()
    # As text they are their addresses, which is what a web page's links are meant as.
    return [Path(url.toLocalFile()) for url in urls] if all(u.isLocalFile() for u in urls) else []
