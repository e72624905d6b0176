"""The widget on the right of a setting's row: one kind for each kind of value."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from app.settings.setting import Setting, Value
from app.ui.appearance import Appearance
from app.ui.widgets.buttons import tool
from app.ui.widgets.choice import Choice
from app.ui.widgets.restyle import restyle
from app.ui.widgets.switch import Switch

_SEVERAL_LINES, _WHOLE_WIDTH = 50_000, 300
_STEP = 10
_NARROWEST = 120


class Field(QWidget):
    """Shows a value and says when the person wrote another; `is_wide` where it needs the whole
    width under its label.

    Signals:
        committed(object): a text for `Setting.parse`, or a value of the setting's type.
    """

    committed = Signal(object)
    is_wide = False

    def __init__(self, control: QWidget, name: str) -> None:
        super().__init__()
        self.control = control
        control.setAccessibleName(name)
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(0, 0, 0, 0)
        self.row.setSpacing(4)
        self.row.addWidget(control)

    def show_value(self, value: Value) -> None:
        """Show `value` without saying so."""
        raise NotImplementedError

    def set_refused(self, *, refused: bool) -> None:
        """Mark the field whose value was not taken."""
        restyle(self.control, "refused", "true" if refused else "false")


class SwitchField(Field):
    """On or off."""

    def __init__(self, look: Appearance, name: str) -> None:
        switch = Switch(look)
        super().__init__(switch, name)
        self._switch = switch
        self._switch.toggled.connect(self.committed.emit)

    def show_value(self, value: Value) -> None:
        """See `Field`."""
        with QSignalBlocker(self._switch):
            self._switch.setChecked(bool(value))


class ChoiceField(Field):
    """One of several values; `choices` are pairs of a value and its words."""

    def __init__(self, look: Appearance, name: str, choices: Sequence[tuple[str, str]]) -> None:
        choice = Choice(look)
        super().__init__(choice, name)
        self._choice = choice
        # Where there is little room, its words may be cut rather than the page.
        choice.setMinimumWidth(_NARROWEST)
        self._choice.activated.connect(self._commit)
        self.set_choices(choices)

    def set_choices(self, choices: Sequence[tuple[str, str]]) -> None:
        """Other choices, with the one in force kept."""
        with QSignalBlocker(self._choice):
            current = self._choice.currentData()
            self._choice.clear()
            for value, words in choices:
                self._choice.addItem(words, value)
            self._choice.setCurrentIndex(max(0, self._choice.findData(current)))

    def show_value(self, value: Value) -> None:
        """See `Field`; a value that is not among the choices is shown as it is."""
        with QSignalBlocker(self._choice):
            place = self._choice.findData(value)
            if place < 0:
                self._choice.addItem(str(value), value)
                place = self._choice.count() - 1
            self._choice.setCurrentIndex(place)

    def _commit(self) -> None:
        self.committed.emit(self._choice.currentData())


class LineField(Field):
    """A number or a short text; Enter or leaving the field commits it."""

    def __init__(self, name: str, *, number: bool, wide: bool = False) -> None:
        line = QLineEdit()
        super().__init__(line, name)
        self._line = line
        self.is_wide = wide
        self._shown = ""
        if number:
            self._line.setAlignment(Qt.AlignmentFlag.AlignRight)
            self._line.setFixedWidth(120)
        self._line.editingFinished.connect(self._commit)

    def show_value(self, value: Value) -> None:
        """See `Field`."""
        self._shown = f"{value:g}" if isinstance(value, float) else str(value)
        self._line.setText(self._shown)
        if not self._line.hasFocus():
            self._line.home(False)

    def _commit(self) -> None:
        if self._line.text() != self._shown:
            self._shown = self._line.text()
            self.committed.emit(self._shown)


class StepField(Field):
    """A percentage that is stepped rather than typed."""

    def __init__(self, look: Appearance, name: str, setting: Setting) -> None:
        line = QLineEdit()
        super().__init__(line, name)
        self._line = line
        self._setting = setting
        self._value = 0
        self._line.setReadOnly(True)
        self._line.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._line.setFixedWidth(90)
        less = tool(look, "minus", _tr("Smaller"), lambda: self._step(-_STEP), size=16)
        more = tool(look, "plus", _tr("Larger"), lambda: self._step(_STEP), size=16)
        self.row.insertWidget(0, less)
        self.row.addWidget(more)

    def show_value(self, value: Value) -> None:
        """See `Field`."""
        self._value = int(value)
        self._line.setText(f"{self._value} %")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and Down step."""
        steps = {Qt.Key.Key_Up: _STEP, Qt.Key.Key_Down: -_STEP}
        if (step := steps.get(Qt.Key(event.key()))) is not None:
            self._step(step)
        else:
            super().keyPressEvent(event)

    def _step(self, by: int) -> None:
        low, high = int(self._setting.minimum or 0), int(self._setting.maximum or 100)
        wanted = min(max(self._value + by, low), high)
        if wanted != self._value:
            self.committed.emit(wanted)


