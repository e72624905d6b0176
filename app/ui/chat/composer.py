"""Where a message is written: the field, large pasted texts beside it, send and stop."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from app.ui.appearance import Appearance
from app.ui.chat.message_edit import MessageEdit
from app.ui.chat.pasted import PastedText
from app.ui.widgets.buttons import tool
from app.ui.widgets.restyle import restyle

_BUTTON = 36


class Composer(QFrame):
    """Holds what the person is writing; it never clears itself but by `take`.

    Signals:
        send_wanted(str): the whole text is to be sent; the composer still holds it.
        queue_wanted(str): the same, once the answer that is being written is complete.
        stop_wanted: the answer that is being written is to be stopped.
        edited: the text is another one now, by the person's hand.
    """

    send_wanted = Signal(str)
    queue_wanted = Signal(str)
    stop_wanted = Signal()
    edited = Signal()

    def __init__(self, look: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._busy = False
        self._sendable = True
        self._quiet = False
        self._pasted: list[PastedText] = []
        self.setProperty("role", "composer")
        self.edit = MessageEdit()
        self.edit.setAccessibleName(self.tr("Message"))
        self.edit.setPlaceholderText(self.tr("Write a message"))
        self.edit.send_wanted.connect(self._send)
        self.edit.large_paste.connect(self._add_pasted)
        self.edit.textChanged.connect(self._on_edited)
        self.edit.focus_changed.connect(self._show_focus)
        self.button = tool(look, "arrow-up", self.tr("Send"), self._press, size=20)
        self.button.setProperty("role", "send")
        self.later = tool(look, "clock", self.tr("Send after this answer"), self._send, size=20)
        self.later.hide()
        self._pile = QVBoxLayout()
        self._pile.setSpacing(4)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.edit, 1, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.later, 0, Qt.AlignmentFlag.AlignBottom)
        row.addWidget(self.button, 0, Qt.AlignmentFlag.AlignBottom)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 6, 6, 6)
        column.setSpacing(4)
        column.addLayout(self._pile)
        column.addLayout(row)
        look.changed.connect(self._resize_button)
        self._resize_button()
        self._show_state()

    @property
    def text(self) -> str:
        """Everything that would be sent: what was typed, then what was pasted beside it."""
        parts = [self.edit.toPlainText(), *(pasted.text for pasted in self._pasted)]
        return "\n\n".join(part for part in parts if part.strip())

    @property
    def is_busy(self) -> bool:
        """Whether the button stops an answer now."""
        return self._busy

    @property
    def draft(self) -> str:
        """What to remember: as `text`, or the bare white space where nothing else was typed."""
        return self.text or self.edit.toPlainText()

    def set_text(self, text: str) -> None:
        """Put `text` in place of what is there, without saying `edited`."""
        self._quiet = True
        self._remove_pasted(*self._pasted)
        if len(text) > MessageEdit.LARGEST_TEXT:
            self.edit.clear()
            self._add_pasted(text)
        else:
            self.edit.setPlainText(text)
            self.edit.moveCursor(self.edit.textCursor().MoveOperation.End)
        self._quiet = False
        self._show_state()

    def take(self) -> str:
        """The text, which is then gone from here: it has been sent."""
        text = self.text
        self.set_text("")
        return text

    def put_back(self, text: str) -> None:
        """A text that could not be sent: before what has been typed since."""
        since = self.draft
        self.set_text(f"{text}\n\n{since}" if since.strip() else text)
        self.edited.emit()

    def set_busy(self, busy: bool) -> None:
        """Whether an answer is being written here: the button then stops it."""
        self._busy = busy
        self._show_state()

    def set_sendable(self, sendable: bool) -> None:
        """Whether there is something that could answer."""
        self._sendable = sendable
        self._show_state()

    def set_enter_sends(self, on: bool) -> None:
        """Which key sends: Enter, or only Ctrl+Enter."""
        self.edit.enter_sends = on
        self._show_state()

    def set_largest_height(self, height: int) -> None:
        """How high the field may grow."""
        self.edit.largest_height = height
        self.edit.fit()

    def type_text(self, text: str) -> None:
        """Take the keyboard and what was typed elsewhere."""
        self.edit.setFocus()
        self.edit.insertPlainText(text)

    def _send(self) -> None:
        if self._sendable and self.text:
            (self.queue_wanted if self._busy else self.send_wanted).emit(self.text)

    def _press(self) -> None:
        if self._busy:
            self.stop_wanted.emit()
        else:
            self._send()
        self.edit.setFocus()

    def _on_edited(self) -> None:
        if not self._quiet:
            self._show_state()
            self.edited.emit()

    def _add_pasted(self, text: str) -> None:
        pasted = PastedText(self._look, text)
        pasted.removed.connect(lambda: self._drop_pasted(pasted))
        self._pasted.append(pasted)
        self._pile.addWidget(pasted)
        self._on_edited()

    def _remove_pasted(self, *gone: PastedText) -> None:
        for pasted in gone:
            self._pasted.remove(pasted)
            self._pile.removeWidget(pasted)
            pasted.hide()
            pasted.deleteLater()

    def _drop_pasted(self, pasted: PastedText) -> None:
        self._remove_pasted(pasted)
        self.edit.setFocus()
        self._on_edited()

    def _resize_button(self) -> None:
        side = self._look.scaled(_BUTTON)
        self.button.setFixedSize(side, side)
        self.later.setFixedSize(side, side)

    def _show_focus(self, active: bool) -> None:
        restyle(self, "active", "true" if active else "false")

    def _show_state(self) -> None:
        # While the person edits, only a change of state may cost anything: this runs per key.
        enabled = self._busy or (self._sendable and bool(self.text))
        name = self.tr("Stop (Esc)") if self._busy else self._send_name()
        icon = "stop" if self._busy else "arrow-up"
        can_queue = self._busy and self._sendable and bool(self.text)
        if self.later.isVisibleTo(self) != can_queue:
            self.later.setVisible(can_queue)
        state = (icon, name, enabled)
        if state == self.button.property("state"):
            return
        self.button.setProperty("state", state)
        self.button.setEnabled(enabled)
        self.button.setToolTip(name)
        self.button.setAccessibleName(name)
        self._look.set_icon(self.button, icon, "on_accent" if enabled else "text_disabled", size=20)

    def _send_name(self) -> str:
        return self.tr("Send (Enter)") if self.edit.enter_sends else self.tr("Send (Ctrl+Enter)")
