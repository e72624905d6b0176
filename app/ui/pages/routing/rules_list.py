"""The rules as a list in plain words, in their order, with what may be done with each."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from app.core.cloud import LOCAL
from app.router.rules import Rule, Rules
from app.ui.appearance import Appearance
from app.ui.pages.routing.providers import Known, answerer, when
from app.ui.pages.routing.rule_form import RuleForm
from app.ui.widgets.buttons import push, tool
from app.ui.widgets.flow import Flow
from app.ui.widgets.labels import label
from app.ui.widgets.page import empty
from app.ui.widgets.restyle import restyle

_NUMBER_WIDTH = 24


class RuleRow(QFrame):
    """One rule: when it holds, who answers then, and why.

    Signals:
        edit_wanted, delete_wanted, up_wanted, down_wanted: do that with it.
    """

    edit_wanted = Signal()
    delete_wanted = Signal()
    up_wanted = Signal()
    down_wanted = Signal()

    def __init__(self, look: Appearance, rule: Rule, place: int, count: int) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.rule = rule
        number = place + 1
        self.up = self._tool(look, "arrow-up", self.tr("Move rule {0} up"), number)
        self.down = self._tool(look, "arrow-down", self.tr("Move rule {0} down"), number)
        self.edit = self._tool(look, "pencil", self.tr("Change rule {0}"), number)
        self.delete = self._tool(look, "trash-2", self.tr("Delete rule {0}"), number)
        if place == 0:
            _leave_out(self.up)
        if place == count - 1:
            _leave_out(self.down)
        for button, wanted, keys in (
            (self.up, self.up_wanted, "Alt+Up"),
            (self.down, self.down_wanted, "Alt+Down"),
            (self.edit, self.edit_wanted, ""),
            (self.delete, self.delete_wanted, "Del"),
        ):
            button.clicked.connect(lambda _=False, wanted=wanted: wanted.emit())
            if keys:
                key = QShortcut(QKeySequence(keys), self)
                key.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
                key.activated.connect(button.click)
                button.setToolTip(f"{button.accessibleName()} ({key.key().toString()})")
        self.when = label(when(rule.condition), "name", wrap=True)
        self.who = label("", "second", wrap=True)
        self.missing = label("", "caution", wrap=True)
        self.deciding = label(
            self.tr("Decides the question that is tried below"), "group", wrap=True
        )
        self._lay_out(number)
        self.show_deciding(decides=False)
        self.show_known(Known())

    def show_known(self, known: Known) -> None:
        """Say who answers, and whether the model is there."""
        who = answerer(self.rule.provider, self.rule.model, known)
        is_local = self.rule.provider == LOCAL
        self.who.setText(who if is_local else self.tr("{0}, not on this computer").format(who))
        restyle(self.who, "role", "second" if is_local else "cloud")
        is_missing = known.is_missing(self.rule.provider, self.rule.model)
        words = self.tr("This model is not on this computer, so the usual one answers instead.")
        self.missing.setText(words if is_missing else "")
        self.missing.setVisible(is_missing)
        self.setAccessibleName(f"{self.when.text()}. {self.who.text()}. {self.rule.reason}")

    def show_deciding(self, *, decides: bool) -> None:
        """Say whether this is the rule that decides what is tried."""
        self.deciding.setVisible(decides)
        restyle(self, "decides", "true" if decides else "")

    def _lay_out(self, number: int) -> None:
        words = QVBoxLayout()
        words.setSpacing(2)
        for part in (self.when, self.who, self.missing):
            words.addWidget(part)
        words.addWidget(label(self.rule.reason, "meta", wrap=True))
        words.addWidget(self.deciding)
        tools = QHBoxLayout()
        tools.setSpacing(0)
        for button in (self.up, self.down, self.edit, self.delete):
            tools.addWidget(button)
        digits = label(f"{number}.", "name")
        digits.setMinimumWidth(_NUMBER_WIDTH)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 10, 10, 10)
        row.setSpacing(4)
        row.addWidget(digits, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        row.addLayout(tools)
        row.setAlignment(tools, Qt.AlignmentFlag.AlignTop)

    @staticmethod
    def _tool(look: Appearance, icon: str, words: str, number: int) -> QToolButton:
        return tool(look, icon, words.format(number), size=16)


class RulesList(QWidget):
    """`rows` in the order of the rules; at most one of them is being written in `form`.

    Signals:
        add_wanted, example_wanted: a new rule, or a file to begin with.
        edit_wanted(int), delete_wanted(int): change the rule at this place, or do without it.
        move_wanted(int, int): put the one at this place elsewhere.
        rearranged: other controls are there now.
        focused(object QWidget): the keyboard is on this row or button now.
    """

    add_wanted = Signal()
    example_wanted = Signal()
    edit_wanted = Signal(int)
    delete_wanted = Signal(int)
    move_wanted = Signal(int, int)
    rearranged = Signal()
    focused = Signal(object)

    def __init__(self, look: Appearance) -> None:
        super().__init__()
        self._look = look
        self._known = Known()
        self.rows: list[RuleRow] = []
        self.form: RuleForm | None = None
        self._column = QVBoxLayout()
        self._column.setSpacing(8)
        self.nothing = label(
            self.tr("There are no rules: what stands below under Otherwise holds for everything."),
            "second",
            wrap=True,
        )
        self.add = push(look, self.tr("Add a rule"), icon="plus")
        self.add.clicked.connect(self.add_wanted)
        self.example = push(look, self.tr("Begin with an example"))
        self.example.clicked.connect(self.example_wanted)
        buttons = Flow()
        buttons.addWidget(self.add)
        buttons.addWidget(self.example)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.nothing)
        column.addLayout(self._column)
        column.addLayout(buttons)

    def show_rules(self, rules: Rules, *, is_empty: bool) -> None:
        """Show these; `is_empty` where there is no file at all."""
        self.nothing.setVisible(not rules.rules)
        self.example.setVisible(is_empty)
        if [row.rule for row in self.rows] == list(rules.rules):
            return
        if self.form is not None:
            self._column.removeWidget(self.form)
        empty(self._column)
        self.rows = []
        for place, rule in enumerate(rules.rules):
            row = RuleRow(self._look, rule, place, len(rules.rules))
            row.edit_wanted.connect(lambda place=place: self.edit_wanted.emit(place))
            row.delete_wanted.connect(lambda place=place: self.delete_wanted.emit(place))
            row.up_wanted.connect(lambda place=place: self.move_wanted.emit(place, place - 1))
            row.down_wanted.connect(lambda place=place: self.move_wanted.emit(place, place + 1))
            row.show_known(self._known)
            self._column.addWidget(row)
            row.show()  # at once, so that it can have the keyboard
            self.rows.append(row)
        if self.form is not None:
            self._place_form(self.form)
        self.rearranged.emit()

    def show_known(self, known: Known) -> None:
        """What the providers and models are called, and which there are."""
        self._known = known
        for row in self.rows:
            row.show_known(known)
        if self.form is not None:
            self.form.show_known(known)

    def show_deciding(self, rule: Rule | None) -> None:
        """Mark the rule that decides what is tried."""
        for row in self.rows:
            row.show_deciding(decides=row.rule == rule)

    def place_of(self, rule: Rule) -> int | None:
        """Where a rule stands now, whatever its line; None where it is gone."""
        wanted = (rule.condition, rule.provider, rule.model, rule.reason)
        for place, row in enumerate(self.rows):
            one = row.rule
            if (one.condition, one.provider, one.model, one.reason) == wanted:
                return place
        return None

    def open_form(self, rule: Rule | None) -> RuleForm:
        """Write in a rule in its place, or in a new one below all."""
        self.form = RuleForm(self._look, rule, self._known)
        self.form.rearranged.connect(self.rearranged)
        self._place_form(self.form)
        self.rearranged.emit()
        return self.form

    def close_form(self) -> None:
        """Do without the form and what is in it."""
        if self.form is None:
            return
        self._column.removeWidget(self.form)
        self.form.hide()
        self.form.deleteLater()
        self.form = None
        for row in self.rows:
            row.show()
        self.add.setEnabled(True)
        self.rearranged.emit()

    def focus(self, place: int | None, name: str = "edit") -> None:
        """Have the keyboard on a button of the rule at `place` ("up", "edit" ...), or near it."""
        if place is None or not self.rows:
            self.add.setFocus(Qt.FocusReason.OtherFocusReason)
            self.focused.emit(self.add)
            return
        row = self.rows[min(place, len(self.rows) - 1)]
        button: QToolButton = getattr(row, name)
        target = button if button.isEnabled() else row.edit
        target.setFocus(Qt.FocusReason.OtherFocusReason)
        self.focused.emit(row)

    def _place_form(self, form: RuleForm) -> None:
        place = None if form.rule is None else self.place_of(form.rule)
        self.add.setEnabled(False)
        if place is None:
            self._column.addWidget(form)
        else:
            self._column.insertWidget(place, form)
            self.rows[place].hide()
        form.show()


def _leave_out(button: QToolButton) -> None:
    """Do without a button; its room stays."""
    policy = button.sizePolicy()
    policy.setRetainSizeWhenHidden(True)
    button.setSizePolicy(policy)
    button.setEnabled(False)
    button.hide()