class _Text(QPlainTextEdit):
    left = Signal()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.left.emit()


class TextField(Field):
    """Several lines; leaving the field commits them."""

    is_wide = True

    def __init__(self, name: str) -> None:
        text = _Text()
        super().__init__(text, name)
        self._text = text
        self._shown = ""
        self._text.setProperty("role", "field")
        self._text.setTabChangesFocus(True)
        self._text.setFixedHeight(110)
        self._text.left.connect(self._commit)

    def show_hint(self, text: str) -> None:
        """What stands in the field, and holds, while nothing is written there."""
        self._text.setPlaceholderText(text)

    def show_value(self, value: Value) -> None:
        """See `Field`."""
        self._shown = str(value)
        if self._text.toPlainText() != self._shown:
            self._text.setPlainText(self._shown)

    def _commit(self) -> None:
        if (text := self._text.toPlainText()) != self._shown:
            self._shown = text
            self.committed.emit(text)


def field_for(
    look: Appearance, setting: Setting, choices: Sequence[tuple[str, str]] | None = None
) -> Field:
    """The field that fits `setting`; `choices` where they are known better than the table."""
    if choices is not None:
        return ChoiceField(look, setting.label, choices)
    if setting.choices:
        return ChoiceField(look, setting.label, [(c, choice_words(c)) for c in setting.choices])
    if setting.type is bool:
        return SwitchField(look, setting.label)
    if setting.key == "appearance.text_size":
        return StepField(look, setting.label, setting)
    longest = (setting.maximum or 0) if setting.type is str else 0
    if longest > _SEVERAL_LINES:
        return TextField(setting.label)
    wide = longest > _WHOLE_WIDTH
    return LineField(setting.label, number=setting.type is not str, wide=wide)


def choice_words(value: str) -> str:
    """What a choice of the table is called on the screen."""
    words = {
        "auto": _tr("Automatic"),
        "off": _tr("Off"),
        "daily": _tr("Once a day"),
        "cpu": _tr("Processor (CPU)"),
        "cuda": _tr("NVIDIA card (CUDA)"),
        "dml": _tr("Graphics card (DirectML)"),
        "local_only": _tr("Only what you ask for"),
        "sealed": _tr("Nothing: sealed"),
        "system": _tr("As the system"),
        "none": _tr("Directly, without a proxy"),
        "manual": _tr("Through the proxy below"),
        "anthropic": "Anthropic",
        "openrouter": "OpenRouter",
        "huggingface": "Hugging Face",
        "openai-compatible": _tr("Your own server"),
        "light": _tr("Light"),
        "dark": _tr("Dark"),
    }
    return words.get(value, value)


def stacked(*parts: QWidget) -> QVBoxLayout:
    """`parts` under each other."""
    column = QVBoxLayout()
    column.setSpacing(2)
    for part in parts:
        column.addWidget(part)
    return column


def _tr(text: str) -> str:
    return QCoreApplication.translate("Fields", text)
