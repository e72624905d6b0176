"""The page of the rules: what they say, who would answer a question, and the file itself."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.core.errors import AppError
from app.router.rules import Rules
from app.router.rules_file import Reading, read
from app.router.situation import AUTO, MarkedBy, Need, Situation
from app.router.words import in_words
from app.ui.appearance import Appearance
from app.ui.pages.routing.controller import Decision, RoutingController, RulesView
from app.ui.pages.routing.editor import RulesEditor
from app.ui.widgets.buttons import push
from app.ui.widgets.choice import Choice
from app.ui.widgets.flow import Flow
from app.ui.widgets.labels import label
from app.ui.widgets.page import Page, card, empty
from app.ui.widgets.strip import Strip

_CHECK_AFTER_MS = 300
_EDITOR_HEIGHT = 320
_MOST_PROBLEMS = 8
EXAMPLE = """\
{
  "defaultProvider": "onnx",
  "fallbackChain": ["onnx"],
  "providers": {
    "onnx": { "temperature": 0.3 }
  },
  "routing": {
    "rules": [
      {
        "condition": { "privacy": "high" },
        "action": { "provider": "onnx" },
        "reason": "What is highly private is answered on this computer."
      }
    ]
  }
}
"""


class RulesPage(Page):
    """Checks while one types; nothing is in force before it is saved, and nothing wrong is."""

    def __init__(self, look: Appearance, routing: RoutingController) -> None:
        super().__init__(look, self.tr("Routing"))
        self._routing = routing
        self._saved = ""
        self.strip = Strip(look)
        self.column.addWidget(self.strip)
        self.column.addWidget(self._rules_card())
        self.column.addWidget(self._trial_card())
        self.column.addWidget(self._editor_card())
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_CHECK_AFTER_MS)
        self._timer.timeout.connect(self.check)
        self.editor.textChanged.connect(self._timer.start)
        routing.rules_loaded.connect(self.show_rules)
        routing.explained.connect(self.show_decision)
        routing.done.connect(lambda words: self.strip.say(words, "plain", seconds=6))
        routing.failed.connect(self._on_failed)

    def on_shown(self) -> None:
        """Read the file again, unless something is being written."""
        super().on_shown()
        if self.editor.toPlainText() == self._saved:
            self._routing.load_rules()

    # The rules in force -------------------------------------------------------------------

    def _rules_card(self) -> QFrame:
        frame, column = card()
        column.addWidget(label(self.tr("Rules in force"), "heading"))
        column.addWidget(
            label(
                self.tr(
                    "The first rule that applies decides. Confidential chats, and everything you "
                    "did not switch on, stay on this computer whatever stands here."
                ),
                "second",
                wrap=True,
            )
        )
        self.warning = label("", "caution", wrap=True)
        self.warning.hide()
        column.addWidget(self.warning)
        self.table = QVBoxLayout()
        self.table.setSpacing(6)
        column.addLayout(self.table)
        return frame

    def show_rules(self, view: RulesView) -> None:
        """Show the file as it lies there; what is being written meanwhile stays."""
        is_writing = self.editor.toPlainText() not in {self._saved, view.text}
        self._saved = view.text
        if not is_writing:
            self.editor.setPlainText(view.text)
        reading = read(view.text, view.name) if view.text.strip() else Reading(Rules())
        self.check()
        empty(self.table)
        rules = reading.rules
        if rules is None:
            sentence = self.tr(
                "The rules file has mistakes, so it is not used: this computer answers."
            )
            self.table.addWidget(label(sentence, "refused", wrap=True))
            return
        self._warn(rules)
        for number, rule in enumerate(rules.rules, 1):
            model = f" ({rule.model})" if rule.model else ""
            words = self.tr("{0}. When {1}: {2}{3}").format(
                number, in_words(rule.condition), rule.provider, model
            )
            self._row(words, rule.reason)
        default = self.tr("Otherwise: {0}").format(rules.default_provider)
        chain = ", ".join(rules.fallback_chain) or self.tr("nobody")
        self._row(default, self.tr("Instead, where fall-back is switched on: {0}").format(chain))

    def _row(self, words: str, reason: str) -> None:
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 2, 0, 2)
        column.setSpacing(1)
        column.addWidget(label(words, "name", wrap=True, selectable=True))
        column.addWidget(label(reason, "meta", wrap=True, selectable=True))
        self.table.addWidget(holder)

    def _warn(self, rules: Rules) -> None:
        clouds = ", ".join(rules.named_clouds)
        self.warning.setText(
            self.tr(
                "These rules name {0}. That switches nothing on: nothing leaves this computer "
                "until you allow it."
            ).format(clouds)
        )
        self.warning.setVisible(bool(clouds))

    # Trying a question --------------------------------------------------------------------

    def _trial_card(self) -> QFrame:
        frame, column = card()
        column.addWidget(label(self.tr("Try a question"), "heading"))
        self.prompt = QLineEdit()
        self.prompt.setPlaceholderText(self.tr("Write a question. Nobody is asked."))
        self.prompt.setAccessibleName(self.tr("Question to try"))
        self.prompt.returnPressed.connect(self.explain)
        column.addWidget(self.prompt)
        self.privacy = self._choice(
            self.tr("Privacy"),
            (
                (Need.NONE, self.tr("Privacy not said")),
                (Need.LOW, self.tr("Low privacy")),
                (Need.MEDIUM, self.tr("Medium privacy")),
                (Need.HIGH, self.tr("High privacy")),
            ),
        )
        self.place = self._choice(
            self.tr("Place"), ((False, self.tr("Anywhere")), (True, self.tr("Local only")))
        )
        self.marked = self._choice(
            self.tr("Mark"),
            ((MarkedBy.NOTHING, self.tr("Not marked")), (MarkedBy.CHAT, self.tr("Confidential"))),
        )
        self.why = push(self.look, self.tr("Explain"), "primary")
        self.why.clicked.connect(self.explain)
        row = Flow()
        for part in (self.privacy, self.place, self.marked, self.why):
            row.addWidget(part)
        column.addLayout(row)
        self.answer = label("", "name", wrap=True, selectable=True)
        self.steps = label("", "second", wrap=True, selectable=True)
        self.notices = label("", "caution", wrap=True, selectable=True)
        for words, name in (
            (self.answer, self.tr("Who would answer")),
            (self.steps, self.tr("Why")),
            (self.notices, self.tr("Remarks")),
        ):
            words.setAccessibleName(name)
            words.hide()
            column.addWidget(words)
        return frame

    def _choice(self, name: str, choices: tuple[tuple[object, str], ...]) -> Choice:
        choice = Choice(self.look)
        choice.setAccessibleName(name)
        for value, words in choices:
            choice.addItem(words, value)
        return choice

    def explain(self) -> None:
        """Say who would answer what stands in the field."""
        situation = Situation(
            provider=AUTO,
            # Qt hands out plain texts and numbers.
            privacy=Need(self.privacy.currentData()),
            local_only=bool(self.place.currentData()),
            marked=MarkedBy(self.marked.currentData()),
        )
        self._routing.explain(self.prompt.text(), situation)

    def show_decision(self, decision: Decision) -> None:
        """Show who would answer and every step to it."""
        if decision.problem is not None:
            self.answer.setText(decision.problem.sentence)
        else:
            model = self.tr(" with {0}").format(decision.model) if decision.model else ""
            place = self.tr("on this computer") if decision.is_local else self.tr("in the cloud")
            self.answer.setText(
                self.tr("{0} answers{1}, {2}.").format(decision.provider, model, place)
            )
        lines = [f"{number}. {step}" for number, step in enumerate(decision.trail, 1)]
        self.steps.setText("\n".join(lines))
        self.notices.setText("\n".join(decision.notices))
        self.answer.show()
        self.steps.show()
        self.notices.setVisible(bool(decision.notices))

    # The file -----------------------------------------------------------------------------

    def _editor_card(self) -> QFrame:
        frame, column = card()
        column.addWidget(label(self.tr("The rules file"), "heading"))
        self.editor = RulesEditor(self.look)
        self.editor.setMinimumHeight(_EDITOR_HEIGHT)
        column.addWidget(self.editor)
        self.problems = QVBoxLayout()
        self.problems.setSpacing(2)
        column.addLayout(self.problems)
        self.save = push(self.look, self.tr("Save and use"), "primary")
        self.revert = push(self.look, self.tr("Revert"))
        self.example = push(self.look, self.tr("Begin with an example"))
        self.load = push(self.look, self.tr("Import..."))
        self.export = push(self.look, self.tr("Export..."))
        self.save.clicked.connect(lambda: self._routing.save_rules(self.editor.toPlainText()))
        self.revert.clicked.connect(lambda: self.editor.setPlainText(self._saved))
        self.example.clicked.connect(lambda: self.editor.setPlainText(EXAMPLE))
        self.load.clicked.connect(self._import)
        self.export.clicked.connect(self._export)
        row = Flow()
        for button in (self.save, self.revert, self.example, self.load, self.export):
            row.addWidget(button)
        column.addLayout(row)
        return frame

    def check(self) -> None:
        """Mark the lines that hold mistakes, and say what they are."""
        text = self.editor.toPlainText()
        problems = read(text).problems if text.strip() else ()
        self.editor.mark(problem.line for problem in problems)
        empty(self.problems)
        for problem in problems[:_MOST_PROBLEMS]:
            button = push(self.look, problem.sentence, "link")
            button.setProperty("state", "error")
            button.clicked.connect(lambda _=False, line=problem.line: self.editor.go_to(line))
            self.problems.addWidget(_Line(button, problem.sentence))
        is_new = text != self._saved
        self.save.setEnabled(is_new and not problems)
        self.revert.setEnabled(is_new)
        self.example.setVisible(not text.strip())
        self.export.setEnabled(bool(self._saved))

    def _on_failed(self, error: AppError) -> None:
        self.strip.fail(error)
        self.area.ensureWidgetVisible(self.strip)

    def _import(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, self.tr("Import rules"), "", "JSON (*.json)")
        if name:
            self._routing.read_text(Path(name), self.editor.setPlainText)

    def _export(self) -> None:
        name, _ = QFileDialog.getSaveFileName(
            self, self.tr("Export rules"), "router.config.json", "JSON (*.json)"
        )
        if name:
            self._routing.write_text(Path(name), self._saved)


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
