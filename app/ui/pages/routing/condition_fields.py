"""Fields for the condition of a rule: one for each thing that it may ask."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from app.router.rules import MOST, MOST_TOKENS, Condition
from app.router.situation import Need, Preference
from app.ui.appearance import Appearance
from app.ui.pages.routing.providers import offer
from app.ui.widgets.choice import Choice
from app.ui.widgets.field_row import FieldRow
from app.ui.widgets.labels import label

_WIDTH = 210
_YES, _NO = "yes", "no"
_FLAGS = ("local_only", "confidential", "attachments", "context_overflow", "model_missing")
# The least and the most of every number, and whether it is a whole one.
_NUMBERS: dict[str, tuple[int, float, bool]] = {
    "prompt_tokens_above": (0, MOST_TOKENS, True),
    "prompt_tokens_below": (1, MOST_TOKENS, True),
    "expected_seconds_above": (0, MOST, False),
    "expected_cost_above": (0, MOST, False),
}


class ConditionFields(QWidget):
    """`rows` by the names of the fields of `Condition`; one left alone asks for nothing.

    Signals:
        edited: something else is asked for now.
    """

    edited = Signal()

    def __init__(self, look: Appearance) -> None:
        super().__init__()
        self.rows: dict[str, FieldRow] = {}
        self._choices: dict[str, Choice] = {}
        self._lines: dict[str, QLineEdit] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(6)
        for title, names in _groups():
            self._column.addSpacing(6)
            self._column.addWidget(label(title, "group"))
            for name in names:
                self._add(look, name)
        self.show_folders(())

    def show_folders(self, folders: Sequence[str]) -> None:
        """The folders that a rule may be for; the one that is chosen stays."""
        choice = self._choices["folder"]
        values = [("", _tr("Any or none")), *((name, name) for name in folders)]
        offer(choice, values, str(choice.currentData() or ""))

    def show_condition(self, condition: Condition) -> None:
        """Show what a rule asks for."""
        for name, choice in self._choices.items():
            value = getattr(condition, name)
            if name in _FLAGS:
                value = None if value is None else _YES if value else _NO
            place = choice.findData("" if value is None else str(value))
            if place < 0:
                choice.addItem(str(value), str(value))
                place = choice.count() - 1
            choice.setCurrentIndex(place)
        for name, line in self._lines.items():
            line.setText(_written(getattr(condition, name)))
        self.clear_refusals()

    def clear_refusals(self) -> None:
        """Take every field as it is."""
        for row in self.rows.values():
            row.refuse("")

    def condition(self, *, refuse: bool = False) -> Condition | None:
        """What is asked for; None where a number is none, which is said beside it."""
        found: dict[str, Any] = {}
        for name, choice in self._choices.items():
            # Qt hands out plain texts.
            if value := str(choice.currentData() or ""):
                found[name] = value == _YES if name in _FLAGS else value
        is_right = True
        for name, line in self._lines.items():
            if not line.text().strip():
                continue
            low, high, whole = _NUMBERS[name]
            number = _number(line.text(), whole=whole)
            if number is None or not low <= number <= high:
                is_right = False
                if refuse:
                    self.rows[name].refuse(_wanted(low, high, whole=whole))
            else:
                found[name] = number
        if not is_right:
            return None
        for name, kind in (("privacy", Need), ("prefer", Preference)):
            if name in found:
                found[name] = kind(found[name])
        return Condition(**found)

    def _add(self, look: Appearance, name: str) -> None:
        words, help_text = _words(name)
        field: Choice | QLineEdit
        if name in _NUMBERS:
            field = self._lines[name] = QLineEdit()
            field.setPlaceholderText(_tr("any"))
            field.setAlignment(Qt.AlignmentFlag.AlignRight)
            field.textEdited.connect(self.edited)
        else:
            field = self._choices[name] = Choice(look)
            for value, choice in _values(name):
                field.addItem(choice, value)
            field.activated.connect(self.edited)
        row = self.rows[name] = FieldRow(look, words, help_text, field, width=_WIDTH)
        self._column.addWidget(row)


def _groups() -> tuple[tuple[str, tuple[str, ...]], ...]:
    return (
        (_tr("How private it is"), ("privacy", "local_only", "confidential", "folder")),
        (
            _tr("What is asked"),
            (
                "attachments",
                "prompt_tokens_above",
                "prompt_tokens_below",
                "context_overflow",
                "model_missing",
            ),
        ),
        (
            _tr("What an answer takes"),
            ("expected_seconds_above", "expected_cost_above", "prefer"),
        ),
    )


def _words(name: str) -> tuple[str, str]:
    """The name and the help of a field."""
    return {
        "privacy": (_tr("Privacy"), _tr("How private the question was said to be.")),
        "local_only": (_tr("To stay on this computer"), _tr("Where that was asked for.")),
        "confidential": (
            _tr("Marked confidential"),
            _tr("The chat, its folder or one of its files."),
        ),
        "folder": (_tr("Folder"), _tr("The folder around the chat.")),
        "attachments": (_tr("Files come with it"), ""),
        "prompt_tokens_above": (
            _tr("Longer than, in tokens"),
            _tr("All that is sent counts. A page has about 500."),
        ),
        "prompt_tokens_below": (_tr("Shorter than, in tokens"), ""),
        "context_overflow": (
            _tr("Too long for the local model"),
            _tr("It cannot read all of it."),
        ),
        "model_missing": (
            _tr("The chosen model is missing"),
            _tr("The one of the chat is not on this computer."),
        ),
        "expected_seconds_above": (
            _tr("It takes longer than, in seconds"),
            _tr("On this computer, as far as that is known."),
        ),
        "expected_cost_above": (
            _tr("It costs more than, in US dollars"),
            _tr("At the most expensive provider that is switched on."),
        ),
        "prefer": (_tr("Preference"), _tr("What was asked for.")),
    }[name]


def _values(name: str) -> tuple[tuple[str, str], ...]:
    """What may be chosen in a field."""
    any_value = ("", _tr("No matter"))
    if name == "privacy":
        return (
            any_value,
            (Need.LOW.value, _tr("At least low")),
            (Need.MEDIUM.value, _tr("At least medium")),
            (Need.HIGH.value, _tr("High")),
        )
    if name == "prefer":
        return (
            any_value,
            (Preference.SPEED.value, _tr("Speed")),
            (Preference.QUALITY.value, _tr("Quality")),
        )
    return (any_value,) if name == "folder" else (any_value, (_YES, _tr("Yes")), (_NO, _tr("No")))


def _written(value: float | None) -> str:
    """A number as a person writes it, exactly."""
    if value is None:
        return ""
    return str(int(value)) if value == int(value) else repr(value)


def _number(text: str, *, whole: bool) -> float | None:
    """What a person wrote; None where it is no number."""
    plain = text.strip().replace(" ", "").replace(",", "" if whole else ".")
    try:
        value = float(plain)
        return int(plain) if whole else int(value) if value.is_integer() else value
    except (ValueError, OverflowError):
        return None


def _wanted(low: float, high: float, *, whole: bool) -> str:
    kind = _tr("a whole number") if whole else _tr("a number such as 30 or 0.5")
    return _tr("Write {0} between {1} and {2}, or nothing.").format(
        kind, f"{low:,.0f}", f"{high:,.0f}"
    )


def _tr(text: str) -> str:
    return QCoreApplication.translate("ConditionFields", text)
