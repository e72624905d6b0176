"""The card on which the seal is proven: a button, what the kernel answered, and the report."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QProgressBar, QVBoxLayout, QWidget

from app.core.proof import Proof
from app.process.proof import text
from app.ui.appearance import Appearance
from app.ui.privacy.proof_controller import ProofController
from app.ui.privacy.proof_result import ProofResult
from app.ui.widgets.buttons import push
from app.ui.widgets.flow import Flow
from app.ui.widgets.labels import label
from app.ui.widgets.page import card_column, empty
from app.ui.widgets.saving import ask_where
from app.ui.widgets.strip import Strip


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
        return text.as_text(self._proof.report) if self._proof.report is not None else ""

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

    def _show_report(self, report: Proof) -> None:
        shown = ProofResult(self._look, report)
        self._results.addWidget(shown)
        for before, after in pairwise([self.copy, *shown.stops]):
            QWidget.setTabOrder(before, after)

    def _say_saved(self, file: str) -> None:
        self.strip.say(self.tr("Saved to {0}.").format(file))

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.as_text())

    def _ask_where(self) -> None:
        kinds = [self.tr("Text (*.txt)"), self.tr("JSON (*.json)")]
        title = self.tr("Save the report")
        self.dialog = ask_where(self, title, "tacit-proof", kinds, self._proof.save)
