"""The scrolling area in which messages are read: drawing in turns, keys, menus, selections."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QCursor,
    QFocusEvent,
    QGuiApplication,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextCursor,
)
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QApplication,
    QFrame,
    QPushButton,
    QWidget,
)

from app.ui.markdown.formats import Formats
from app.ui.theme import Theme, icon
from app.ui.transcript.board import Board
from app.ui.transcript.entries import copy, entries
from app.ui.transcript.menu import message_menu
from app.ui.transcript.message import Look, MessageWidget
from app.ui.transcript.navigation import Navigation
from app.ui.transcript.row import Row
from app.ui.transcript.stepper import Step, neighbour
from app.ui.transcript.text import MessageText

# Seconds of drawing in one turn of the event loop.
TURN_S = 0.004
_DRAG_MS = 30
_JUMP_ICON, _JUMP_GAP = 16, 4
_BY_KEYBOARD = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
)
_FASTEST_DRAG = 60


class MessageArea(QAbstractScrollArea):
    """Rows of messages in sight, and what the person does with them.

    Signals:
        regenerate_requested: id of the answer that is to be given again.
        other_model_requested: the same, and the id of the model that is to give it.
        continue_requested: id of the answer that is to go on where it ended.
        edit_requested: id of a question, and its new text.
        answer_edit_requested: id of an answer, and the text that the person wants there.
        delete_requested: id of a message.
        branch_delete_requested: id of a message that goes with all that follows it.
        fork_requested: id of the message with which a new conversation is to end.
        version_requested: id of another version of a message, which is to be shown.
        save_requested: a name for a file, and the text that is to be saved in it.
        link_clicked: an address that the person chose; nothing has been opened.
        link_hovered: the address under the pointer, "" when it left.
        drawn: more of what is in sight stands there now.
    """

    regenerate_requested = Signal(str)
    other_model_requested = Signal(str, str)
    continue_requested = Signal(str)
    edit_requested = Signal(str, str)
    answer_edit_requested = Signal(str, str)
    delete_requested = Signal(str)
    branch_delete_requested = Signal(str)
    fork_requested = Signal(str)
    version_requested = Signal(str)
    save_requested = Signal(str, str)
    link_clicked = Signal(str)
    link_hovered = Signal(str)
    drawn = Signal()

    def __init__(
        self,
        theme: Theme,
        percent: int = 100,
        *,
        model_name: Callable[[str], str] = str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.look = Look(Formats(theme, percent), model_name)
        # Id and name of each model that can answer.
        self.models: list[tuple[str, str]] = []
        self.board = Board(self, self.look, self._make)
        self._dragged: MessageText | None = None
        # The version that was asked for, until its messages come.
        self.step: Step | None = None
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # A bar that comes and goes would change the width, and with it every height.
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Conversation"))
        # Only an opaque view can scroll by moving what was painted.
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._work = self.single_timer(self._on_work)
        self._drag = self.single_timer(self._on_drag)
        self.jump = QPushButton(self.tr("Jump to latest"), self)
        self.jump.setToolTip(self.tr("Show the end of the conversation"))
        self.jump.clicked.connect(self.jump_to_latest)
        self.jump.hide()
        self._dress_jump()
        self.navigation = Navigation(self, self.board, self.jump)
        self.verticalScrollBar().setSingleStep(20)
        self.verticalScrollBar().valueChanged.connect(self.on_scrolled)
        self.verticalScrollBar().rangeChanged.connect(self._show_handle)
        self._show_handle(0, 0)
        application = QApplication.instance()
        assert isinstance(application, QApplication), "a widget needs an application"
        application.focusChanged.connect(self._on_focus_changed)

    @property
    def can_change(self) -> bool:
        """Whether messages may be asked for again, edited and deleted at present."""
        return True

    def set_theme(self, theme: Theme) -> None:
        """Draw with another theme."""
        self._set_look(Formats(theme, self.look.formats.percent), same_size=True)

    def set_text_size(self, percent: int) -> None:
        """Draw with text of `percent` of its usual size."""
        self._set_look(Formats(self.look.formats.theme, percent), same_size=False)

    def jump_to_latest(self) -> None:
        """Scroll to the end and stay there."""
        self.board.follows = True
        self.verticalScrollBar().setValue(self.verticalScrollBar().maximum())
        self.go_on()

    def go_on(self) -> None:
        """See to it that what is in sight gets drawn, in turns of the event loop."""
        self.board.place()
        self._place_jump()
        if not self._work.isActive():
            self._work.start(0)

    def go_to(self, message_id: str) -> bool:
        """Bring the beginning of a message to the top of the view; whether it is there."""
        row = self.board.row_of(message_id)
        if row is None:
            return False
        self.board.follows = False
        self.board.draw_now(row, TURN_S)
        self.board.scroll_to(self.verticalScrollBar().value() + self.board.top_of(row))
        self.navigation.note(row)
        self.go_on()
        return True

    def show_place(self, row: Row, position: int) -> bool:
        """Bring a position in the document of `row` into sight; whether it is drawn yet."""
        widget = row.widget
        document = widget.body.text.message_document if widget is not None else None
        if widget is None or document is None or not widget.is_drawn:
            self.board.follows = False
            self.board.draw_now(row, TURN_S)
            self.board.reveal(row)
            self.go_on()
            return False
        text = widget.body.text
        cursor = QTextCursor(document)
        cursor.setPosition(position)
        area = text.cursorRect(cursor)
        top = text.viewport().mapTo(self.viewport(), area.topLeft()).y()
        room = self.viewport().height()
        if top < 0 or top + area.height() > room:
            self.board.follows = False
            self.board.scroll_to(self.verticalScrollBar().value() + top - room // 3)
        self.navigation.note(row)
        return True

    def update_actions(self) -> None:
        """Switch the actions of all messages on or off."""
        for row in self.board.live:
            if row.widget is not None:
                row.widget.update_actions(can_change=self.can_change)

    def single_timer(self, function: Callable[[], None]) -> QTimer:
        """A timer that calls `function` once each time it is started."""
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.timeout.connect(function)
        return timer

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lays out what is in sight for the new width."""
        super().resizeEvent(event)
        self.board.resize()
        self.go_on()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Scrolls, goes to other messages and versions, opens the menu of a message."""
        key = event.key()
        row = self.navigation.row_with(self.window().focusWidget())
        if event.modifiers() & Qt.KeyboardModifier.AltModifier:
            if key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
                self.navigation.walk(-1 if key == Qt.Key.Key_Up else 1)
                self.go_on()
            elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right) and row is not None:
                self._step_to(row, neighbour(row.message, -1 if key == Qt.Key.Key_Left else 1))
            else:
                event.ignore()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and row is not None:
            self._choose(row)
        elif not self.navigation.scroll(event):
            event.ignore()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Hands the keyboard on to a message."""
        super().focusInEvent(event)
        if event.reason() in _BY_KEYBOARD and self.navigation.enter(
            forward=event.reason() is not Qt.FocusReason.BacktabFocusReason
        ):
            self.go_on()

    def focusNextPrevChild(self, next: bool) -> bool:  # noqa: A002  (Qt's own name)
        """Tab and Shift+Tab inside the conversation."""
        return self.navigation.tab(forward=next)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The ground under all messages."""
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), QColor(self.look.formats.theme.window))

    def on_scrolled(self) -> None:
        """What is in sight has changed."""
        if not self.board.is_moving:
            self.board.follows = self.board.is_at_bottom
        self.go_on()

    def _set_look(self, formats: Formats, *, same_size: bool) -> None:
        self.look = Look(formats, self.look.model_name)
        self._dress_jump()
        self.board.set_look(self.look, same_size=same_size)
        self.go_on()

    def _on_work(self) -> None:
        if self.board.work(TURN_S):
            self._work.start(1)
        self.drawn.emit()

    def _make(self, row: Row) -> MessageWidget:
        widget = MessageWidget(self.viewport(), row, self.look)
        text = widget.body.text
        text.link_clicked.connect(self.link_clicked)
        text.link_hovered.connect(self.link_hovered)
        text.save_wanted.connect(self.save_requested)
        text.selectionChanged.connect(lambda: self._on_selected(row))
        text.dragged.connect(lambda place: self._on_dragged(text, place))
        text.caret_moved.connect(lambda: self._show_caret(row))
        widget.menu_wanted.connect(lambda place: self._open_menu(row, place))
        widget.resized.connect(lambda: self._on_resized(row))
        widget.copied.connect(lambda: self._copy_message(row))
        widget.regenerated.connect(lambda: self.regenerate_requested.emit(row.message.id))
        widget.deleted.connect(lambda: self.delete_requested.emit(row.message.id))
        widget.edited.connect(lambda words: self._on_edited(row, words))
        widget.continue_wanted.connect(lambda: self.continue_requested.emit(row.message.id))
        widget.version_wanted.connect(lambda wanted: self._step_to(row, wanted))
        widget.update_actions(can_change=self.can_change)
        return widget

    def _on_edited(self, row: Row, words: str) -> None:
        if row.is_question:
            self.edit_requested.emit(row.message.id, words)
        elif words != row.text:
            self.answer_edit_requested.emit(row.message.id, words)

    def _step_to(self, row: Row, message_id: str) -> None:
        """Ask for another version of `row`, which is to stand where this one does."""
        if message_id and self.can_change:
            holds_focus = row.widget is not None and row.widget.holds_focus()
            self.step = Step(message_id, self.board.top_of(row), holds_focus)
            self.version_requested.emit(message_id)

    def _show_handle(self, _: int, maximum: int) -> None:
        """Where there is nothing to scroll, there is nothing to take hold of."""
        hidden = "" if maximum > 0 else "QScrollBar::handle { background: transparent; }"
        if self.verticalScrollBar().styleSheet() != hidden:
            self.verticalScrollBar().setStyleSheet(hidden)

    def _dress_jump(self) -> None:
        formats = self.look.formats
        size = formats.scaled(_JUMP_ICON)
        self.jump.setIconSize(QSize(size + _JUMP_GAP, size))
        colour = formats.theme.text_second
        self.jump.setIcon(icon("arrow-down", colour, size=size, gap=_JUMP_GAP))

    def _place_jump(self) -> None:
        has_more = self.verticalScrollBar().maximum() > 0
        shown = not self.board.follows and has_more and bool(self.board.rows)
        if shown:
            size, place = self.jump.sizeHint(), self.viewport().geometry()
            gap = self.look.formats.theme.space_3
            left, top = place.center().x() - size.width() // 2, place.bottom() - size.height()
            self.jump.setGeometry(left, top - gap, size.width(), size.height())
            self.jump.raise_()
        if self.jump.isVisibleTo(self) != shown:
            self.jump.setVisible(shown)

    def _on_resized(self, row: Row) -> None:
        self.board.changed(row)
        if row.widget is not None and row.widget.editor is not None:
            self.board.reveal(row)
        self.go_on()

    def _on_focus_changed(self, old: QWidget | None, new: QWidget | None) -> None:
        for widget in (old, new):
            row = self.navigation.row_with(widget)
            if row is not None and row.widget is not None:
                row.widget.update_actions(can_change=self.can_change)
        self.navigation.note_focus(new)

    def _on_selected(self, row: Row) -> None:
        """Only one message has a selection, so that it is clear what a copy takes."""
        if row.widget is None or not row.widget.holds_selection():
            return
        for other in self.board.live:
            if other is not row and other.widget is not None:
                other.widget.body.text.clear_selection()

    def _show_caret(self, row: Row) -> None:
        if row.widget is None:
            return
        text = row.widget.body.text
        area = text.cursorRect()
        top = text.viewport().mapTo(self.viewport(), area.topLeft()).y()
        below = top + area.height() - self.viewport().height()
        if top < 0 or below > 0:
            self.board.scroll_to(self.verticalScrollBar().value() + (top if top < 0 else below))

    def _on_dragged(self, text: MessageText, place: QPoint) -> None:
        self._dragged = text
        if self._overshoot(place) and not self._drag.isActive():
            self._drag.start(_DRAG_MS)

    def _on_drag(self) -> None:
        """While a selection is drawn beyond the edge, the conversation follows."""
        place = QCursor.pos()
        held = QGuiApplication.mouseButtons() & Qt.MouseButton.LeftButton
        distance = self._overshoot(place)
        if not held or not distance or self._dragged is None:
            return
        step = max(-_FASTEST_DRAG, min(_FASTEST_DRAG, distance))
        self.board.scroll_to(self.verticalScrollBar().value() + step)
        self._dragged.extend_selection(place)
        self._drag.start(_DRAG_MS)

    def _overshoot(self, place: QPoint) -> int:
        """How far a global place is below the view; negative above it, 0 inside."""
        y, height = self.viewport().mapFromGlobal(place).y(), self.viewport().height()
        return y if y < 0 else max(0, y - height)

    def _copy_message(self, row: Row) -> None:
        copy(row.text)
        if row.widget is not None:
            row.widget.footer.confirm_copy()

    def _choose(self, row: Row) -> None:
        """Enter presses a button, which Qt leaves to the space bar, or opens the actions."""
        focused = self.window().focusWidget()
        if isinstance(focused, QAbstractButton):
            focused.click()
        else:
            self._open_menu_below(row)

    def _open_menu_below(self, row: Row) -> None:
        if row.widget is not None:
            text = row.widget.body.text
            y = max(0, min(text.height(), self.viewport().height() - self.board.top_of(row) - 40))
            self._open_menu(row, text.mapToGlobal(QPoint(0, y)))

    def _open_menu(self, row: Row, place: QPoint) -> None:
        if row.widget is not None:
            message_menu(self, entries(self, row, row.widget, place)).popup(place)
