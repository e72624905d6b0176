"""The page on which two models answer one question beside each other."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from app.models.library import InstalledModel
from app.ui.appearance import Appearance
from app.ui.pages.compare.controller import CompareController, Side
from app.ui.pages.model.naming import told_apart
from app.ui.status.figures import device_name, seconds
from app.ui.widgets.answer_text import AnswerText
from app.ui.widgets.buttons import push
from app.ui.widgets.choice import Choice
from app.ui.widgets.flow import Flow
from app.ui.widgets.labels import ElidedLabel, label
from app.ui.widgets.page import Page, card, card_column
from app.ui.widgets.strip import Strip
from app.ui.widgets.switch import Switch

_NARROW = 560
_QUESTION_HIGH = 76


class SideCard(QFrame):
    """One answer with its figures."""

    def __init__(self, look: Appearance, name: str) -> None:
        super().__init__()
        self.name = ElidedLabel("", "heading")
        self.text = AnswerText(look)
        self.text.name(name)
        self.doing = label("", "second", wrap=True)
        self.problem = label("", "refused", wrap=True)
        self.figures = label("", "meta", wrap=True)
        column = card_column(self)
        for widget in (self.name, self.doing, self.text, self.problem, self.figures):
            column.addWidget(widget)
        column.addStretch(1)

    def show_side(self, side: Side, name: str) -> None:
        """Show how far the answer is."""
        self.name.setText(name)
        for shown, words in (
            (self.doing, side.doing),
            (self.problem, side.problem.sentence if side.problem is not None else ""),
            (self.figures, self._figures(side)),
        ):
            shown.setText(words)
            shown.setVisible(bool(words))
        if side.text or self.text.text:
            self.text.show_text(side.text, is_open=not side.is_over)

    def _figures(self, side: Side) -> str:
        use = side.usage
        if use is None:
            return ""
        facts = [
            self.tr("{0} tokens").format(use.completion_tokens),
            self.tr("{0:.1f} a second").format(use.decode_tokens_per_s),
            self.tr("first after {0}").format(seconds(use.first_token_s)),
        ]
        if use.load_s:
            facts.append(self.tr("loaded in {0}").format(seconds(use.load_s)))
        return " - ".join([*facts, device_name(side.device)])


class ComparePage(Page):
    """Asks what its controller should ask, and shows what came of it."""

    def __init__(self, look: Appearance, compare: CompareController) -> None:
        super().__init__(look, self.tr("Compare two models"))
        self._compare = compare
        self._names: dict[str, str] = {}
        self.strip = Strip(look)
        self.choices = (self._choice(self.tr("First model")), self._choice(self.tr("Second model")))
        self.question = QPlainTextEdit()
        self.question.setProperty("role", "field")
        self.question.setPlaceholderText(self.tr("A question for both"))
        self.question.setAccessibleName(self.tr("A question for both"))
        self.question.setTabChangesFocus(True)
        self.question.setFixedHeight(look.scaled(_QUESTION_HIGH))
        self.one_by_one = Switch(look)
        self.one_by_one.setAccessibleName(self.tr("One after the other"))
        self.ask = push(look, self.tr("Ask both"), "primary")
        self.ask.clicked.connect(self._ask)
        self.stop = push(look, self.tr("Stop"))
        self.stop.clicked.connect(compare.stop)
        self.sentence = label("", "second", wrap=True)
        self.sides = (
            SideCard(look, self.tr("Answer of the first model")),
            SideCard(look, self.tr("Answer of the second model")),
        )
        self._beside = QHBoxLayout()
        self._lay_out()
        compare.changed.connect(self._show)
        self._show()

    def show_models(self, models: Sequence[InstalledModel]) -> None:
        """Offer the models that can be used; what was chosen stays."""
        usable = [model for model in models if model.problem is None]
        self._names = told_apart(usable)
        for place, choice in enumerate(self.choices):
            chosen = choice.currentData()
            with QSignalBlocker(choice):
                choice.clear()
                for model in usable:
                    choice.addItem(self._names[model.id], model.id)
                known = choice.findData(chosen)
                choice.setCurrentIndex(known if known >= 0 else min(place, len(usable) - 1))
        self._show()

    def choose_first(self, model_id: str) -> None:
        """Put this model at the left, and another one at the right."""
        first, second = self.choices
        first.setCurrentIndex(max(0, first.findData(model_id)))
        if second.currentData() == model_id:
            second.setCurrentIndex((second.currentIndex() + 1) % max(1, second.count()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Under each other where there is little room."""
        super().resizeEvent(event)
        way = QBoxLayout.Direction
        is_narrow = self.width() < self.look.scaled(_NARROW)
        self._beside.setDirection(way.TopToBottom if is_narrow else way.LeftToRight)

    def _choice(self, name: str) -> Choice:
        choice = Choice(self.look)
        choice.setAccessibleName(name)
        choice.setMinimumWidth(80)
        choice.currentIndexChanged.connect(self._show)
        return choice

    def _lay_out(self) -> None:
        frame, column = card()
        row = QHBoxLayout()
        row.setSpacing(12)
        for choice in self.choices:
            row.addWidget(choice, 1)
        column.addLayout(row)
        column.addWidget(self.question)
        switch = QHBoxLayout()
        switch.addWidget(self.one_by_one)
        words = self.tr("One after the other, so that neither slows the other down")
        switch.addWidget(label(words, wrap=True), 1)
        column.addLayout(switch)
        buttons = Flow()
        for button in (self.ask, self.stop):
            buttons.addWidget(button)
        column.addLayout(buttons)
        self._beside.setSpacing(12)
        for side in self.sides:
            holder = QWidget()
            inside = QVBoxLayout(holder)
            inside.setContentsMargins(0, 0, 0, 0)
            inside.addWidget(side)
            self._beside.addWidget(holder, 1, Qt.AlignmentFlag.AlignTop)
        for widget in (frame, self.strip, self.sentence):
            self.column.addWidget(widget)
        self.column.addLayout(self._beside)

    def _ask(self) -> None:
        first, second = (choice.currentData() for choice in self.choices)
        question = self.question.toPlainText()
        if not question.strip():
            self.question.setFocus()
            return
        self.strip.clear()
        self._compare.ask((first, second), question, one_by_one=self.one_by_one.isChecked())

    def _show(self) -> None:
        compare = self._compare
        is_running = compare.is_running
        had_focus = self.ask.hasFocus() or self.stop.hasFocus()
        self.ask.setVisible(not is_running)
        self.stop.setVisible(is_running)
        if had_focus:
            (self.stop if is_running else self.ask).setFocus()
        pair = [choice.currentData() for choice in self.choices]
        can_ask = None not in pair and pair[0] != pair[1]
        self.ask.setEnabled(can_ask)
        self.sentence.setText(compare.sentence or self._advice(can_ask=can_ask))
        self.sentence.setVisible(bool(self.sentence.text()))
        if compare.problem is not None:
            self.strip.fail(compare.problem)
        for shown, side in zip(self.sides, compare.sides, strict=True):
            shown.setVisible(bool(side.model_id))
            shown.show_side(side, self._names.get(side.model_id, side.model_id))

    def _advice(self, *, can_ask: bool) -> str:
        if can_ask:
            return ""
        if len(self._names) < 2:
            return self.tr("It takes two models that can be used. Bring another one in first.")
        return self.tr("Choose two different models.")
