"""The page of the rules: as a list in plain words, as the text of their file, and a trial."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QWidget

from app.core.errors import AppError
from app.models.library import InstalledModel
from app.router import rules_edit
from app.router.rules import Rule, Rules
from app.store.values import Folder
from app.ui.appearance import Appearance
from app.ui.pages.routing.controller import (
    Decision,
    Offered,
    RoutingController,
    RulesView,
    Saved,
)
from app.ui.pages.routing.providers import Known, provider_name
from app.ui.pages.routing.rest_card import RestCard
from app.ui.pages.routing.rule_writing import RuleWriting
from app.ui.pages.routing.rules_list import RulesList
from app.ui.pages.routing.text_card import TextCard
from app.ui.pages.routing.trial_card import TrialCard
from app.ui.widgets.labels import label
from app.ui.widgets.page import Page
from app.ui.widgets.segments import Segments
from app.ui.widgets.strip import UNDO_SECONDS, Strip
from app.ui.widgets.tab_order import visit_in_order

RULES, TEXT = "rules", "text"
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
    """The text is the one truth: the list shows it, and writes every change into it."""

    def __init__(self, look: Appearance, routing: RoutingController) -> None:
        super().__init__(look, self.tr("Routing"))
        self._routing = routing
        self._known = Known()
        self._folders: tuple[str, ...] = ()
        self._is_saving = False
        self._written = ""
        self._focus: tuple[int, str] | None = None
        self._make_parts()
        self._lay_out()
        self._ordering = QTimer(self)
        self._ordering.setSingleShot(True)
        self._ordering.timeout.connect(self._order)
        self._connect_parts()
        routing.rules_loaded.connect(self.show_rules)
        routing.rules_saved.connect(self._on_saved)
        routing.rules_refused.connect(self._on_refused)
        routing.offered.connect(self._show_offered)
        routing.explained.connect(self.show_decision)
        routing.done.connect(lambda words: self.strip.say(words, "plain", seconds=6))
        routing.failed.connect(self.strip.fail)
        self._show_side(RULES)

    def on_shown(self) -> None:
        """Read the file again, unless something is being written."""
        super().on_shown()
        self._routing.load_offers()
        if self.list.form is None and not self.text.is_changed:
            self._routing.load_rules()

    def show_models(self, models: Sequence[InstalledModel]) -> None:
        """The models of this computer."""
        self._show_known(replace(self._known, models={one.id: one.name for one in models}))

    def show_folders(self, folders: Sequence[Folder]) -> None:
        """The folders that a rule may be for."""
        self._folders = tuple(dict.fromkeys(folder.name for folder in folders))
        self.trial.show_folders(self._folders)
        if self.list.form is not None:
            self.list.form.show_folders(self._folders)

    # What the page is made of -------------------------------------------------------------

    def _make_parts(self) -> None:
        self.strip = Strip(self.look)
        self.segments = Segments(
            self.look, self.tr("Show as"), ((RULES, self.tr("Rules")), (TEXT, self.tr("Text")))
        )
        self.intro = label(
            self.tr(
                "The first rule that holds decides. Confidential chats, and everything you did "
                "not switch on, stay on this computer whatever stands here."
            ),
            "second",
            wrap=True,
        )
        self.warning = label("", "caution", wrap=True)
        self.draft = Strip(self.look)
        self.list = RulesList(self.look)
        self.rest = RestCard(self.look)
        self.more = label("", "meta", wrap=True)
        self.text = TextCard(self.look)
        self.writing = RuleWriting(self, self.list, self.text, self._save)
        self.trial = TrialCard(self.look)

    def _lay_out(self) -> None:
        self.head.addWidget(self.segments)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.strip, 1000)
        row.addStretch(1)
        self.strip.setMaximumWidth(self.look.theme.column_width)
        self.above.addLayout(row)
        for part in (
            self.intro, self.warning, self.draft, self.list, self.rest, self.more, self.text,
            self.trial,
        ):  # fmt: skip
            self.column.addWidget(part)
        self.warning.hide()

    def _connect_parts(self) -> None:
        self.segments.chosen.connect(self._want_side)
        self.list.example_wanted.connect(self._begin_with_example)
        self.list.delete_wanted.connect(self._delete)
        self.list.move_wanted.connect(self._move)
        self.writing.opened.connect(lambda form: form.show_folders(self._folders))
        self.writing.revealed.connect(self._reveal)
        self.list.focused.connect(self._reveal)
        self.writing.hindered.connect(lambda words: self.strip.say(words, "notice"))
        self.rest.default_wanted.connect(self._set_default)
        self.rest.chain_wanted.connect(self._set_chain)
        self.text.save_wanted.connect(self._save_text)
        self.text.import_wanted.connect(self._import)
        self.text.export_wanted.connect(self._export)
        self.text.checked.connect(self._on_checked)
        self.trial.wanted.connect(self.explain)
        for part in (self.list, self.rest, self.text):
            part.rearranged.connect(self._ordering.start)

    def _order(self) -> None:
        visit_in_order(self)
        self.rearranged.emit()

    def _reveal(self, part: QWidget) -> None:
        """Scroll to what changed; it has its place only after Qt has laid the page out."""
        QTimer.singleShot(0, part, lambda: self.area.ensureWidgetVisible(part))

    # The two sides ------------------------------------------------------------------------

    def _want_side(self, side: str) -> None:
        self.text.check()
        if side == RULES and self.text.reading.rules is None:
            self.segments.show_value(TEXT)
            self.text.editor.go_to(self.text.reading.problems[0].line)
        else:
            self._show_side(side)

    def _show_side(self, side: str) -> None:
        self.segments.show_value(side)
        for part in (self.list, self.rest, self.intro):
            part.setVisible(side == RULES)
        self.text.setVisible(side == TEXT)
        self._show_notes()
        self._ordering.start()

    @property
    def side(self) -> str:
        """Which side is shown."""
        return self.segments.value

    def show_rules(self, view: RulesView) -> None:
        """Show the file as it lies there; one with mistakes as text, at the first of them."""
        self.text.show_view(view)
        problems = self.text.reading.problems
        if problems and self.side == RULES:
            self._show_side(TEXT)
            self.text.editor.reveal(problems[0].line)
        self.explain()

    def _on_checked(self) -> None:
        rules = self.text.reading.rules
        if rules is not None:
            self.list.show_rules(rules, is_empty=not self.text.text.strip())
            self.rest.show_rules(rules)
            if self._focus is not None and not self._is_saving:
                self.list.focus(*self._focus)
        self._show_notes()

    def _show_notes(self) -> None:
        """Say what is not in force, what is only named, and what the list leaves out."""
        rules = self.text.reading.rules or Rules()
        clouds = ", ".join(provider_name(name) for name in rules.named_clouds)
        self.warning.setText(
            self.tr(
                "These rules name {0}. That switches nothing on: nothing leaves this computer "
                "until you allow it."
            ).format(clouds)
        )
        self.warning.setVisible(bool(clouds))
        self.more.setText(
            self.tr(
                "The file also has a model, a device or parameters for: {0}. They stay as they "
                "are, and can be changed in the text."
            ).format(", ".join(provider_name(name) for name in rules.providers))
        )
        self.more.setVisible(self.side == RULES and bool(rules.providers))
        if self.text.reading.problems:
            self.draft.say(
                self.tr("The text has mistakes. Correct the marked lines to show it as rules.")
                if self.text.is_changed
                else self.tr(
                    "The rules file has mistakes, so it is not used: this computer answers."
                ),
                "notice",
            )
        elif self.side == RULES and self.text.is_changed:
            self.draft.say(
                self.tr("What you wrote as text is shown here, and is not in force yet."),
                "notice",
                action=self.tr("Save and use"),
                run=self._save_text,
            )
        else:
            self.draft.clear()

    # Changing the rules -------------------------------------------------------------------

    @property
    def _rules(self) -> tuple[Rule, ...]:
        rules = self.text.reading.rules
        return () if rules is None else rules.rules

    def _delete(self, place: int) -> None:
        words = self.tr("Rule {0} is deleted.").format(place + 1)
        self._save(rules_edit.without_rule(self.text.text, place), words, (place, "delete"))

    def _move(self, place: int, to: int) -> None:
        if why := rules_edit.why_not_moved(self._rules, place, to):
            self.strip.say(why, "notice")
            return
        text = rules_edit.with_rule_moved(self.text.text, place, to)
        words = self.tr("Rule {0} is rule {1} now.").format(place + 1, to + 1)
        self._save(text, words, (to, "up" if to < place else "down"))

    def _set_default(self, provider: str) -> None:
        text = rules_edit.with_default(self.text.text, provider)
        words = self.tr("{0} answers where no rule holds.").format(provider_name(provider))
        self._save(text, words)

    def _set_chain(self, chain: tuple[str, ...]) -> None:
        text = rules_edit.with_chain(self.text.text, chain)
        self._save(text, self.tr("Who is asked instead is changed."))

    def _begin_with_example(self) -> None:
        self.text.write(EXAMPLE)

    def _save_text(self) -> None:
        text = self.text.text
        words = self.tr("The rules are in force.") if text.strip() else self.tr("No rules now.")
        self._save(text, words)

    def _save(self, text: str, words: str, focus: tuple[int, str] | None = None) -> bool:
        """Put `text` in force; `focus` says where the keyboard goes then.

        False where something else is being saved.
        """
        if self._is_saving:
            return False
        self._is_saving = True
        self._focus = focus
        self._written = self.text.text
        self._routing.save_rules(self.text.saved, text, words)
        return True

    def _on_saved(self, saved: Saved) -> None:
        self._is_saving = False
        self.writing.end_saving()
        if self.text.text == self._written:
            self.text.take_view(saved.view)
        else:
            self.text.show_view(saved.view)
        self._focus = None
        self.strip.say(
            saved.words,
            action=self.tr("Undo"),
            run=lambda: self._save(saved.before, self.tr("It is as it was before.")),
            seconds=UNDO_SECONDS,
        )
        self.explain()

    def _on_refused(self, error: AppError) -> None:
        self._is_saving = False
        self._focus = None
        if not self.writing.fail(error):
            self.strip.fail(error)
        self._routing.load_rules()

    # Trying a question --------------------------------------------------------------------

    def explain(self) -> None:
        """Say who would answer in the situation that is chosen."""
        trial = self.trial
        self._routing.explain(trial.prompt.text(), trial.situation, cloud=trial.cloud)

    def show_decision(self, decision: Decision) -> None:
        """Show who would answer, and which rule it is that decides."""
        self.trial.show_decision(decision)
        self.list.show_deciding(decision.rule)

    def _show_offered(self, offered: tuple[Offered, ...]) -> None:
        self._show_known(replace(self._known, services=offered))

    def _show_known(self, known: Known) -> None:
        if known == self._known:
            return
        self._known = known
        for part in (self.list, self.rest, self.trial):
            part.show_known(known)

    # Other files --------------------------------------------------------------------------

    def _import(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, self.tr("Import rules"), "", "JSON (*.json)")
        if name:
            self._routing.read_text(Path(name), self.text.write)

    def _export(self) -> None:
        name, _ = QFileDialog.getSaveFileName(
            self, self.tr("Export rules"), "router.config.json", "JSON (*.json)"
        )
        if name:
            self._routing.write_text(Path(name), self.text.saved)
