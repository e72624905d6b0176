"""The card of the settings for the lock of the window, and what it is worth."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QWidget

from app.core.errors import AppError
from app.ui.appearance import Appearance
from app.ui.widgets.buttons import push
from app.ui.widgets.flow import Flow
from app.ui.widgets.labels import label
from app.ui.widgets.page import card_column


class LockCard(QFrame):
    """Locks the window now, and sets the passphrase.

    Signals:
        lock_wanted: lock it now.
        set_wanted(str): ask for this passphrase from now on.
        remove_wanted: ask for none.
    """

    lock_wanted = Signal()
    set_wanted = Signal(str)
    remove_wanted = Signal()

    def __init__(self, look: Appearance) -> None:
        super().__init__()
        self.lock = push(look, _tr("Lock now (Ctrl+Shift+L)"), icon="lock")
        self.lock.clicked.connect(self.lock_wanted)
        self.change = push(look, "")
        self.change.clicked.connect(self.open_fields)
        self.remove = push(look, _tr("Remove the passphrase"))
        self.remove.clicked.connect(self.remove_wanted)
        self.state = label("", "meta", wrap=True)
        self.first, self.second = self._field(_tr("Passphrase")), self._field(_tr("Once more"))
        self.keep = push(look, _tr("Save"), "primary")
        self.keep.clicked.connect(self._keep)
        self.cancel = push(look, _tr("Cancel"))
        self.cancel.clicked.connect(self.close_fields)
        self.trouble = label("", "refused", wrap=True)
        self.entry = QWidget()
        line = QHBoxLayout(self.entry)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        for part in (self.first, self.second, self.keep, self.cancel):
            line.addWidget(part)
        buttons = Flow()
        for button in (self.lock, self.change, self.remove):
            buttons.addWidget(button)
        column = card_column(self)
        column.addWidget(label(_tr("Lock the window"), "name", wrap=True))
        column.addWidget(label(_worth(), "meta", wrap=True))
        column.addWidget(self.state)
        column.addWidget(self.entry)
        column.addWidget(self.trouble)
        column.addLayout(buttons)
        self.entry.hide()
        self.show_state(has_passphrase=False, problem=None)

    def show_state(self, *, has_passphrase: bool, problem: AppError | None) -> None:
        """Say whether there is a passphrase, and what is wrong with the one that was entered."""
        self.state.setText(
            _tr("It asks for your passphrase, also when Tacit starts.")
            if has_passphrase
            else _tr("There is no passphrase: whoever clicks on Unlock sees your chats again.")
        )
        self.change.setText(
            _tr("Change the passphrase...") if has_passphrase else _tr("Set a passphrase...")
        )
        self.change.setAccessibleName(self.change.text())
        self.remove.setVisible(has_passphrase and self.entry.isHidden())
        self._has_passphrase = has_passphrase
        self._say(problem)

    def open_fields(self) -> None:
        """Let the person enter one."""
        self.entry.show()
        self.change.hide()
        self.remove.hide()
        self.first.setFocus()

    def close_fields(self) -> None:
        """Forget what was entered."""
        had_keyboard = self.isAncestorOf(self.window().focusWidget() or self.window())
        self.first.clear()
        self.second.clear()
        self.entry.hide()
        self.change.show()
        self.remove.setVisible(self._has_passphrase)
        self._say(None)
        if had_keyboard:
            self.change.setFocus()

    def _keep(self) -> None:
        if self.first.text() != self.second.text():
            self._say(AppError(_tr("The two are not the same."), _tr("Enter them once more.")))
            return
        self.set_wanted.emit(self.first.text())

    def _say(self, problem: AppError | None) -> None:
        self.trouble.setText(problem.sentence if problem is not None else "")
        self.trouble.setVisible(problem is not None)

    def _field(self, name: str) -> QLineEdit:
        field = QLineEdit()
        field.setEchoMode(QLineEdit.EchoMode.Password)
        field.setAccessibleName(name)
        field.setPlaceholderText(name)
        field.returnPressed.connect(self._keep)
        return field


def _worth() -> str:
    return _tr(
        "It hides everything from somebody who passes by or sits down at this computer while you "
        "are away. It does not keep out who can open your files or run programs as you: against "
        "a stolen disk the encryption helps, against the rest your log-in. Forgotten, the "
        "passphrase goes away when the file lock.json is deleted from the data folder."
    )


def _tr(text: str) -> str:
    return QCoreApplication.translate("LockCard", text)
