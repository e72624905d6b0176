"""Fields for the parameters of an answer; an empty one leaves the parameter as usual."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QCoreApplication, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLineEdit, QWidget

from app.core.errors import AppError, ErrorCode
from app.core.messages import GenerationParameters, checked_parameters
from app.settings.table import SETTINGS
from app.ui.widgets.labels import label

_WIDTH = 170
_WHOLE = {"top_k", "max_tokens", "seed"}
NAMES = ("temperature", "top_p", "top_k", "repetition_penalty", "max_tokens", "seed")


class ParametersForm(QWidget):
    """One field for each parameter; what it does not show (stop texts) stays as it is.

    Signals:
        edited: the person changed a field.
    """

    edited = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._kept: dict[str, Any] = {}
        self.fields: dict[str, QLineEdit] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(0, 1)
        for row, name in enumerate(NAMES):
            field = self.fields[name] = QLineEdit()
            field.setAccessibleName(parameter_words(name))
            field.setAlignment(Qt.AlignmentFlag.AlignRight)
            field.setFixedWidth(_WIDTH)
            field.textEdited.connect(self.edited)
            grid.addWidget(label(parameter_words(name), wrap=True), row, 0)
            grid.addWidget(field, row, 1)

    def show_usual(self, usual: GenerationParameters) -> None:
        """What holds where a field is empty."""
        for name, field in self.fields.items():
            value = getattr(usual, name)
            field.setPlaceholderText(self.tr("as usual: {0}").format(_words(name, value)))

    def show_values(self, values: Mapping[str, Any]) -> None:
        """Show the parameters that are not as usual."""
        self._kept = {name: value for name, value in values.items() if name not in NAMES}
        for name, field in self.fields.items():
            text = _words(name, values[name]) if name in values else ""
            if field.text() != text:
                with QSignalBlocker(field):
                    field.setText(text)

    def values(self) -> dict[str, Any]:
        """What the person wrote; raises `AppError` where that is no value."""
        found = dict(self._kept)
        for name, field in self.fields.items():
            if text := field.text().strip():
                found[name] = _value(name, text)
        checked_parameters(found)
        return found


def parameter_words(name: str) -> str:
    """What a parameter is called on the screen: as its setting is."""
    setting = SETTINGS.get(f"generation.{name}")
    return setting.label if setting is not None else name


def _words(name: str, value: object) -> str:
    if value is None:
        return _tr("no limit") if name == "max_tokens" else _tr("random")
    return f"{value:g}" if isinstance(value, float) else str(value)


def _value(name: str, text: str) -> float | None:
    if text.casefold() == _words(name, None).casefold() and name in ("max_tokens", "seed"):
        return None
    try:
        return int(text) if name in _WHOLE else float(text.replace(",", "."))
    except ValueError:
        raise AppError(
            _tr("{0} is not a number.").format(parameter_words(name)),
            _tr("Write one, or leave the field empty for the usual."),
            code=ErrorCode.USAGE,
        ) from None


def _tr(text: str) -> str:
    return QCoreApplication.translate("Parameters", text)
