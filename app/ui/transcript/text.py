"""The text of one message: read, selected and copied, never edited; loads and opens nothing."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import QEvent, QMimeData, QPoint, QRect, QRectF, Qt, QUrl, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFocusEvent,
    QHelpEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QTextCursor,
    QTextOption,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QTextBrowser, QToolTip, QWidget

from app.ui.markdown.copying import selected_text
from app.ui.markdown.document import MessageDocument
from app.ui.markdown.values import Kind
from app.ui.transcript import decorations

# These scroll the conversation instead of moving a caret; with Shift they select.
_SCROLLING = {
    Qt.Key.Key_Up,
    Qt.Key.Key_Down,
    Qt.Key.Key_PageUp,
    Qt.Key.Key_PageDown,
    Qt.Key.Key_Home,
    Qt.Key.Key_End,
}
_MOVING = {Qt.Key.Key_Left, Qt.Key.Key_Right}
_Modifier = Qt.KeyboardModifier


class MessageText(QTextBrowser):
    """Shows a `MessageDocument` at its full height.

    Signals:
        link_clicked: the address of a link that was clicked or chosen by keyboard.
        link_hovered: the address of the link under the pointer, "" when it left.
        menu_wanted: the global place for a menu.
        caret_moved: the person moved the caret or the selection by keyboard.
        dragged: the pointer moved to this global place while selecting.
        focused: it has the keyboard now; whether that is to be seen.
        save_wanted: a name for a file, and the text that is to be saved in it.
    """

    link_clicked = Signal(str)
    link_hovered = Signal(str)
    menu_wanted = Signal(QPoint)
    caret_moved = Signal()
    dragged = Signal(QPoint)
    focused = Signal(bool)
    save_wanted = Signal(str, str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.shows_caret = False
        # Where buttons float over the words: no words are seen there.
        self.covered: list[QRect] = []
        self.covered_tables: list[QRect] = []
        self._own: MessageDocument | None = None
        self._followed_link = False
        self._moves_caret = False
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # The other mode lays everything out anew whenever the height changes.
        self.setLineWrapMode(QTextBrowser.LineWrapMode.FixedPixelWidth)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setOpenLinks(False)
        self.setOpenExternalLinks(False)
        self.setUndoRedoEnabled(False)
        self.setAcceptDrops(False)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextBrowserInteraction
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.viewport().setAutoFillBackground(False)
        self.anchorClicked.connect(self._on_link)
        self.highlighted.connect(self._on_highlighted)

    @property
    def message_document(self) -> MessageDocument | None:
        """What is shown, None before the first `show_document`."""
        return self._own

    def show_document(self, document: MessageDocument) -> None:
        """Show `document`, which belongs to this widget from now on."""
        old, self._own = self._own, document
        self.ensurePolished()
        document.setParent(self)
        self.setLineWrapColumnOrWidth(round(document.textWidth()))
        self.setDocument(document)
        # Its own caret blinks; ours does not. The width is kept with the document.
        self.setCursorWidth(0)
        if old is not None and old is not document:
            old.setParent(None)
            old.deleteLater()

    def selection(self) -> str:
        """The selected text, "" without one."""
        cursor = self.textCursor()
        if self._own is None or not cursor.hasSelection():
            return ""
        return selected_text(self._own, cursor.selectionStart(), cursor.selectionEnd())

    def clear_selection(self) -> None:
        """Select nothing."""
        cursor = self.textCursor()
        if cursor.hasSelection():
            cursor.clearSelection()
            self.setTextCursor(cursor)

    def extend_selection(self, place: QPoint) -> None:
        """Select up to the global `place`."""
        cursor = self.textCursor()
        target = self.cursorForPosition(self.viewport().mapFromGlobal(place))
        cursor.setPosition(target.position(), QTextCursor.MoveMode.KeepAnchor)
        self.setTextCursor(cursor)

    def link_at(self, place: QPoint) -> str:
        """The address of the link at a global place, "" for none."""
        return self.anchorAt(self.viewport().mapFromGlobal(place))

    def code_at(self, place: QPoint) -> str:
        """The source of the block of code at a global place, "" for none."""
        document = self._own
        if document is None or not document.code_starts:
            return ""
        position = self.cursorForPosition(self.viewport().mapFromGlobal(place)).position()
        index = document.line_at(position)
        if index < 0 or document.lines[index].kind is not Kind.CODE:
            return ""
        return document.code_text(document.code_at(index)[0])

    def table_at(self, place: QPoint) -> list[list[str]]:
        """The words of the table at a global place, cell by cell; none where there is none."""
        document = self._own
        if document is None or not document.has_tables:
            return []
        position = self.cursorForPosition(self.viewport().mapFromGlobal(place)).position()
        index = document.line_at(position)
        if index < 0 or document.lines[index].kind is not Kind.TABLE:
            return []
        return document.table_rows(index)

    def loadResource(self, type: int, name: QUrl | str) -> QImage:  # noqa: A002, ARG002
        """Nothing; see `MessageDocument.loadResource`."""
        return QImage()

    def createMimeDataFromSelection(self) -> QMimeData:
        """Plain text alone."""
        data = QMimeData()
        data.setText(self.selection())
        return data

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paints the decorations under the words, the caret above them."""
        document = self._own
        if document is None:
            return
        area = QRectF(event.rect())
        painter = QPainter(self.viewport())
        decorations.paint(painter, document, area, self.tr("code"))
        painter.end()
        super().paintEvent(event)
        painter = QPainter(self.viewport())
        for place in (*self.covered, *self.covered_tables):
            painter.fillRect(place, QColor(document.formats.theme.code))
        if self.shows_caret:
            decorations.paint_caret(painter, document)
        elif self._moves_caret and self.hasFocus():
            painter.fillRect(self.cursorRect().adjusted(0, 0, 1, 0), self.palette().text())
        painter.end()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Moves and selects; what scrolls the conversation is left to it."""
        key, modifiers = event.key(), event.modifiers()
        selects = bool(modifiers & _Modifier.ShiftModifier)
        if modifiers & _Modifier.AltModifier or (key in _SCROLLING and not selects):
            event.ignore()
        elif key in _SCROLLING or key in _MOVING:
            if not self._moves_caret and not self.textCursor().hasSelection():
                self.moveCursor(QTextCursor.MoveOperation.Start)
            self._moves_caret = True
            super().keyPressEvent(event)
            self.viewport().update()
            self.caret_moved.emit()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._followed_link = False
            super().keyPressEvent(event)
            event.setAccepted(self._followed_link)
        elif modifiers & _Modifier.ControlModifier:
            super().keyPressEvent(event)
        else:
            event.ignore()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Says so; a click needs no ring around what was clicked."""
        super().focusInEvent(event)
        if event.reason() is not Qt.FocusReason.ActiveWindowFocusReason:
            self._moves_caret = False
        self.focused.emit(event.reason() is not Qt.FocusReason.MouseFocusReason)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Left to the conversation."""
        event.ignore()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Asks for a menu of our own."""
        self.menu_wanted.emit(event.globalPos())
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Puts the caret there, for the keyboard to go on from."""
        super().mousePressEvent(event)
        self._moves_caret = True

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Selects; beyond the edge of the view the conversation scrolls along."""
        super().mouseMoveEvent(event)
        if event.buttons() & Qt.MouseButton.LeftButton and self.textCursor().hasSelection():
            self.dragged.emit(event.globalPosition().toPoint())

    def viewportEvent(self, event: QEvent) -> bool:
        """Shows where a link leads."""
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            address = _plain(QUrl(self.anchorAt(event.pos())))
            # A tooltip takes text that looks like HTML for HTML, and would load its images.
            words = f"<qt>{escape(address)}</qt>" if address else ""
            QToolTip.showText(event.globalPos(), words, self.viewport())
            return True
        return super().viewportEvent(event)

    def _on_link(self, url: QUrl) -> None:
        self._followed_link = True
        self.link_clicked.emit(_plain(url))

    def _on_highlighted(self, url: QUrl) -> None:
        self.link_hovered.emit(_plain(url))


def _plain(url: QUrl) -> str:
    """An address in ASCII letters: a host cannot look like another one."""
    return url.toString(QUrl.ComponentFormattingOption.FullyEncoded)
