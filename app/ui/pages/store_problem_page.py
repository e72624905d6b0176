"""The page that stands in place of the chat when the history cannot be opened."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QPushButton, QVBoxLayout, QWidget

from app.core.errors import AppError, ErrorCode
from app.ui.appearance import Appearance
from app.ui.widgets.buttons import push
from app.ui.widgets.flow import Flow
from app.ui.widgets.labels import label
from app.ui.widgets.page import Page, card
from app.ui.widgets.restyle import restyle


class StoreProblemPage(Page):
    """Says what happened; offers what can be done about it.

    Signals:
        retry_wanted: try to open the history again.
        recover_wanted: save what can be read of the file into a new one.
        fresh_wanted: keep the file under another name and begin an empty history.
        recovery_entered(str): the recovery key that was typed.
        keyring_wanted: have the system ask for the keyring's password.
    """

    retry_wanted = Signal()
    recover_wanted = Signal()
    fresh_wanted = Signal()
    recovery_entered = Signal(str)
    keyring_wanted = Signal()

    def __init__(self, look: Appearance) -> None:
        super().__init__(look, self.tr("Your chats could not be opened"))
        frame, column = card()
        self.what = label("", "heading", wrap=True)
        self.todo = label("", wrap=True)
        self.keeps = label(
            self.tr(
                "The file stays in the data folder under another name, and nothing in it is "
                "changed."
            ),
            "second",
            wrap=True,
        )
        self.retry = push(look, self.tr("Try again"), "primary")
        self.retry.clicked.connect(self.retry_wanted)
        self.keyring = push(look, self.tr("Unlock the keyring..."))
        self.keyring.clicked.connect(self.keyring_wanted)
        self.fresh = push(look, self.tr("Set the file aside and start fresh"))
        self.fresh.clicked.connect(self.fresh_wanted)
        self.recover = push(look, self.tr("Save what can be saved"))
        self.recover.clicked.connect(self._start_recovery)
        buttons = Flow()
        for button in (self.retry, self.keyring, self.recover, self.fresh):
            buttons.addWidget(button)
        for widget in (self.what, self.todo, self._make_entry(), self.keeps):
            column.addWidget(widget)
        column.addSpacing(4)
        column.addLayout(buttons)
        self.column.addWidget(frame)

    def show_problem(self, error: AppError) -> None:
        """Say what kept the history from being opened."""
        self.what.setText(error.what)
        self.todo.setText(error.todo)
        is_locked = error.code is ErrorCode.STORE_LOCKED
        can_start_fresh = is_locked or error.code is ErrorCode.STORE_BROKEN
        self.keeps.setVisible(can_start_fresh)
        self.fresh.setVisible(can_start_fresh)
        self.keyring.setVisible(is_locked)
        self.entry.setVisible(is_locked)
        self.refused.hide()
        if is_locked:
            self.recovery.setFocus()
        can_recover = error.code is ErrorCode.STORE_BROKEN
        self.recover.setVisible(can_recover)
        if can_recover:
            self.todo.setText(
                self.tr(
                    "What can be read of it can be saved into a new history. Or begin with an "
                    "empty one."
                )
            )
        self._set_role(self.recover, "primary" if can_recover else "")
        self._set_role(self.retry, "" if can_recover else "primary")
        self._set_busy(busy=False)

    def refuse(self, error: AppError) -> None:
        """Say why the way in did not open; what was typed stays, to be mended."""
        self.refused.setText(error.sentence)
        self.refused.show()

    def forget(self) -> None:
        """What was typed did open it, and need not stay here."""
        self.recovery.clear()

    def _make_entry(self) -> QWidget:
        self.entry = QWidget()
        name = self.tr("Recovery key")
        self.recovery = QLineEdit()
        self.recovery.setProperty("role", "code")
        self.recovery.setAccessibleName(name)
        self.recovery.setPlaceholderText(self.tr("14 groups of 4 characters"))
        self.recovery.returnPressed.connect(self._enter)
        self.open = push(self.look, self.tr("Open with the recovery key"))
        self.open.clicked.connect(self._enter)
        self.refused = label("", "refused", wrap=True)
        column = QVBoxLayout(self.entry)
        column.setContentsMargins(0, 4, 0, 4)
        column.setSpacing(6)
        column.addWidget(label(name, "name"))
        column.addWidget(self.recovery)
        column.addWidget(self.refused)
        line = Flow()
        line.addWidget(self.open)
        column.addLayout(line)
        return self.entry

    def _enter(self) -> None:
        self.recovery_entered.emit(self.recovery.text())

    def _start_recovery(self) -> None:
        self._set_busy(busy=True)
        self.todo.setText(self.tr("Saving what can be saved..."))
        self.recover_wanted.emit()

    @staticmethod
    def _set_role(button: QPushButton, role: str) -> None:
        restyle(button, "role", role)

    def _set_busy(self, *, busy: bool) -> None:
        for button in (self.retry, self.recover, self.fresh):
            button.setEnabled(not busy)
