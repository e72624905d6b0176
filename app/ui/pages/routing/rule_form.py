"""The card on which one rule is written: when it holds, who answers then, and why."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCompleter, QFrame, QLineEdit, QVBoxLayout, QWidget

from app.core.cloud import LOCAL
from app.core.errors import AppError
from app.router.rules import Condition, Rule
from app.router.rules_edit import Objection, Part
from app.ui.appearance import Appearance
from app.ui.pages.routing.condition_fields import ConditionFields
from app.ui.pages.routing.providers import Known, answerer, offer, offer_providers, when
from app.ui.widgets.buttons import push
from app.ui.widgets.choice import Choice
from app.ui.widgets.field_row import FieldRow
from app.ui.widgets.flow import Flow
from app.ui.widgets.labels import label
from app.ui.widgets.page import card_column

_WIDTH = 280


class RuleForm(QFrame):
    """Writes `rule`, or a new one where that is None; what is refused is said beside its field.

    Signals:
        save_wanted: it is to be kept.
        cancelled: it is not.
        rearranged: other fields are there now.
    """

    save_wanted = Signal()
    cancelled = Signal()
    rearranged = Signal()

    def __init__(self, look: Appearance, rule: Rule | None, known: Known) -> None:
        super().__init__()
        self.rule = rule
        self._look = look
        self._known = known
        self._begun = rule or Rule(condition=Condition(), provider=LOCAL)
        self.setAccessibleName(self.tr("New rule") if rule is None else self.tr("Change the rule"))
        self._make_fields()
        self._lay_out()
        self._show_rule(self._begun)
        self.when.edited.connect(self._on_edited)
        self.provider.activated.connect(self._on_provider)
        self.local_model.activated.connect(self._on_edited)
        self.model.textEdited.connect(self._on_edited)
        self._on_edited()

    @property
    def is_changed(self) -> bool:
        """Whether anything would be lost."""
        return self.made() != self._begun

    def show_known(self, known: Known) -> None:
        """Other providers and models; what is chosen stays."""
        self._known = known
        provider, model = self._provider, self._model
        offer_providers(self.provider, known, provider)
        self._offer_models(provider, model)

    def show_folders(self, folders: Sequence[str]) -> None:
        """The folders that a rule may be for."""
        self.when.show_folders(folders)

    def made(self, *, refuse: bool = False) -> Rule | None:
        """What is written here; None where a field holds nothing that makes sense.

        With `refuse` that is said beside the field.
        """
        condition = self.when.condition(refuse=refuse)
        if condition is None:
            return None
        reason = self.reason.text()
        return Rule(
            condition=condition,
            provider=self._provider,
            model=self._model,
            reason=reason if reason == self._begun.reason else reason.strip(),
            line=self._begun.line,
        )

    def refuse(self, objections: Sequence[Objection]) -> None:
        """Say beside the fields what speaks against it."""
        for objection in reversed(objections):
            row = self._row_of(objection.part)
            if row is None:
                self.contradiction.setText(objection.sentence)
                self.contradiction.show()
            else:
                row.refuse(objection.sentence)

    def go_to_refusal(self) -> QWidget:
        """Have the keyboard in the first field that was refused; returns what says so."""
        rows = (*self.when.rows.values(), self._provider_row, self._model_row, self._reason_row)
        refused = next((row for row in rows if row.refusal), None)
        if refused is None:
            self.begin()
            return self.contradiction
        refused.field.setFocus(Qt.FocusReason.OtherFocusReason)
        return refused

    def fail(self, error: AppError) -> None:
        """Say why it was not kept; what was written stays."""
        self.failure.setText(error.sentence)
        self.failure.show()
        self.set_busy(busy=False)

    def clear_refusals(self) -> None:
        """Forget what was refused before."""
        self.when.clear_refusals()
        for row in (self._provider_row, self._model_row, self._reason_row):
            row.refuse("")
        self.contradiction.hide()
        self.failure.hide()

    def set_busy(self, *, busy: bool) -> None:
        """It is being kept."""
        self.save.setEnabled(not busy)

    def begin(self) -> None:
        """Have the keyboard in the first field."""
        self.when.rows["privacy"].field.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape closes the form before the page."""
        if event.key() == Qt.Key.Key_Escape:
            self.cancelled.emit()
        else:
            super().keyPressEvent(event)

    # The fields ---------------------------------------------------------------------------

    def _make_fields(self) -> None:
        look = self._look
        self.when = ConditionFields(look)
        self.provider = Choice(look)
        self.local_model = Choice(look)
        self.local_model.setAccessibleName(self.tr("Model of this computer"))
        self.model = QLineEdit()
        self.model.setAccessibleName(self.tr("Model of the provider"))
        self.model.setPlaceholderText(self.tr("As its settings say"))
        self.reason = QLineEdit()
        self.reason.setPlaceholderText(self.tr("For example: Long texts need a large model."))
        for line in (self.model, self.reason):
            line.returnPressed.connect(self.save_wanted)
        self._provider_row = FieldRow(look, self.tr("Who answers"), "", self.provider, width=_WIDTH)
        help_text = self.tr("Among those on this computer.")
        self._local_row = FieldRow(look, self.tr("Model"), help_text, self.local_model, wide=True)
        help_text = self.tr("As the provider writes its name.")
        self._away_row = FieldRow(look, self.tr("Model"), help_text, self.model, wide=True)
        help_text = self.tr("A sentence that you will read when this rule decides.")
        self._reason_row = FieldRow(look, self.tr("Reason"), help_text, self.reason, wide=True)

    def _lay_out(self) -> None:
        look = self._look
        self.summary = label("", "second", wrap=True)
        self.contradiction = label("", "refused", wrap=True)
        self.failure = label("", "refused", wrap=True)
        self.save = push(look, self.tr("Save rule"), "primary")
        self.save.clicked.connect(self.save_wanted)
        self.cancel = push(look, self.tr("Cancel"))
        self.cancel.clicked.connect(self.cancelled)
        column: QVBoxLayout = card_column(self)
        words = self.tr("New rule") if self.rule is None else self.tr("Change the rule")
        self.title = label(words, "heading")
        column.addWidget(self.title)
        column.addWidget(self.summary)
        column.addWidget(self.contradiction)
        column.addWidget(label(self.tr("It holds where all of this is so"), "name", wrap=True))
        column.addWidget(self.when)
        column.addSpacing(6)
        column.addWidget(label(self.tr("Then"), "name"))
        for row in (self._provider_row, self._local_row, self._away_row, self._reason_row):
            column.addWidget(row)
        column.addWidget(self.failure)
        buttons = Flow()
        buttons.addWidget(self.save)
        buttons.addWidget(self.cancel)
        column.addLayout(buttons)
        self.contradiction.hide()
        self.failure.hide()

    def _show_rule(self, rule: Rule) -> None:
        self.when.show_condition(rule.condition)
        offer_providers(self.provider, self._known, rule.provider)
        self._offer_models(rule.provider, rule.model)
        self.reason.setText(rule.reason)

    def _offer_models(self, provider: str, model: str) -> None:
        """Offer the models of this computer and those of `provider`, with `model` chosen."""
        self._offered_for = provider
        is_local = provider == LOCAL
        values = [("", self.tr("The usual one")), *(self._known.models or {}).items()]
        here = model if is_local else ""
        if self._known.is_missing(LOCAL, here):
            values.append((here, self.tr("{0} (not on this computer)").format(here)))
        offer(self.local_model, values, here)
        self.model.setText("" if is_local else model)
        completer = QCompleter(list(self._known.models_of(provider)), self.model)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        if (popup := completer.popup()) is not None:
            popup.setAccessibleName(self.tr("Models of the provider"))
        self.model.setCompleter(completer)

    def _on_provider(self) -> None:
        """What one provider calls its model is none of another."""
        if self._provider != self._offered_for:
            self._offer_models(self._provider, "")
        self._on_edited()
        self.rearranged.emit()

    def _on_edited(self) -> None:
        is_local = self._provider == LOCAL
        self._local_row.setVisible(is_local)
        self._away_row.setVisible(not is_local)
        made = self.made()
        if made is None:
            self.summary.setText(self.tr("A number is missing or wrong."))
        else:
            who = answerer(made.provider, made.model, self._known)
            self.summary.setText(self.tr("{0}: {1}.").format(when(made.condition), who))

    @property
    def _provider(self) -> str:
        return str(self.provider.currentData())

    @property
    def _model(self) -> str:
        if self._provider == LOCAL:
            return str(self.local_model.currentData() or "")
        return self.model.text().strip()

    @property
    def _model_row(self) -> FieldRow:
        return self._local_row if self._provider == LOCAL else self._away_row

    def _row_of(self, part: Part) -> FieldRow | None:
        return {
            Part.LENGTH: self.when.rows["prompt_tokens_below"],
            Part.FOLDER: self.when.rows["folder"],
            Part.PROVIDER: self._provider_row,
            Part.MODEL: self._model_row,
            Part.REASON: self._reason_row,
        }.get(part)
