"""The chat page: head, transcript or welcome, what went wrong, composer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from app.core.draft import Draft
from app.core.errors import AppError
from app.ui.appearance import Appearance
from app.ui.chat.away_note import AwayNote
from app.ui.chat.composer import Composer
from app.ui.chat.header import Header
from app.ui.chat.message_edit import files_in
from app.ui.chat.queue_list import QueueList
from app.ui.chat.welcome import Welcome
from app.ui.widgets.strip import UNDO_SECONDS, Strip
from app.ui.widgets.tab_order import visit_after

if TYPE_CHECKING:  # heavy: the window is on the screen before these are imported
    from app.store.values import Conversation, StoredMessage
    from app.ui.chat.chat_controller import ChatController
    from app.ui.chat.find import Find
    from app.ui.transcript.view import TranscriptView

_COMPOSER_SHARE = 0.4
_OVERHANG = 8
_SCROLL_BAR = 12
_LOWEST = 40


class ChatPage(QWidget):
    """Shows what a `ChatController` says, once it is bound to one.

    `is_bound` is True from the first conversation or new chat that was shown.

    Signals:
        send_wanted(object Draft): what stands in the composer, or an example.
        edited(object Draft): what stands in the composer now.
        files_given(list[Path]): files to be put into the composer.
    """

    send_wanted = Signal(object)
    edited = Signal(object)
    files_given = Signal(list)

    def __init__(self, look: Appearance) -> None:
        super().__init__()
        self._look = look
        self._transcript: TranscriptView | None = None
        self.is_bound = False
        self._early_send = False
        self._early_files: list[Path] = []
        self._shown_id = ""
        self.setObjectName("page")
        self.setAcceptDrops(True)
        self.header = Header(look)
        self.welcome = Welcome(look)
        self.finding: Find | None = None
        self.strip = Strip(look)
        self.undo = Strip(look)
        self.away = AwayNote(look)
        self.composer = Composer(look)
        self.queue = QueueList(look)
        self.stack = QStackedWidget()
        # In a small window with large text a sentence below needs the room more.
        self.stack.setMinimumHeight(_LOWEST)
        self.stack.addWidget(self.welcome)
        self.composer.edited.connect(self._on_edited)
        self.composer.send_wanted.connect(self._send)
        self.composer.choose_wanted.connect(self._choose_files)
        self.composer.files_wanted.connect(self._give_files)
        self.welcome.example_chosen.connect(self._send_example)
        self.header.title.left.connect(self.take_focus)
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(self.stack, 1)
        column.addLayout(self._foot())

    @property
    def transcript(self) -> TranscriptView:
        """The messages; there once `add_transcript` was called."""
        assert self._transcript is not None
        return self._transcript

    def add_transcript(self, transcript: TranscriptView) -> None:
        """Take the view of the messages: made after the window is shown, for it is heavy."""
        self._transcript = transcript
        self.stack.addWidget(transcript)
        self._look.changed.connect(self._restyle)
        # Imported late, as the view itself is.
        from app.ui.chat.find import Find
        from app.ui.chat.find_bar import FindBar

        bar = FindBar(self._look)
        bar.closed.connect(self.take_focus)
        self._column.insertWidget(1, bar)
        visit_after(self.header.picker, bar)
        self.finding = Find(bar, transcript)

    def bind(self, chat: ChatController) -> None:
        """Show what `chat` says from now on."""
        from app.ui.chat.save_text import save_text

        transcript = self.transcript
        chat.shown.connect(self._show)
        chat.earlier_shown.connect(transcript.prepend)
        chat.message_added.connect(self._append)
        chat.message_removed.connect(self._remove)
        chat.stream_started.connect(transcript.begin_stream)
        chat.stream_event.connect(transcript.apply)
        chat.stream_finished.connect(transcript.finish)
        chat.busy_changed.connect(self.composer.set_busy)
        chat.draft_shown.connect(self._show_draft)
        chat.send_failed.connect(self._put_back)
        chat.failed.connect(self.strip.fail)
        transcript.regenerate_requested.connect(chat.regenerate)
        transcript.other_model_requested.connect(chat.regenerate)
        transcript.continue_requested.connect(chat.go_on)
        transcript.save_requested.connect(
            lambda name, text: save_text(self, name, text, self.strip.fail)
        )
        transcript.edit_requested.connect(chat.edit)
        self.composer.stop_wanted.connect(chat.stop)

    def on_key(self, name: str) -> None:
        """A shortcut of the window was pressed; those of this page are served."""
        if self.finding is None or self.stack.currentWidget() is not self._transcript:
            return
        match name:
            case "find":
                self.finding.open_words()
            case "find_next":
                self.finding.step(1)
            case "find_previous":
                self.finding.step(-1)
            case "day":
                self.finding.open_days()

    def take_focus(self) -> None:
        """Give the keyboard to the composer.

        (A focus proxy would do it for `setFocus`, but takes all that is beside it out of the
        order of Tab.)
        """
        self.composer.edit.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_title(self, conversation: Conversation | None) -> None:
        """Show whose conversation it is; a new chat has no title to edit yet."""
        title = conversation.title if conversation is not None else ""
        self.header.title.set_title(title, editable=conversation is not None)

    def show_undo(self, sentence: str, undo: Callable[[], object]) -> None:
        """Offer to take a deletion back, for a while."""
        self.undo.say(sentence, "plain", action=self.tr("Undo"), run=undo, seconds=UNDO_SECONDS)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The composer may take its share of the height."""
        super().resizeEvent(event)
        self.composer.set_largest_height(round(self.height() * _COMPOSER_SHARE))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files can be dropped anywhere on the page."""
        can_copy = event.possibleActions() & Qt.DropAction.CopyAction
        if can_copy and files_in(event.mimeData()):
            self.composer.show_target(on=True)
            _take_copy(event)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """They are somewhere else now."""
        super().dragLeaveEvent(event)
        self.composer.show_target(on=False)

    def dropEvent(self, event: QDropEvent) -> None:
        """They are attached to what is being written."""
        self.composer.show_target(on=False)
        self._give_files(files_in(event.mimeData()))
        _take_copy(event)

    def _choose_files(self) -> None:
        # Seldom wanted, and slow to import.
        from app.ui.widgets.choosing import ask_files

        ask_files(self, self.tr("Attach text files"), self._give_files)

    def _give_files(self, files: list[Path]) -> None:
        if self.is_bound:
            self.files_given.emit(files)
        else:
            self._early_files += files
        self.take_focus()

    def _foot(self) -> QHBoxLayout:
        column = QVBoxLayout()
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for part in (self.strip, self.undo, self.queue, self.away, self.composer):
            column.addWidget(part)
        holder = QWidget()
        holder.setLayout(column)
        holder.setMaximumWidth(self._look.theme.column_width + 2 * _OVERHANG)
        row = QHBoxLayout()
        # On the axis of the messages, which have a scroll bar at their right.
        row.setContentsMargins(12, 4, 12 + _SCROLL_BAR, 12)
        row.addStretch(1)
        row.addWidget(holder, 1000)
        row.addStretch(1)
        return row

    def _show(self, conversation: Conversation | None, messages: list[StoredMessage]) -> None:
        self.strip.clear()
        is_another = conversation is None or conversation.id != self._shown_id
        if is_another and self.finding is not None:
            self.finding.close()
        self._shown_id = conversation.id if conversation is not None else ""
        self.show_title(conversation)
        # More than zero where the conversation begins before the first of these.
        earlier = int(bool(messages) and messages[0].parent_id is not None)
        keeps_focus = self.transcript.set_messages(messages, earlier=earlier)
        self.stack.setCurrentWidget(self.transcript if messages else self.welcome)
        if not keeps_focus:
            self.take_focus()

    def _on_edited(self) -> None:
        # Before that the stored draft is not known, and may not be overwritten.
        if self.is_bound:
            self.edited.emit(self.composer.draft)

    def _send(self, text: str) -> None:
        if self.is_bound:
            self.send_wanted.emit(Draft(text, self.composer.files))
        else:
            self._early_send = True

    def _send_example(self, text: str) -> None:
        self.send_wanted.emit(Draft(text))
        self.take_focus()

    def _show_draft(self, draft: Draft) -> None:
        """The first draft comes while the person may be writing already: that stays, too."""
        early = Draft() if self.is_bound else self.composer.draft
        self.is_bound = True
        self.composer.set_draft(early or draft)
        if early and draft:
            self.composer.put_back(draft)
        elif early:
            self.composer.edited.emit()
            # Only where it was meant to go: it was written below "New chat".
            if self._early_send and self.header.title.isReadOnly() and not self._early_files:
                self.send_wanted.emit(self.composer.draft)
        if self._early_files:
            files, self._early_files = self._early_files, []
            self.files_given.emit(files)

    def _append(self, message: StoredMessage) -> None:
        self.strip.clear()
        self.transcript.append(message)
        self.stack.setCurrentWidget(self.transcript)

    def _remove(self, message_id: str) -> None:
        row = self.transcript.board.row_of(message_id)
        held_focus = row is not None and row.widget is not None and row.widget.holds_focus()
        self.transcript.remove(message_id)
        if held_focus:
            # Qt would give the keyboard to whatever comes first in the window.
            self.take_focus()

    def _put_back(self, draft: Draft, error: AppError) -> None:
        self.composer.put_back(draft)
        self.strip.fail(error)

    def _restyle(self) -> None:
        self.transcript.set_theme(self._look.theme)
        self.transcript.set_text_size(self._look.percent)


def _take_copy(event: QDropEvent) -> None:
    """Accept what is dropped, and never that it is moved: then its source would delete it."""
    event.setDropAction(Qt.DropAction.CopyAction)
    event.accept()
