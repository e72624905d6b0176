"""The card of the settings that encrypts the history, step by step, and decrypts it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QProgressBar,
    QVBoxLayout,
    QWidget,
)

from app.core.history_key import GROUPS
from app.ui.appearance import Appearance
from app.ui.encryption.controller import EncryptionView, Phase
from app.ui.widgets.buttons import push
from app.ui.widgets.flow import Flow
from app.ui.widgets.labels import label
from app.ui.widgets.page import card_column
from app.ui.widgets.question import Question
from app.ui.widgets.saving import ask_where

_IN_A_ROW = 7
_IN_A_NARROW_ROW = 4
_NARROW = 520


class EncryptionCard(QFrame):
    """Shows an `EncryptionView`; the recovery key is gone from it once it was saved.

    Signals:
        on_wanted, off_wanted: encrypt; decrypt, after a question.
        stop_wanted: give up what is under way.
        save_wanted(object Path): write the recovery key to this file.
        confirmed(tuple[str, ...]): the groups that were asked for, as they were typed.
    """

    on_wanted = Signal()
    off_wanted = Signal()
    stop_wanted = Signal()
    save_wanted = Signal(object)
    confirmed = Signal(tuple)

    def __init__(self, look: Appearance) -> None:
        super().__init__()
        self._look = look
        self._view = EncryptionView()
        self.state = label("", "meta", wrap=True)
        self.trouble = label("", "refused", wrap=True)
        self.switch = push(look, _tr("Encrypt..."), icon="lock-keyhole")
        self.switch.clicked.connect(self._on_switch)
        self.stop = push(look, _tr("Cancel"))
        self.stop.clicked.connect(self.stop_wanted)
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setRange(0, 100)
        self.progress.setAccessibleName(_tr("How far it is"))
        self.recovery = _Recovery(look)
        self.recovery.save.clicked.connect(self._ask_where)
        self.recovery.confirm.clicked.connect(self._confirm)
        for field in self.recovery.fields:
            field.returnPressed.connect(self._confirm)
        self.recovery.cancel.clicked.connect(self.stop_wanted)
        buttons = Flow()
        buttons.addWidget(self.switch)
        buttons.addWidget(self.stop)
        column = card_column(self)
        column.addWidget(label(_tr("Encrypt the chats on this computer"), "name", wrap=True))
        column.addWidget(self.state)
        column.addWidget(self.recovery)
        column.addWidget(self.progress)
        column.addWidget(self.trouble)
        column.addLayout(buttons)
        self.show_view(self._view)

    def show_view(self, view: EncryptionView) -> None:
        """Show what is known, and what can be done about it."""
        had_keyboard = self.isAncestorOf(self.window().focusWidget() or self.window())
        is_new = view.phase is not self._view.phase
        self._view = view
        self.state.setText(_state_words(view))
        self.trouble.setText(view.problem.sentence if view.problem is not None else "")
        self.trouble.setVisible(view.problem is not None)
        self.switch.setVisible(view.phase in {Phase.OFF, Phase.ON})
        self.switch.setText(_tr("Decrypt...") if view.phase is Phase.ON else _tr("Encrypt..."))
        self.stop.setVisible(view.phase is Phase.WAITING or view.is_converting)
        self.progress.setVisible(view.is_converting)
        self.progress.setValue(round(view.share * 100))
        self.recovery.setVisible(view.phase is Phase.SAVING)
        self.recovery.show_view(view)
        if is_new and had_keyboard:
            self._take_keyboard()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The recovery key takes the room that there is."""
        super().resizeEvent(event)
        self.recovery.fit(self.width())

    def _take_keyboard(self) -> None:
        if self._view.phase is Phase.SAVING:
            self.recovery.save.setFocus()
        elif not self.switch.isHidden():
            self.switch.setFocus()
        elif not self.stop.isHidden():
            self.stop.setFocus()

    def _on_switch(self) -> None:
        if self._view.phase is Phase.OFF:
            self.on_wanted.emit()
            return
        keep = push(self._look, _tr("Keep them encrypted"))
        decrypt = push(self._look, _tr("Decrypt"))
        words = _tr(
            "Whoever gets at the disk of this computer can read your chats then. Nothing of them "
            "is lost, and you can encrypt them again."
        )
        question = Question(
            self._look,
            self,
            title=_tr("Decrypt the chats"),
            heading=_tr("Store your chats without encryption?"),
            words=[label(words, wrap=True)],
            buttons=[keep, decrypt],
        )
        keep.clicked.connect(question.reject)
        decrypt.clicked.connect(question.accept)
        question.accepted.connect(self.off_wanted)
        question.open()

    def _ask_where(self) -> None:
        title = _tr("Save the recovery key")
        kinds = [_tr("Text (*.txt)")]
        ask_where(self, title, "tacit-recovery-key", kinds, self._save)

    def _save(self, file: Path) -> None:
        self.save_wanted.emit(file)

    def _confirm(self) -> None:
        self.confirmed.emit(tuple(field.text() for field in self.recovery.fields))


