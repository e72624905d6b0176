"""The rules file as text: its lines with their mistakes, and what may be done with all of it."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.router.rules import Rules
from app.router.rules_file import Reading, read
from app.ui.appearance import Appearance
from app.ui.pages.routing.controller import RulesView
from app.ui.pages.routing.editor import RulesEditor
from app.ui.widgets.buttons import push
from app.ui.widgets.flow import Flow
from app.ui.widgets.labels import label
from app.ui.widgets.page import card_column, empty

_CHECK_AFTER_MS = 300
_EDITOR_HEIGHT = 320
_MOST_PROBLEMS = 8


class TextCard(QFrame):
    """Checks while one types; what is written here is not in force before it is saved.

    Signals:
        save_wanted: put what is written in force.
        import_wanted, export_wanted: from another file, or to one.
        checked: other rules are written here, or other mistakes.
        rearranged: other controls are there now.
    """

    save_wanted = Signal()
    import_wanted = Signal()
    export_wanted = Signal()
    checked = Signal()
    rearranged = Signal()

    def __init__(self, look: Appearance) -> None:
        super().__init__()
        self._look = look
        self._view = RulesView("", "")
        self._plain = ""
        self.reading = Reading(Rules())
        self.editor = RulesEditor(look)
        self.editor.setMinimumHeight(_EDITOR_HEIGHT)
        self.problems = QVBoxLayout()
        self.problems.setSpacing(2)
        self.save = push(look, self.tr("Save and use"), "primary")
        self.revert = push(look, self.tr("Revert"))
        self.load = push(look, self.tr("Import..."))
        self.export = push(look, self.tr("Export..."))
        self.save.clicked.connect(self.save_wanted)
        self.revert.clicked.connect(self.show_saved)
        self.load.clicked.connect(self.import_wanted)
        self.export.clicked.connect(self.export_wanted)
        column = card_column(self)
        column.addWidget(label(self.tr("The rules file"), "heading"))
        column.addWidget(self.editor)
        column.addLayout(self.problems)
        row = Flow()
        for button in (self.save, self.revert, self.load, self.export):
            row.addWidget(button)
        column.addLayout(row)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_CHECK_AFTER_MS)
        self._timer.timeout.connect(self.check)
        self.editor.textChanged.connect(self._on_typed)

    @property
    def saved(self) -> str:
        """The file as it was read last."""
        return self._view.text

    @property
    def text(self) -> str:
        """What is written here; Qt's own characters count as no change."""
        plain = self.editor.toPlainText()
        return self._view.text if plain == self._plain else plain

    @property
    def is_changed(self) -> bool:
        """Whether what is written here is not in force."""
        return self.text != self._view.text

    def show_view(self, view: RulesView) -> None:
        """Show the file as it lies there; what is being written meanwhile stays."""
        if self.is_changed and self.text != view.text:
            self._view = view
            self.check()
        else:
            self.take_view(view)

    def take_view(self, view: RulesView) -> None:
        """Show the file as it lies there, whatever is written here."""
        self._view = view
        self.show_saved()

    def show_saved(self) -> None:
        """Forget what is written here."""
        if self.editor.toPlainText() != self._view.text:
            self.editor.setPlainText(self._view.text)
        self._plain = self.editor.toPlainText()
        self.check()

    def write(self, text: str) -> None:
        """Put a text into the field, as if it were typed."""
        self.editor.setPlainText(text)
        self.check()

    def check(self) -> None:
        """Mark the lines that hold mistakes, and say what they are."""
        self._timer.stop()
        text = self.text
        name = self._view.name
        self.reading = read(text, name) if text.strip() else Reading(Rules())
        problems = self.reading.problems
        self.editor.mark(problem.line for problem in problems)
        empty(self.problems)
        for problem in problems[:_MOST_PROBLEMS]:
            button = push(self._look, problem.sentence, "link")
            button.clicked.connect(lambda _=False, line=problem.line: self.editor.go_to(line))
            self.problems.addWidget(_Line(button, problem.sentence))
        self.save.setEnabled(self.is_changed and not problems)
        self.revert.setEnabled(self.is_changed)
        self.export.setEnabled(bool(self._view.text))
        self.checked.emit()
        if problems:
            self.rearranged.emit()

    def _on_typed(self) -> None:
        self.revert.setEnabled(self.is_changed)
        self._timer.start()


class _Line(QWidget):
    """A mistake in words that wrap, with a button that goes to its line."""

    def __init__(self, button: QPushButton, sentence: str) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        where, _, what = sentence.partition(": ")
        button.setText(where)
        button.setAccessibleName(sentence)
        row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        words = label(what, "refused", wrap=True, selectable=True)
        words.setContentsMargins(0, 4, 0, 0)
        row.addWidget(words, 1)
