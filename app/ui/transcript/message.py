"""One message on the screen: its words, what surrounds them, and what can be done with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QEnterEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from app.ui.markdown.formats import Formats
from app.ui.transcript import footer
from app.ui.transcript.body import Body
from app.ui.transcript.details import Details
from app.ui.transcript.editor import MessageEditor
from app.ui.transcript.files import Files
from app.ui.transcript.fold import overlay_area
from app.ui.transcript.footer import Footer
from app.ui.transcript.row import Row
from app.ui.transcript.states import CutLine, Ending, plain_label
from app.ui.transcript.thoughts import Thoughts
from app.ui.transcript.words import speaker, waiting_words

# Seconds before it is said what is waited for.
WAIT_UNTOLD = 0.3
_RING = (8, 5)
_BUBBLE = (16, 10)
_BUBBLE_SHARE = 0.8


@dataclass(frozen=True, slots=True)
class Look:
    """How messages are drawn, and what their models are called."""

    formats: Formats
    model_name: Callable[[str], str]

    def column(self, width: int) -> tuple[int, int]:
        """Where the column of text begins in a view of `width` pixels, and its width."""
        theme = self.formats.theme
        column = max(80, min(theme.column_width, width - 2 * theme.space_4))
        return (width - column) // 2, column


class MessageWidget(QWidget):
    """A message as wide as the view; the words stand in the view's column.

    Signals:
        resized: it wants another height; ask `arrange`.
        regenerated, deleted, copied, continue_wanted: the person wants that.
        edited: the new text of the message.
        version_wanted: the id of the version to show instead.
        menu_wanted: the global place for a menu.
    """

    resized = Signal()
    regenerated = Signal()
    deleted = Signal()
    copied = Signal()
    continue_wanted = Signal()
    edited = Signal(str)
    version_wanted = Signal(str)
    menu_wanted = Signal(QPoint)

    def __init__(self, parent: QWidget, row: Row, look: Look) -> None:
        super().__init__(parent)
        self.row = row
        self._look = look
        self._ring_shown = False
        self._is_hovered = False
        self._can_change = True
        self._bubble = QRect()
        self.body = Body(self, as_written=row.is_question, shrinks=row.is_question)
        self.body.text.focused.connect(self._on_focused)
        self.body.text.menu_wanted.connect(self.menu_wanted)
        self.footer = Footer(self)
        self.footer.copied.connect(self.copied)
        self.footer.regenerated.connect(self.regenerated)
        self.footer.deleted.connect(self.deleted)
        self.footer.edited.connect(self.start_editing)
        self.footer.more_wanted.connect(self.menu_wanted)
        self.footer.version_wanted.connect(self.version_wanted)
        self._thoughts: Thoughts | None = None
        self._files = Files(self, row, self._on_file_turned, self.menu_wanted.emit)
        self._ending: Ending | None = None
        self._cut: CutLine | None = None
        self._waiting = plain_label("", "second", self)
        self._waiting.hide()
        self.editor: MessageEditor | None = None
        self.body.set_source(row.text, is_open=row.streaming is not None)
        self.refresh()

    def set_look(self, look: Look) -> None:
        """Draw with another theme, text size or model names."""
        self._look = look
        if self._cut is not None:
            self._cut.hide()
            self._cut.deleteLater()
            self._cut = None
        self.refresh()

    def refresh(self) -> None:
        """Take over what the row says, apart from the words of the message."""
        row, theme = self.row, self._look.formats.theme
        name = self._look.model_name(row.message.model)
        self.body.text.setAccessibleName(speaker(row.message, name))
        self.body.text.shows_caret = row.streaming is not None and not row.is_waiting
        self.footer.show_message(row.message, name, self._look.formats)
        self.footer.setVisible(row.streaming is None)
        if self._ending is not None:
            self._ending.hide()
            self._ending.deleteLater()
            self._ending = None
        if Ending.is_needed(row):
            self._ending = Ending(self, row, theme)
            self._ending.retry_wanted.connect(self.regenerated)
            self._ending.continue_wanted.connect(self.continue_wanted)
            self._ending.show()
        self._refresh_cut()
        self._refresh_thoughts()
        self._files.refresh(self._look.formats)
        self.tell_waiting()

    def feed(self, text: str, reasoning: str) -> None:
        """Add what has come of the answer."""
        if text:
            self.body.feed(text)
        if reasoning and self._thoughts is not None and self._thoughts.body is not None:
            self._thoughts.body.feed(reasoning)

    def finish(self) -> None:
        """The row has its final text."""
        self.body.set_source(self.row.text, is_open=False)
        if self._thoughts is not None:
            self._thoughts.finish()
        self.refresh()

    def work(self, until: float) -> bool:
        """Draw until the clock shows `until`; whether there is more to draw at once."""
        # Both in each turn, lest a long one starve the other.
        more = [body.work(until) for body in self.bodies]
        return any(more)

    @property
    def is_drawn(self) -> bool:
        """Whether all words that are known and shown have been drawn."""
        return all(body.is_drawn for body in self.bodies)

    @property
    def bodies(self) -> list[Body]:
        """All texts that are shown."""
        found = [self.body, *self._files.bodies]
        if self._thoughts is not None and self._thoughts.body is not None:
            found.append(self._thoughts.body)
        return found

    def tell_waiting(self) -> bool:
        """Say what is waited for, once it has taken a while; whether the height changed."""
        streaming, waiting = self.row.streaming, self.row.is_waiting
        if streaming is not None and waiting and monotonic() - streaming.since >= WAIT_UNTOLD:
            event = streaming.waiting_for
            name = getattr(event, "model", "") or self.row.message.model
            self._waiting.setText(waiting_words(event, self._look.model_name(name)))
        shown = waiting and bool(self._waiting.text())
        changed = self._waiting.isVisibleTo(self) != shown
        self._waiting.setVisible(shown)
        return changed

    def arrange(self, width: int) -> int:
        """Place everything for a view of `width` pixels; returns the height in pixels."""
        theme = self._look.formats.theme
        left, column = self._look.column(width)
        # A question leaves room enough for its actions below it.
        y = theme.space_4 if self.row.is_question else theme.space_1
        if self._cut is not None:
            height = self._cut.height_for(column)
            self._cut.setGeometry(left, y, column, height)
            y += height + theme.space_3
        if self._thoughts is not None:
            y += self._thoughts.arrange(self._look.formats, QPoint(left, y), column)
        y += self._files.arrange(self._look.formats, QPoint(left, y), column)
        if self.editor is not None:
            self.editor.setGeometry(left, y, column, self.editor.sizeHint().height())
            y += self.editor.height()
        elif self.row.is_question:
            y = self._arrange_question(left, y, column)
        else:
            y = self._arrange_answer(left, y, column)
        if self._ending is not None:
            height = self._ending.heightForWidth(column)
            self._ending.setGeometry(left, y, column, height)
            y += height
        height = footer.height(self._look.formats)
        self.footer.setGeometry(left, y + 2, column, height)
        self.update()
        return y + 2 + height

    def unfolded(self, place: int | None) -> Body:
        """The body of the file at `place`, unfolded for that; with None that of the words."""
        if place is None:
            return self.body
        line = self._files.lines[place]
        if not line.is_open:
            line.turn()
        assert line.body is not None, "it is open"
        return line.body

    def start_editing(self) -> None:
        """Put an editor in the place of the message."""
        if self.editor is not None or self.row.streaming is not None or not self._can_change:
            return
        self.editor = MessageEditor(self, self.row.text, sends=self.row.is_question)
        self.editor.saved.connect(self._on_saved)
        self.editor.cancelled.connect(self.stop_editing)
        self.editor.resized.connect(self.resized)
        self.editor.show()
        self.body.text.hide()
        self.footer.hide()
        self.resized.emit()
        self.editor.field.setFocus()

    def stop_editing(self) -> None:
        """Show the message as it was."""
        editor, self.editor = self.editor, None
        if editor is None:
            return
        self.body.text.show()
        self.footer.show()
        self.body.text.setFocus()
        editor.hide()
        editor.deleteLater()
        self.resized.emit()

    def show_details(self) -> None:
        """Say in a small panel how the message came about."""
        name = self._look.model_name(self.row.message.model)
        Details(self, self.row.message, name, self._look.formats).show_near(self.footer)

    def stops(self) -> list[QWidget]:
        """What Tab visits in this message, in the order of the eye."""
        found = self._files.stops
        if self._thoughts is not None:
            found.append(self._thoughts)
            if self._thoughts.body is not None:
                found.append(self._thoughts.body.text)
        if self.editor is not None:
            return [*found, self.editor.field, self.editor.cancel, self.editor.save]
        found += [self.body.text, *self.body.code_buttons.visible]
        found += self.body.table_buttons.visible
        if self._ending is not None and self._ending.retry is not None:
            found.append(self._ending.retry)
        return [*found, *self.footer.buttons] if self.footer.isVisibleTo(self) else found

    def holds_focus(self) -> bool:
        """Whether the keyboard is in this message."""
        focused = self.window().focusWidget()
        return focused is not None and self.isAncestorOf(focused)

    def holds_selection(self) -> bool:
        """Whether words of this message are selected."""
        return self.body.text.textCursor().hasSelection()

    def update_actions(self, *, can_change: bool) -> None:
        """Show the actions while the pointer or the keyboard is here."""
        self._can_change = can_change
        focused = self.holds_focus()
        shown = self._is_hovered or focused
        self.footer.show_actions(shown=shown, can_change=can_change)
        self.body.table_buttons.set_shown(shown=shown)
        if self._ending is not None and self._ending.retry is not None:
            self._ending.retry.setEnabled(can_change)
        if self._ring_shown and not self.body.text.hasFocus():
            self._ring_shown = False
            self.update()

    def place_overlays(self, area: QRect) -> None:
        """Put what floats over the text into `area` of this widget, which is in sight."""
        for body in self.bodies:
            body.place_buttons(overlay_area(body, area))

    def enterEvent(self, event: QEnterEvent) -> None:
        """Shows the actions."""
        super().enterEvent(event)
        self._is_hovered = True
        self.update_actions(can_change=self._can_change)

    def leaveEvent(self, event: QEvent) -> None:
        """Hides the actions."""
        super().leaveEvent(event)
        self._is_hovered = False
        self.update_actions(can_change=self._can_change)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        """Paints the bubble of a question and the ring of the keyboard."""
        theme = self._look.formats.theme
        shows_bubble = self.row.is_question and self.editor is None
        if not shows_bubble and not self._ring_shown:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if shows_bubble:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.question))
            painter.drawRoundedRect(self._bubble, theme.radius_bubble, theme.radius_bubble)
        if self._ring_shown and self.editor is None:
            ring = self._bubble
            if not self.row.is_question:
                ring = self.body.text.geometry().adjusted(-_RING[0], -_RING[1], *_RING)
            painter.setPen(QPen(QColor(theme.focus), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(
                QRectF(ring).adjusted(1, 1, -1, -1), theme.radius_bubble, theme.radius_bubble
            )

    def _arrange_question(self, left: int, y: int, column: int) -> int:
        across, down = _BUBBLE
        self.body.set_look(self._look.formats, round(column * _BUBBLE_SHARE) - 2 * across)
        width, height = self.body.width, max(self.body.height, 1)
        x = left + column - width - 2 * across
        self._bubble = QRect(x, y, width + 2 * across, height + 2 * down)
        # Qt puts all the air of a line under its letters: half of it belongs above them.
        lower = self._look.formats.leading // 2
        self.body.text.setGeometry(x + across, y + down + lower, width, height)
        return y + height + 2 * down

    def _arrange_answer(self, left: int, y: int, column: int) -> int:
        self.body.set_look(self._look.formats, column)
        height = self.body.height
        self.body.text.setGeometry(left, y, column, height)
        if self._waiting.isVisibleTo(self):
            height = max(height, self._waiting.heightForWidth(column))
            self._waiting.setGeometry(left, y, column, height)
        elif self.row.streaming is not None:
            height = max(height, self._look.formats.scaled(24))
        return y + height

    def _refresh_cut(self) -> None:
        cut = self.row.cut
        if self._cut is not None and (cut is None or cut != self._cut.context):
            self._cut.hide()
            self._cut.deleteLater()
            self._cut = None
        if cut is not None and self._cut is None:
            self._cut = CutLine(self, self._look.formats.theme, cut)
            self._cut.show()

    def _refresh_thoughts(self) -> None:
        if not self.row.reasoning:
            return
        if self._thoughts is None:
            self._thoughts = Thoughts(self, self.row)
            self._thoughts.turned.connect(self._on_turned)
            self._thoughts.menu_wanted.connect(self.menu_wanted)
            self._thoughts.show()
        self._thoughts.refresh(self._look.formats)

    def _on_turned(self) -> None:
        self._refresh_thoughts()
        self.resized.emit()

    def _on_file_turned(self) -> None:
        self._files.refresh(self._look.formats)
        self.resized.emit()

    def _on_focused(self, seen: bool) -> None:
        self._ring_shown = seen
        self.update()

    def _on_saved(self, text: str) -> None:
        self.stop_editing()
        self.edited.emit(text)