class _Recovery(QWidget):
    """The recovery key, the way to save it, and the fields that show that it was saved."""

    def __init__(self, look: Appearance) -> None:
        super().__init__()
        self._look = look
        self._groups = [label("", "code", selectable=True) for _ in range(GROUPS)]
        self._grid = QGridLayout()
        self._grid.setSpacing(6)
        self._in_a_row = 0
        self.save = push(look, _tr("Save to a file..."), icon="file-text")
        self.saved = label("", "meta", wrap=True)
        self.fields = [QLineEdit(), QLineEdit()]
        self.confirm = push(look, _tr("Encrypt now"), "primary")
        self.cancel = push(look, _tr("Cancel"))
        self._names = [label("", "meta") for _ in self.fields]
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 4)
        column.setSpacing(8)
        column.addWidget(label(_tr("Your recovery key"), "name", wrap=True))
        column.addWidget(
            label(
                _tr(
                    "It opens your chats where the keyring of this computer is lost, and is shown "
                    "this once. Write it down or save it, apart from this computer: whoever has "
                    "it and the file can read your chats, and without it nobody can help."
                ),
                "meta",
                wrap=True,
            )
        )
        grid = QHBoxLayout()
        grid.addLayout(self._grid)
        grid.addStretch(1)
        column.addLayout(grid)
        column.addWidget(self.save, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.saved)
        column.addSpacing(4)
        column.addWidget(label(_tr("Type two groups of it, to show that you have it:"), wrap=True))
        column.addLayout(self._asked())
        buttons = Flow()
        buttons.addWidget(self.confirm)
        buttons.addWidget(self.cancel)
        column.addLayout(buttons)
        self._place(_IN_A_ROW)

    def show_view(self, view: EncryptionView) -> None:
        """The groups of the view; none, and empty fields, where it has none."""
        for place, shown in enumerate(self._groups):
            text = view.groups[place] if view.groups else ""
            shown.setText(text)
            shown.setAccessibleName(_tr("Group {0}: {1}").format(place + 1, " ".join(text)))
            shown.setToolTip(_tr("Group {0}").format(place + 1))
        for number, field in enumerate(self.fields):
            place = view.asked[number] + 1 if view.asked else 0
            self._names[number].setText(_tr("Group {0}").format(place))
            field.setAccessibleName(_tr("Group {0} of the recovery key").format(place))
            if not view.asked:
                field.clear()
        self.saved.setText(_tr("Saved to {0}.").format(view.saved_as) if view.saved_as else "")
        self.saved.setVisible(bool(view.saved_as))

    def fit(self, width: int) -> None:
        """Fewer groups in a row where there is little room."""
        narrow = width < self._look.scaled(_NARROW)
        self._place(_IN_A_NARROW_ROW if narrow else _IN_A_ROW)

    def _place(self, in_a_row: int) -> None:
        if in_a_row != self._in_a_row:
            self._in_a_row = in_a_row
            for place, shown in enumerate(self._groups):
                self._grid.addWidget(shown, place // in_a_row, place % in_a_row)

    def _asked(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        for name, field in zip(self._names, self.fields, strict=True):
            field.setMaxLength(8)
            field.setMaximumWidth(self._look.scaled(110))
            name.setBuddy(field)
            row.addWidget(name)
            row.addWidget(field)
        row.addStretch(1)
        return row


def _state_words(view: EncryptionView) -> str:
    if view.phase is Phase.ON and not view.is_kept:
        return _tr(
            "They are encrypted, with the search index and all copies. Your keyring does not hold "
            "the key, or cannot be asked: the recovery key alone is sure to open them."
        )
    return {
        Phase.UNKNOWN: _tr("Your chats are not open, so nothing can be changed here now."),
        Phase.OFF: _tr(
            "They are not encrypted: whoever gets at the disk of this computer, or at a copy of "
            "it, can read them. Encrypted, only your keyring and the recovery key open them; "
            "programs that run as you still can ask the keyring."
        ),
        Phase.WAITING: _tr("Waiting for your keyring, which is to hold the key..."),
        Phase.SAVING: _tr("Nothing is encrypted yet. First save the recovery key."),
        Phase.ENCRYPTING: _tr(
            "Encrypting your chats, the search index and all copies. You can go on, and nothing "
            "is lost if the computer stops meanwhile."
        ),
        Phase.ON: _tr(
            "They are encrypted, with the search index and all copies. Your keyring holds the "
            "key. What you export is not encrypted."
        ),
        Phase.DECRYPTING: _tr("Decrypting your chats and all copies. Nothing is lost if it stops."),
    }[view.phase]


def _tr(text: str) -> str:
    return QCoreApplication.translate("EncryptionCard", text)
