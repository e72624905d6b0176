"""The row of a secret of the settings: where it is kept, never what it is."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from app.core.errors import ErrorCode
from app.settings.secrets import Place
from app.settings.setting import SecretSetting
from app.ui.appearance import Appearance
from app.ui.pages.fields import stacked
from app.ui.secrets_controller import SecretsController, SecretView
from app.ui.widgets.buttons import push
from app.ui.widgets.flow import Flow
from app.ui.widgets.labels import label
from app.ui.widgets.restyle import restyle

_NARROW = 560
_PATIENCE_MS = 300
_KEYRING_TROUBLE = (
    ErrorCode.KEYRING_MISSING,
    ErrorCode.KEYRING_LOCKED,
    ErrorCode.KEYRING_SILENT,
    ErrorCode.KEYRING_FAILED,
)


class SecretRow(QWidget):
    """Its words and its state, buttons to set, replace and remove it, and a field while it is
    entered. The text in the field is gone once it was kept or given up.

    Signals:
        keep_wanted(str text, bool session_only): the person entered it.
        remove_wanted, unlock_wanted, look_wanted, stop_wanted: the buttons.
    """

    keep_wanted = Signal(str, bool)
    remove_wanted = Signal()
    unlock_wanted = Signal()
    look_wanted = Signal()
    stop_wanted = Signal()

    def __init__(self, look: Appearance, secret: SecretSetting) -> None:
        super().__init__()
        self.secret = secret
        self._look = look
        self.state = label("", "second")
        self.change = self._button(look, _tr("Set..."))
        self.remove = self._button(look, _tr("Remove"))
        self.unlock = self._button(look, _tr("Unlock..."))
        self.again = self._button(look, _tr("Try again"))
        self.field = QLineEdit()
        self.field.setEchoMode(QLineEdit.EchoMode.Password)
        self.field.setAccessibleName(secret.label)
        self.field.setPlaceholderText(secret.label)
        self.save = self._button(look, _tr("Save"), "primary")
        self.cancel = self._button(look, _tr("Cancel"))
        self.waiting = label(_tr("Waiting for your keyring..."), "meta")
        self.stop = self._button(look, _tr("Stop waiting"))
        self.trouble = label("", "refused", wrap=True)
        self.session = self._button(look, _tr("Use it until Tacit closes"))
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(_PATIENCE_MS)
        self._patience.timeout.connect(lambda: self._show_waiting(shown=True))
        self._lay_out()
        self._connect()
        self.show_view(SecretView())

    @property
    def is_entering(self) -> bool:
        """Whether the field is open."""
        return not self._entry.isHidden()

    def show_view(self, view: SecretView) -> None:
        """Show what is known of the secret."""
        trouble = None if view.is_waiting else view.trouble
        self.state.setText(_state_words(view))
        self.change.setText(_tr("Replace...") if view.is_there else _tr("Set..."))
        self._name(self.change)
        is_locked = trouble is not None and trouble.code is ErrorCode.KEYRING_LOCKED
        is_unknown = view.kept is not None and view.kept.place is Place.UNKNOWN
        self.change.setVisible(not self.is_entering)
        self.remove.setVisible(view.is_there and not self.is_entering)
        self.unlock.setVisible(is_locked and not self.is_entering)
        self.again.setVisible(is_unknown and not is_locked and not self.is_entering)
        self.trouble.setText(trouble.sentence if trouble is not None else "")
        self.trouble.setVisible(trouble is not None)
        may_be_kept = trouble is not None and trouble.code in _KEYRING_TROUBLE
        self.session.setVisible(self.is_entering and may_be_kept)
        self._mark(refused=trouble is not None and trouble.code is ErrorCode.KEY_INVALID)
        # Nothing is disabled: that would throw the keyboard out of the row.
        self.field.setReadOnly(view.is_waiting)
        if not view.is_waiting:
            self._patience.stop()
            self._show_waiting(shown=False)
        elif self._wait.isHidden() and not self._patience.isActive():
            self._patience.start()

    def open_field(self) -> None:
        """Let the person enter it."""
        self._entry.show()
        for button in (self.change, self.remove, self.unlock, self.again):
            button.hide()
        self.field.setFocus()

    def close_field(self) -> None:
        """Forget what was entered."""
        had_keyboard = self.isAncestorOf(self.window().focusWidget() or self.window())
        self.field.clear()
        self._entry.hide()
        self.session.hide()
        self.change.show()
        if had_keyboard:
            self.change.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc closes the field, and only then the page."""
        if event.key() == Qt.Key.Key_Escape and self.is_entering:
            self._give_up()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is little room, the buttons go under the words."""
        super().resizeEvent(event)
        way = QBoxLayout.Direction
        is_narrow = self.width() < self._look.scaled(_NARROW)
        self._beside.setDirection(way.TopToBottom if is_narrow else way.LeftToRight)
        left = Qt.AlignmentFlag.AlignLeft if is_narrow else Qt.AlignmentFlag.AlignVCenter
        self._beside.setAlignment(self._controls, left)

    def _lay_out(self) -> None:
        words = stacked(
            label(self.secret.label, "name", wrap=True), label(self.secret.help, "meta", wrap=True)
        )
        self._beside = QHBoxLayout()
        self._beside.setSpacing(12)
        self._beside.addLayout(words, 1)
        self._controls, self._entry, self._wait = QWidget(), QWidget(), QWidget()
        self._controls.setLayout(_flow(self.state, self.change, self.remove))
        self._beside.addWidget(self._controls)
        self._entry.setLayout(_line(self.field, self.save, self.cancel))
        self._wait.setLayout(_flow(self.waiting, self.stop))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 2, 0, 2)
        column.setSpacing(6)
        column.addLayout(self._beside)
        column.addWidget(self._entry)
        column.addWidget(self._wait, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.trouble)
        column.addLayout(_flow(self.unlock, self.again, self.session))
        self._entry.hide()
        self._wait.hide()

    def _connect(self) -> None:
        self.change.clicked.connect(self.open_field)
        self.remove.clicked.connect(self.remove_wanted)
        self.unlock.clicked.connect(self.unlock_wanted)
        self.again.clicked.connect(self.look_wanted)
        self.stop.clicked.connect(self.stop_wanted)
        self.cancel.clicked.connect(self._give_up)
        self.save.clicked.connect(lambda: self._keep(session_only=False))
        self.field.returnPressed.connect(lambda: self._keep(session_only=False))
        self.session.clicked.connect(lambda: self._keep(session_only=True))

    def _keep(self, *, session_only: bool) -> None:
        self.keep_wanted.emit(self.field.text(), session_only)

    def _give_up(self) -> None:
        self.close_field()
        self.stop_wanted.emit()
        self.look_wanted.emit()

    def _show_waiting(self, *, shown: bool) -> None:
        had_keyboard = self.stop.hasFocus()
        self._wait.setVisible(shown)
        if had_keyboard and not shown:
            (self.field if self.is_entering else self.change).setFocus()

    def _mark(self, *, refused: bool) -> None:
        restyle(self.field, "refused", "true" if refused else "false")

    def _button(self, look: Appearance, text: str, role: str = "") -> QPushButton:
        button = push(look, text, role)
        self._name(button)
        return button

    def _name(self, button: QPushButton) -> None:
        """Read aloud, "Remove" alone would not say what."""
        button.setAccessibleName(f"{button.text().rstrip('.')}: {self.secret.label}")


class SecretBinding(QObject):
    """Shows in a row what is known of its secret, and does what the person wants."""

    def __init__(self, row: SecretRow, secrets: SecretsController) -> None:
        super().__init__(row)
        self._row = row
        self._secrets = secrets
        name = self._name = row.secret.name
        row.keep_wanted.connect(
            lambda text, session_only: secrets.keep(name, text, session_only=session_only)
        )
        row.remove_wanted.connect(lambda: secrets.remove(name))
        row.unlock_wanted.connect(lambda: secrets.unlock(name))
        row.stop_wanted.connect(lambda: secrets.stop(name))
        row.look_wanted.connect(self.look)
        secrets.changed.connect(self._on_changed)
        secrets.done.connect(self._on_done)

    def look(self) -> None:
        """Look where the secret is now."""
        self._secrets.look(self._name)

    def _on_changed(self, name: str) -> None:
        if name == self._name:
            self._row.show_view(self._secrets.view(name))

    def _on_done(self, name: str) -> None:
        if name == self._name and self._row.is_entering:
            self._row.close_field()
            self._row.show_view(self._secrets.view(name))


def _line(*parts: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(8)
    for part in parts:
        row.addWidget(part, 1 if isinstance(part, QLineEdit) else 0)
    return row


def _flow(*parts: QWidget) -> Flow:
    row = Flow()
    for part in parts:
        row.addWidget(part)
    return row


def _state_words(view: SecretView) -> str:
    if view.kept is None:
        return ""
    words = {
        Place.KEYRING: _tr("Kept in your keyring"),
        Place.MEMORY: _tr("Kept until Tacit closes"),
        Place.NOWHERE: _tr("Not set"),
        Place.UNKNOWN: _tr("Not known"),
    }
    return words[view.kept.place]


def _tr(text: str) -> str:
    return QCoreApplication.translate("SecretRow", text)
