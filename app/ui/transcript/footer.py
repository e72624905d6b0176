"""What stands under a message: who answered, and what can be done with it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget

from app.core.messages import Role
from app.store.values import StoredMessage
from app.ui.markdown.formats import Formats
from app.ui.theme import pixmap
from app.ui.transcript.buttons import set_look, side, tool_button
from app.ui.transcript.stepper import Stepper
from app.ui.transcript.words import is_from_cloud, meta_details, meta_line
from app.ui.widgets.restyle import restyle

_DONE_MS = 1500
_GAP = 8
_ICON = 14


def height(formats: Formats) -> int:
    """The height of a footer in pixels, whatever it shows."""
    return side(formats) + formats.theme.space_1


class Footer(QWidget):
    """Keeps its room whether its buttons are shown or not, so that nothing moves.

    Signals:
        copied, regenerated, edited, deleted: the person wants that.
        more_wanted: the global place for a menu with everything else.
        version_wanted: the id of another version of this message, which is to be shown.
    """

    copied = Signal()
    regenerated = Signal()
    edited = Signal()
    deleted = Signal()
    more_wanted = Signal(QPoint)
    version_wanted = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._formats: Formats | None = None
        self._message: StoredMessage | None = None
        self._can_change = True
        self._buttons: dict[str, QToolButton] = {}
        self._stepper: Stepper | None = None
        self._meta = QLabel(self)
        self._meta.setTextFormat(Qt.TextFormat.PlainText)
        self._meta.setProperty("role", "meta")
        self._cloud = QLabel(self)
        self._cloud.hide()
        self._bar = QWidget(self)
        self._bar.hide()
        self._row = QHBoxLayout(self._bar)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._cloud = QLabel(self)
        self._cloud.setContentsMargins(0, 0, 6, 0)

    def show_message(self, message: StoredMessage, model: str, formats: Formats) -> None:
        """Tell about `message`, whose model is called `model`."""
        if message != self._message or formats is not self._formats:
            self._drop_buttons()
            self._drop_stepper()
        self._message, self._formats = message, formats
        if self._stepper is None and Stepper.is_needed(message):
            self._stepper = Stepper(self, message, formats)
            self._stepper.wanted.connect(self.version_wanted)
            self._stepper.set_enabled(can_change=self._can_change)
            self._stepper.show()
        is_answer = message.role is Role.ASSISTANT
        self._meta.setText(meta_line(message, model) if is_answer else "")
        self._mark_cloud(on=is_answer and is_from_cloud(message))
        self._meta.setToolTip(meta_details(message) if is_answer else "")
        self._meta.setVisible(bool(self._meta.text()))
        self._arrange()

    def show_actions(self, *, shown: bool, can_change: bool) -> None:
        """Show or hide the buttons; those that change something only where `can_change`."""
        if shown and not self._buttons:
            self._make_buttons()
        if can_change != self._can_change or shown:
            self._can_change = can_change
            for name in ("regenerate", "edit", "delete"):
                if name in self._buttons:
                    self._buttons[name].setEnabled(can_change)
            if self._stepper is not None:
                self._stepper.set_enabled(can_change=can_change)
        if self._bar.isVisibleTo(self) != shown:
            self._bar.setVisible(shown)
            self._arrange()

    @property
    def buttons(self) -> list[QToolButton]:
        """The buttons in the order in which Tab visits them."""
        steps = self._stepper.buttons if self._stepper is not None else []
        return [button for button in (*steps, *self._buttons.values()) if button.isEnabled()]

    def confirm_copy(self) -> None:
        """Show for a moment that the message was copied."""
        button = self._buttons.get("copy")
        if button is not None and self._formats is not None:
            set_look(button, self._formats, "check", self.tr("Copied"))
            QTimer.singleShot(_DONE_MS, self, self._reset_copy)

    def resizeEvent(self, event: object) -> None:  # noqa: ARG002
        """Places the words and the buttons."""
        self._arrange()

    def _mark_cloud(self, *, on: bool) -> None:
        role = "cloud" if on else "meta"
        self._cloud.setVisible(on)
        if on and self._formats is not None:
            colour = self._formats.theme.cloud
            self._cloud.setPixmap(pixmap("cloud", colour, _ICON, self.devicePixelRatioF()))
        restyle(self._meta, "role", role)

    def _arrange(self) -> None:
        """From left to right: the versions, the words, the buttons; a question's at its right."""
        parts: list[QWidget] = [self._cloud, self._bar]
        if self._stepper is not None:
            parts.insert(0, self._stepper)
        for part in parts:
            part.adjustSize()
        shown = [part for part in parts if part.isVisibleTo(self)]
        taken = sum(part.width() for part in shown)
        is_question = self._message is not None and self._message.role is Role.USER
        left = self.width() - taken if is_question else 0
        for part in parts:
            if part is self._bar and self._meta.isVisibleTo(self):
                width = min(self._meta.sizeHint().width(), max(0, self.width() - taken - _GAP))
                self._meta.setGeometry(left, 0, width, self.height())
                left += width + _GAP
            part.move(left, (self.height() - part.height()) // 2)
            left += part.width() if part in shown else 0

    def _make_buttons(self) -> None:
        message = self._message
        if message is None:
            return
        self._add("copy", "copy", self.tr("Copy message"), self.copied.emit)
        if message.role is Role.ASSISTANT:
            self._add("regenerate", "refresh-cw", self.tr("Answer again"), self.regenerated.emit)
        elif message.role is Role.USER:
            self._add("edit", "pencil", self.tr("Edit message"), self.edited.emit)
        self._add("delete", "trash-2", self.tr("Delete message"), self.deleted.emit)
        self._add("more", "ellipsis", self.tr("More actions"), self._want_more)

    def _want_more(self) -> None:
        button = self._buttons["more"]
        self.more_wanted.emit(button.mapToGlobal(QPoint(0, button.height())))

    def _add(self, name: str, picture: str, words: str, clicked: Callable[[], object]) -> None:
        assert self._formats is not None, "buttons are made after a message was shown"
        button = tool_button(self._bar, self._formats, picture, words, clicked)
        self._row.addWidget(button)
        self._buttons[name] = button

    def _drop_buttons(self) -> None:
        while (item := self._row.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self._buttons.clear()
        self._bar.hide()

    def _drop_stepper(self) -> None:
        if self._stepper is not None:
            self._stepper.hide()
            self._stepper.deleteLater()
            self._stepper = None

    def _reset_copy(self) -> None:
        button = self._buttons.get("copy")
        if button is not None and self._formats is not None:
            set_look(button, self._formats, "copy", self.tr("Copy message"))
