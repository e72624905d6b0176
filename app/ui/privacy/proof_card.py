"""The card on which the seal is proven: a button, what the kernel answered, and the report."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QProgressBar, QVBoxLayout, QWidget

from app.core.proof import Attempt, ProcessProof, ProofReport
from app.ui.appearance import Appearance
from app.ui.privacy.proof_controller import ProofController
from app.ui.widgets.buttons import push, tool
from app.ui.widgets.flow import Flow
from app.ui.widgets.labels import label
from app.ui.widgets.page import card_column, empty
from app.ui.widgets.saving import ask_where
from app.ui.widgets.strip import Strip

_MARK = 16


class ProofCard(QFrame):
    """Shows the state of a `ProofController`, whatever it is."""

    def __init__(self, look: Appearance, proof: ProofController) -> None:
        super().__init__()
        self._look = look
        self._proof = proof
        self.strip = Strip(look)
        self.prove = push(look, self.tr("Prove it now"), "primary")
        self.prove.clicked.connect(proof.start)
        self.stop = push(look, self.tr("Stop"))
        self.stop.clicked.connect(proof.stop)
        self.save = push(look, self.tr("Save the report..."), icon="file-text")
        self.save.clicked.connect(self._ask_where)
        self.copy = push(look, self.tr("Copy the report"), icon="copy")
        self.copy.clicked.connect(self._copy)
        self.waiting = label(self.tr("Trying to get out of every process..."), "second", wrap=True)
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName(self.tr("Attempts are being made"))
        self.progress.setRange(0, 0)
        self._results = QVBoxLayout()
        self._results.setSpacing(6)
        self._lay_out()
        if not proof.can_prove:
            self.hide()
        proof.changed.connect(self._show)
        proof.saved.connect(self._say_saved)
        proof.failed.connect(self.strip.fail)
        self._show()

    def as_text(self) -> str:
        """The last report as text; "" without one."""
        return self._proof.report.as_text() if self._proof.report is not None else ""

    def _lay_out(self) -> None:
        column = card_column(self)
        column.addWidget(label(self.tr("Proof"), "heading"))
        column.addWidget(
            label(
                self.tr(
                    "Tacit tries to get out while you watch, from inside its own running "
                    "processes, and shows what the operating system answers."
                ),
                wrap=True,
            )
        )
        row = Flow()
        for button in (self.prove, self.stop, self.save, self.copy):
            row.addWidget(button)
        column.addLayout(row)
        for widget in (self.strip, self.waiting, self.progress):
            column.addWidget(widget)
        column.addLayout(self._results)

    def _show(self) -> None:
        is_running, report = self._proof.is_running, self._proof.report
        had_focus = self.prove.hasFocus() or self.stop.hasFocus()
        self.prove.setVisible(not is_running)
        self.prove.setText(self.tr("Prove it again") if report else self.tr("Prove it now"))
        self.prove.setAccessibleName(self.prove.text())
        for widget in (self.stop, self.waiting, self.progress):
            widget.setVisible(is_running)
        if had_focus:
            (self.stop if is_running else self.prove).setFocus()
        for button in (self.save, self.copy):
            button.setVisible(report is not None)
        self.strip.clear()
        if self._proof.problem is not None:
            self.strip.fail(self._proof.problem)
        empty(self._results)
        if report is not None:
            self._show_report(report)

    def _show_report(self, report: ProofReport) -> None:
        self._results.addWidget(self._verdict(report))
        for process in report.processes:
            self._results.addWidget(self._process(process))
        if report.facts:
            self._results.addWidget(label(self.tr("Facts"), "group"))
            for name, value in report.facts:
                self._results.addWidget(_copyable(f"{name}: {value}", "meta"))
        if report.commands:
            self._results.addWidget(label(self.tr("For a sceptic, in a terminal"), "group"))
            lines = [CommandLine(self._look, command) for command in report.commands]
            for line in lines:
                self._results.addWidget(line)
            stops = [stop for line in lines for stop in (line.field, line.copy)]
            for before, after in pairwise([self.copy, *stops]):
                QWidget.setTabOrder(before, after)

    def _verdict(self, report: ProofReport) -> QWidget:
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 8, 0, 0)
        line.setSpacing(10)
        picture = label("")
        icon, colour = ("shield-check", "accent") if report.holds else ("circle-alert", "error")
        self._look.set_picture(picture, icon, colour, 20)
        line.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(_copyable(report.summary, "heading" if report.holds else "failed"), 1)
        row.setAccessibleName(report.summary)
        return row

    def _process(self, process: ProcessProof) -> QWidget:
        part = QWidget()
        column = QVBoxLayout(part)
        column.setContentsMargins(0, 6, 0, 0)
        column.setSpacing(6)
        name = process.name
        if process.pid is not None:
            name = self.tr("{0}, process {1}").format(name, process.pid)
        column.addWidget(label(name, "name", wrap=True))
        for attempt in process.attempts:
            column.addWidget(AttemptRow(self._look, attempt))
        if not process.attempts:
            column.addWidget(label(self.tr("Nothing was tried here."), "refused", wrap=True))
        for fact, value in process.facts:
            column.addWidget(_copyable(f"{fact}: {value}", "meta"))
        return part

    def _say_saved(self, file: str) -> None:
        self.strip.say(self.tr("Saved to {0}.").format(file))

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.as_text())

    def _ask_where(self) -> None:
        kinds = [self.tr("Text (*.txt)"), self.tr("JSON (*.json)")]
        title = self.tr("Save the report")
        self.dialog = ask_where(self, title, "tacit-proof", kinds, self._proof.save)


class AttemptRow(QWidget):
    """One attempt: a mark, what was tried, and the answer with a word of its own."""

    def __init__(self, look: Appearance, attempt: Attempt) -> None:
        super().__init__()
        picture = label("")
        icon, colour = ("circle-check", "accent") if attempt.held else ("circle-alert", "error")
        look.set_picture(picture, icon, colour, _MARK)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(_copyable(attempt.name))
        if attempt.held:
            said = self.tr("Refused: {0}").format(attempt.said)
        else:
            said = self.tr("NOT refused: {0}. Expected: {1}").format(attempt.said, attempt.expected)
        words.addWidget(_copyable(said, "meta" if attempt.held else "refused"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        row.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        self.setAccessibleName(f"{attempt.name}. {said}")


class CommandLine(QWidget):
    """A command to be selected or copied."""

    def __init__(self, look: Appearance, command: str) -> None:
        super().__init__()
        self.field = QLineEdit(command)
        self.field.setReadOnly(True)
        self.field.setProperty("role", "code")
        self.field.setCursorPosition(0)
        self.field.setAccessibleName(self.tr("Command"))
        self.copy = tool(look, "copy", self.tr("Copy the command"), self._copy, size=16)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self.field, 1)
        row.addWidget(self.copy)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.field.text())


def _copyable(text: str, role: str = "") -> QWidget:
    return label(text, role, wrap=True, selectable=True)
