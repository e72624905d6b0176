"""One download: how far it is, each of its files, and what can be done with it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, SignalInstance
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QWidget,
)

from app.core.errors import AppError, ErrorCode
from app.models.downloads.values import DownloadStatus, FileProgress, State
from app.ui.appearance import Appearance
from app.ui.downloads import words
from app.ui.downloads.gate_panel import GatePanel, MakeToken
from app.ui.widgets.buttons import GAP, push
from app.ui.widgets.flow import Flow
from app.ui.widgets.keyboard import show_buttons
from app.ui.widgets.labels import ElidedLabel, label
from app.ui.widgets.page import card_column

_STEPS = 1000


class DownloadCard(QFrame):
    """Shows what it is told; the same card for as long as the download is listed.

    Signals:
        pause_wanted, resume_wanted, cancel_wanted, dismiss_wanted, chat_wanted: the buttons.
        link_wanted(str): show this page in the browser.
        rearranged: other buttons are there now.
    """

    pause_wanted = Signal()
    resume_wanted = Signal()
    cancel_wanted = Signal()
    dismiss_wanted = Signal()
    chat_wanted = Signal()
    link_wanted = Signal(str)
    rearranged = Signal()

    def __init__(self, look: Appearance, status: DownloadStatus, token: MakeToken) -> None:
        super().__init__()
        self._look = look
        self._token = token
        self.gate: GatePanel | None = None
        self.status = status
        self._state: tuple[State, ErrorCode | None] | None = None
        self.title = ElidedLabel(words.name(status), "heading")
        self.setAccessibleName(words.name(status))
        self.bar = _bar(words.name(status))
        self.line = label("", "second", wrap=True)
        self.note = label("", "caution", wrap=True)
        self.problem = label("", "refused", wrap=True)
        self.pause = self._button(self.tr("Pause"), self.pause_wanted)
        self.resume = self._button(self.tr("Resume"), self.resume_wanted, "primary")
        self.again = self._button(self.tr("Try again"), self.resume_wanted, "primary")
        self.chat = self._button(self.tr("Chat with it"), self.chat_wanted, "primary")
        self.cancel = self._button(self.tr("Cancel..."), self.cancel_wanted)
        self.dismiss = self._button(self.tr("Remove from this list"), self.dismiss_wanted)
        self.details = push(look, "", "link", icon="chevron-right", colour="link")
        self.details.clicked.connect(self._toggle_files)
        self.files = Files(status.plan.name)
        self.files.hide()
        self._lay_out()
        self.show_status(status)

    def show_status(self, status: DownloadStatus) -> None:
        """How it stands now."""
        self.status = status
        progress, state, problem = status.progress, status.state, status.problem
        share = progress.done / progress.total if progress.total else 0.0
        self.bar.setValue(round(share * _STEPS))
        self.bar.setAccessibleDescription(words.state(status))
        self.bar.setVisible(state is not State.DONE)
        self.line.setText(words.state(status))
        self.note.setText(progress.note)
        self.note.setVisible(bool(progress.note) and state is State.RUNNING)
        is_gated = problem is not None and problem.code is ErrorCode.ACCESS_REFUSED
        self.problem.setText(problem.sentence if problem is not None and not is_gated else "")
        self.problem.setVisible(bool(self.problem.text()))
        self.files.show_files(progress.files)
        now = state, problem.code if problem is not None else None
        if now != self._state:
            self._state = now
            self._show_gate(problem if is_gated else None)
            self._offer(state)

    def take_focus(self) -> None:
        """Give the keyboard to the first button that is there."""
        for button in self._buttons:
            if button.isVisible():
                button.setFocus()
                return

    @property
    def _buttons(self) -> tuple[QPushButton, ...]:
        return (
            self.pause, self.resume, self.again, self.chat, self.cancel, self.dismiss,
        )  # fmt: skip

    def _show_gate(self, problem: AppError | None) -> None:
        if self.gate is not None:
            self.gate.hide()
            self.gate.deleteLater()
            self.gate = None
        if problem is not None:
            self.gate = GatePanel(self._look, self.status.plan.repository, problem, self._token)
            self.gate.link_wanted.connect(self.link_wanted)
            self.gate.again_wanted.connect(self.resume_wanted)
            self._column.addWidget(self.gate)

    def _offer(self, state: State) -> None:
        shown = {
            self.pause: state in {State.RUNNING, State.QUEUED},
            self.resume: state is State.PAUSED,
            self.again: state is State.FAILED and self.gate is None,
            self.chat: state is State.DONE,
            self.cancel: state is not State.DONE,
            self.dismiss: state is State.DONE,
            self.details: state is not State.DONE,
        }
        if state is State.DONE:
            self._show_files(shown=False)
        if show_buttons(shown):
            self.rearranged.emit()

    def _lay_out(self) -> None:
        column = self._column = card_column(self)
        column.addWidget(self.title)
        for widget in (self.bar, self.line, self.note, self.problem):
            column.addWidget(widget)
        row = Flow()
        for button in self._buttons:
            row.addWidget(button)
        row.addWidget(self.details)
        column.addLayout(row)
        column.addWidget(self.files)
        self._show_files(shown=False)

    def _toggle_files(self) -> None:
        self._show_files(shown=self.files.isHidden())

    def _show_files(self, *, shown: bool) -> None:
        self.files.setVisible(shown)
        self._look.set_icon(
            self.details, "chevron-down" if shown else "chevron-right", "link", gap=GAP
        )
        count = len(self.status.plan.files)
        self.details.setText(self.tr("{0} files").format(count) if count > 1 else self.tr("1 file"))
        action = self.tr("Hide the files of {0}") if shown else self.tr("Show the files of {0}")
        self.details.setAccessibleName(action.format(self.status.plan.name))

    def _button(self, text: str, wanted: SignalInstance, role: str = "") -> QPushButton:
        button = push(self._look, text, role)
        button.setAccessibleName(f"{text.rstrip('.')}: {self.status.plan.name}")
        button.clicked.connect(wanted)
        return button


class Files(QWidget):
    """Each file of a download with its bytes, in their order."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        self._rows: list[tuple[QProgressBar, QLabel]] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 4, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(0, 2)
        self._grid.setColumnStretch(1, 1)

    def show_files(self, files: tuple[FileProgress, ...]) -> None:
        """How far each is."""
        while len(self._rows) < len(files):
            self._add(files[len(self._rows)])
        for (bar, words_shown), file in zip(self._rows, files, strict=False):
            bar.setValue(round(_STEPS * file.done / file.size) if file.size else _STEPS)
            words_shown.setText(words.amount(file.done, file.size))

    def _add(self, file: FileProgress) -> None:
        row = len(self._rows)
        bar, text = _bar(f"{self._name}: {file.name}"), label("", "meta")
        text.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._grid.addWidget(ElidedLabel(file.name, "meta"), row, 0)
        self._grid.addWidget(bar, row, 1)
        self._grid.addWidget(text, row, 2)
        self._rows.append((bar, text))


def _bar(name: str) -> QProgressBar:
    bar = QProgressBar()
    bar.setRange(0, _STEPS)
    bar.setTextVisible(False)
    bar.setAccessibleName(name)
    return bar
