"""Where a message is written: the field, texts and files beside it, send and stop."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from app.core.draft import Draft, TextFile
from app.ui.appearance import Appearance
from app.ui.chat.beside import BesideRow, Pile
from app.ui.chat.message_edit import MessageEdit
from app.ui.chat.pasted import PastedText
from app.ui.widgets.buttons import tool
from app.ui.widgets.restyle import restyle

_BUTTON = 36
_BESIDE_SHARE = 0.6


class Composer(QFrame):
    """Holds what the person is writing; it never clears itself but by `take`.

    Signals:
        send_wanted(str): the whole text is to be sent; the composer still holds it.
        queue_wanted(str): the same, once the answer that is being written is complete.
        stop_wanted: the answer that is being written is to be stopped.
        choose_wanted: the person wants to choose files that are sent along.
        files_wanted(list[Path]): these are to be sent along.
        edited: the text or the files are others now, by the person's hand.
    """

    send_wanted = Signal(str)
    queue_wanted = Signal(str)
    stop_wanted = Signal()
    choose_wanted = Signal()
    files_wanted = Signal(list)
    edited = Signal()

    def __init__(self, look: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._busy = False
        self._sendable = True
        self._quiet = False
        self._is_target = False
        self.setProperty("role", "composer")
        self.edit = MessageEdit()
        self.edit.setAccessibleName(self.tr("Message"))
        self.edit.send_wanted.connect(self._send)
        self.edit.large_paste.connect(self._add_pasted)
        self.edit.files_given.connect(self.files_wanted)
        self.edit.textChanged.connect(self._on_edited)
        self.edit.focus_changed.connect(self._show_focus)
        self.button = tool(look, "arrow-up", self.tr("Send"), self._press, size=20)
        self.button.setProperty("role", "send")
        self.later = tool(look, "clock", self.tr("Send after this answer"), self._send, size=20)
        self.later.hide()
        self.clip = tool(look, "paperclip", self.tr("Attach text files"), size=20)
        self.clip.clicked.connect(self.choose_wanted)
        self.pile = Pile()
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.edit, 1, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.clip, 0, Qt.AlignmentFlag.AlignBottom)
        row.addWidget(self.later, 0, Qt.AlignmentFlag.AlignBottom)
        row.addWidget(self.button, 0, Qt.AlignmentFlag.AlignBottom)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 6, 6, 6)
        column.setSpacing(4)
        column.addWidget(self.pile)
        column.addLayout(row)
        look.changed.connect(self._resize_button)
        self._resize_button()
        self._show_placeholder()
        self._show_state()

    @property
    def text(self) -> str:
        """All words that would be sent: what was typed, then what was pasted beside it."""
        parts = [self.edit.toPlainText(), *(row.text for row in self.pile.rows)]
        return "\n\n".join(part for part in parts if part.strip())

    @property
    def files(self) -> tuple[TextFile, ...]:
        """The files that would be sent with the words."""
        return tuple(row.file for row in self.pile.rows if row.file is not None)

    @property
    def is_busy(self) -> bool:
        """Whether the button stops an answer now."""
        return self._busy

    @property
    def draft(self) -> Draft:
        """What to remember: `text`, or the bare white space where nothing else was typed, and
        the files.
        """
        return Draft(self.text or self.edit.toPlainText(), self.files)

    def set_text(self, text: str) -> None:
        """Put `text` alone in place of what is there, without saying `edited`."""
        self.set_draft(Draft(text))

    def set_draft(self, draft: Draft) -> None:
        """Put `draft` in place of what is there, without saying `edited`."""
        text = draft.text
        self._quiet = True
        for row in list(self.pile.rows):
            self.pile.remove(row)
        for file in draft.files:
            self._add_file(file)
        if len(text) > MessageEdit.LARGEST_TEXT:
            self.edit.clear()
            self._add_pasted(text)
        else:
            self.edit.setPlainText(text)
            self.edit.moveCursor(self.edit.textCursor().MoveOperation.End)
        self._quiet = False
        self._show_placeholder()
        self._show_state()

    def take(self) -> Draft:
        """What would be sent, which is then gone from here: it has been."""
        taken = Draft(self.text, self.files)
        self.set_draft(Draft())
        return taken

    def put_back(self, draft: Draft) -> None:
        """What could not be sent: before what has been typed since."""
        self.set_draft(draft.before(self.draft))
        self.edited.emit()

    def attach(self, file: TextFile) -> None:
        """Send `file` along, unless it is there already."""
        if file not in self.files:
            self._add_file(file)
            self._on_changed()

    def show_target(self, on: bool) -> None:
        """Whether files hang over the page that would be attached here."""
        self._is_target = on
        restyle(self, "active", "true" if on or self.edit.hasFocus() else "false")
        self._show_placeholder()

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
        """How high the field may grow; what is beside it takes a part of that."""
        self.edit.largest_height = height
        self.edit.fit()
        self.pile.set_largest_height(round(height * _BESIDE_SHARE))

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
        self._add(PastedText(self._look, text))
        self._on_changed()

    def _add_file(self, file: TextFile) -> None:
        # The first window is painted before this is wanted.
        from app.ui.chat.file_row import FileRow

        row = FileRow(self._look, file)
        row.marked.connect(self._on_edited)
        self._add(row)

    def _add(self, row: BesideRow) -> None:
        row.removed.connect(lambda: self._drop(row))
        self.pile.add(row)

    def _drop(self, row: BesideRow) -> None:
        self.pile.remove(row)
        self.edit.setFocus()
        self._on_changed()

    def _on_changed(self) -> None:
        """The rows are others now."""
        self._show_placeholder()
        self._on_edited()

    def _resize_button(self) -> None:
        side = self._look.scaled(_BUTTON)
        for button in (self.button, self.later, self.clip):
            button.setFixedSize(side, side)

    def _show_focus(self, active: bool) -> None:
        restyle(self, "active", "true" if active or self._is_target else "false")

    def _show_placeholder(self) -> None:
        words = self.tr("Write a message")
        if self._is_target:
            words = self.tr("Drop text files here to attach them")
        elif self.files:
            words = self.tr("Write a question about what is attached")
        self.edit.setPlaceholderText(words)

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
