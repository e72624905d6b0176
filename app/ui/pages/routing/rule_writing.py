"""How one rule is written: its form opened in the list, given up, or put into the text."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from app.core.errors import AppError
from app.router import rules_edit
from app.router.rules import Rule
from app.ui.pages.routing.rule_form import RuleForm
from app.ui.pages.routing.rules_list import RulesList
from app.ui.pages.routing.text_card import TextCard
from app.ui.widgets.buttons import push
from app.ui.widgets.labels import label
from app.ui.widgets.page import Page
from app.ui.widgets.question import Question

Put = Callable[[str, str, tuple[int, str]], bool]


class RuleWriting(QObject):
    """Belongs to a page; the form stays open until what it holds is in force or given up.

    `put` puts a text in force, which words describe, with the place of the rule and the button
    that has the keyboard then; False where something else is being saved.

    Signals:
        opened(object RuleForm): somebody writes a rule.
        revealed(object QWidget): this part of the form has to be in sight.
        hindered(str): why something cannot be done now.
    """

    opened = Signal(object)
    revealed = Signal(object)
    hindered = Signal(str)

    def __init__(self, page: Page, rules: RulesList, text: TextCard, put: Put) -> None:
        super().__init__(page)
        self._put = put
        self._page = page
        self._list = rules
        self._text = text
        self._is_saving = False
        rules.add_wanted.connect(lambda: self._open(None))
        rules.edit_wanted.connect(self._edit)

    def end_saving(self) -> None:
        """What the form holds is in force, if it was this that was saved."""
        if self._is_saving:
            self._is_saving = False
            self._list.close_form()

    def fail(self, error: AppError) -> bool:
        """Say in the form why it was not kept; False where something else was saved."""
        was_saving, self._is_saving = self._is_saving, False
        if was_saving and self._list.form is not None:
            self._list.form.fail(error)
        return was_saving

    @property
    def _rules(self) -> tuple[Rule, ...]:
        rules = self._text.reading.rules
        return () if rules is None else rules.rules

    def _edit(self, place: int) -> None:
        form, rule = self._list.form, self._rules[place]
        if form is not None and form.is_changed:
            self.hindered.emit(self.tr("Save or cancel the rule that you are writing."))
            form.begin()
            return
        self._list.close_form()
        self._open(rule)

    def _open(self, rule: Rule | None) -> None:
        form = self._list.open_form(rule)
        form.save_wanted.connect(self._save)
        form.cancelled.connect(self._cancel)
        self.opened.emit(form)
        form.begin()
        self.revealed.emit(form.when.rows["privacy"])
        self.revealed.emit(form.title)

    def _cancel(self) -> None:
        form = self._list.form
        if form is None or not form.is_changed:
            self._close()
            return
        look = self._page.look
        keep = push(look, self.tr("Go on writing"))
        drop = push(look, self.tr("Forget it"), "primary")
        question = Question(
            look,
            self._page,
            title=self.tr("The rule is not saved"),
            heading=self.tr("Forget what you wrote?"),
            words=[label(self.tr("The rules in force stay as they are."), wrap=True)],
            buttons=[keep, drop],
        )
        keep.clicked.connect(question.reject)
        drop.clicked.connect(question.accept)
        question.accepted.connect(self._close)
        question.open()

    def _close(self) -> None:
        form = self._list.form
        if form is None:
            return
        place = self._place_of(form)
        self._list.close_form()
        self._list.focus(place)

    def _save(self) -> None:
        form = self._list.form
        if form is None or self._is_saving:
            return
        form.clear_refusals()
        made = form.made(refuse=True)
        if made is None:
            self.revealed.emit(form.go_to_refusal())
            return
        others, place = list(self._rules), self._place_of(form)
        if place is None:
            place = rules_edit.place_for(made, others)
            text = rules_edit.with_rule(self._text.text, place, made)
            words = self.tr("Rule {0} is in force.")
        else:
            del others[place]
            text = rules_edit.with_other_rule(self._text.text, place, made)
            words = self.tr("Rule {0} is changed.")
        if objections := rules_edit.objections(made, others, place):
            form.refuse(objections)
            self.revealed.emit(form.go_to_refusal())
            return
        self._is_saving = self._put(text, words.format(place + 1), (place, "edit"))
        form.set_busy(busy=self._is_saving)

    def _place_of(self, form: RuleForm) -> int | None:
        """Where its rule stands now; None for a new one, and for one that is gone meanwhile."""
        return None if form.rule is None else self._list.place_of(form.rule)
