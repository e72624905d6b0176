"""What a proof found, as rows: the verdict, every attempt with its answer, and the commands."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from app.core.proof import FILTERED, Attempt, OutsideCheck, ProcessProof, Proof
from app.ui.appearance import Appearance
from app.ui.widgets.buttons import tool
from app.ui.widgets.labels import label

_MARK = 16
_NARROW = 420


class ProofResult(QWidget):
    """A whole proof. `stops` are the controls on it, from top to bottom."""

    def __init__(self, look: Appearance, proof: Proof) -> None:
        super().__init__()
        self._look = look
        self.stops: list[QWidget] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 4, 0, 0)
        self._column.setSpacing(4)
        self._column.addWidget(Row(look, proof.sentence, holds=proof.holds, is_verdict=True))
        for note in proof.notes:
            self._say(note, "second")
        for failure in proof.failures:
            self._column.addWidget(Row(look, failure.part, failure.what, holds=False))
        for process in proof.processes:
            self._show_process(process)
        self._show_telemetry(proof)
        self._show_checks(proof.checks)

    def _show_process(self, process: ProcessProof) -> None:
        self._column.addSpacing(8)
        name = self.tr("{0}, process {1}").format(_capital(process.role), process.pid)
        if process.model:
            name = self.tr("{0}, with {1} in memory").format(name, process.model)
        self._say(name, "name")
        for by in dict.fromkeys(attempt.by for attempt in process.attempts):
            self._say(self.tr("Tried by {0}").format(by), "group")
            for attempt in process.attempts:
                if attempt.by == by:
                    self._column.addWidget(AttemptRow(self._look, attempt))
        self._say(self.tr("What the system says of it"), "group")
        for part in process.seal.parts:
            said = self.tr("holds") if part.holds else self.tr("does NOT hold")
            said = f"{said} ({part.detail})" if part.detail else said
            self._column.addWidget(Row(self._look, part.name, said, holds=part.holds))
        self._show_threads(process)
        for kind in process.descriptors:
            open_now = self.tr("open: {0}").format(kind.count)
            self._column.addWidget(Row(self._look, kind.kind, open_now, holds=not kind.is_network))
        private = self.tr("private") if process.memory_is_private else self.tr("NOT private")
        holds = process.memory_is_private
        self._column.addWidget(Row(self._look, self.tr("Its memory"), private, holds=holds))
        for variable in process.quiet:
            said = self.tr("set") if variable.is_set else self.tr("NOT set")
            self._column.addWidget(Row(self._look, variable.name, said, holds=variable.is_set))

    def _show_threads(self, process: ProcessProof) -> None:
        if process.threads:
            sealed = [
                thread
                for thread in process.threads
                if thread.seccomp == FILTERED and thread.no_new_privileges
            ]
            said = self.tr("{0} of {1} are filtered").format(len(sealed), len(process.threads))
            holds = len(sealed) == len(process.threads)
            self._column.addWidget(Row(self._look, self.tr("Threads"), said, holds=holds))

    def _show_telemetry(self, proof: Proof) -> None:
        self._column.addSpacing(8)
        self._say(self.tr("Usage data that the runtime could collect"), "name")
        if not proof.telemetry:
            none = self.tr("There is none: its folder does not exist.")
            self._column.addWidget(Row(self._look, none, holds=True))
        for file in proof.telemetry:
            said = (
                self.tr("written since Tacit was started")
                if file.is_ours
                else self.tr("written by another program, before Tacit was started")
            )
            self._column.addWidget(Row(self._look, file.path, said, holds=not file.is_ours))

    def _show_checks(self, checks: tuple[OutsideCheck, ...]) -> None:
        if not checks:
            return
        self._column.addSpacing(8)
        self._say(self.tr("For a sceptic: in a terminal, while Tacit runs"), "name")
        for check in checks:
            line = CommandLine(self._look, check.command)
            self.stops += [line.field, line.copy]
            self._column.addWidget(line)
            self._say(check.shows, "meta")

    def _say(self, words: str, role: str) -> None:
        self._column.addWidget(_copyable(words, role))


class Row(QWidget):
    """Something that holds or does not: a mark, a name, and what there is to say about it."""

    def __init__(
        self,
        look: Appearance,
        name: str,
        said: str = "",
        *,
        holds: bool,
        is_verdict: bool = False,
    ) -> None:
        super().__init__()
        self._look = look
        self.holds = holds
        picture = label("")
        good = "shield-check" if is_verdict else "circle-check"
        icon, colour = (good, "accent") if holds else ("circle-alert", "error")
        look.set_picture(picture, icon, colour, 20 if is_verdict else _MARK)
        role = "" if holds else "broken"
        if is_verdict:
            role = "heading" if holds else "failed"
        self._words = QHBoxLayout()
        self._words.setSpacing(0)
        self._words.addWidget(_copyable(_capital(name), role), 3)
        if said:
            self._words.addWidget(_copyable(said, "meta" if holds else "refused"), 2)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        row.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(self._words, 1)
        self.setAccessibleName(_capital(f"{name}: {said}" if said else name))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is little room, what is said goes under the name."""
        super().resizeEvent(event)
        way = QBoxLayout.Direction
        is_narrow = self.width() < self._look.scaled(_NARROW)
        self._words.setDirection(way.TopToBottom if is_narrow else way.LeftToRight)


class AttemptRow(Row):
    """One attempt and the answer, with a word of its own."""

    def __init__(self, look: Appearance, attempt: Attempt) -> None:
        said = (
            self.tr("Refused: {0}").format(attempt.said)
            if attempt.holds
            else self.tr("NOT refused: {0}. Expected: {1}").format(attempt.said, attempt.expected)
        )
        super().__init__(look, attempt.name, said, holds=attempt.holds)


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


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _copyable(words: str, role: str = "") -> QLabel:
    return label(words, role, wrap=True, selectable=True)
