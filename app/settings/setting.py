"""What one setting is: its type, its limits, and how a value is checked or read from text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.core.errors import AppError, ErrorCode

Value = str | int | float | bool

_WORDS_FOR_TRUE = {"true", "yes", "on", "1"}
_WORDS_FOR_FALSE = {"false", "no", "off", "0"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One row of the table.

    `minimum` and `maximum` bound a number, or the length of a text in characters. A `hidden`
    setting is the program's own memory (the size of the window): it is kept in the file, but
    neither listed nor shown in the panel. `renamed_from` are keys of earlier versions, whose
    values are still read. `verify` looks, when a value is chosen, at what a value alone does not
    show (whether a file is there), and raises `AppError`; it may block. `lets_out` says of two
    values whether going from the first to the second lets more leave this computer, or lets it
    go elsewhere: a file that is imported may not do that without the person's yes.
    """

    key: str
    type: type[Value]
    default: Value
    label: str
    help: str
    group: str
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()
    restart_needed: bool = False
    renamed_from: tuple[str, ...] = ()
    hidden: bool = False
    verify: Callable[[Value], None] | None = None
    lets_out: Callable[[Value, Value], bool] | None = None

    def check(self, value: object) -> Value:
        """`value` as this setting's type; raises `AppError` for a wrong type or limit."""
        typed = self._typed(value)
        if isinstance(typed, str):
            self._check_text(typed)
        elif not isinstance(typed, bool):
            self._check_bounds(typed, "")
        return typed

    def parse(self, text: str) -> Value:
        """The value that a person wrote as `text`; raises `AppError` where it is none."""
        if self.type is str:
            return self.check(text)
        word = text.strip().lower()
        if self.type is bool:
            if word not in _WORDS_FOR_TRUE | _WORDS_FOR_FALSE:
                raise self._invalid("is not on or off", "Write true or false.")
            return word in _WORDS_FOR_TRUE
        try:
            number: int | float = int(word) if self.type is int else float(word)
        except ValueError:
            raise self._wrong_type() from None
        return self.check(number)

    @property
    def limits(self) -> str:
        """What may be chosen, in words for a help text."""
        if self.choices:
            return ", ".join(self.choices)
        if self.type is bool:
            return "true or false"
        if self.type is str:
            return "text"
        kind = "whole number" if self.type is int else "number"
        return f"{kind}, {self._range()}"

    def _typed(self, value: object) -> Value:
        # bool is a kind of int in Python, but "true" is no number to a person.
        fits = isinstance(value, self.type) and isinstance(value, bool) == (self.type is bool)
        if fits and isinstance(value, str | int | float):
            return value
        if self.type is float and isinstance(value, int) and not isinstance(value, bool):
            # The bounds come first: an integer from a file may be too large for a float.
            self._check_bounds(value, "")
            return float(value)
        raise self._wrong_type()

    def _check_text(self, value: str) -> None:
        if self.choices and value not in self.choices:
            raise self._invalid("is not one of the choices", f"Choose one of: {self.limits}.")
        self._check_bounds(len(value), " characters")
        if "\0" in value or any("\ud800" <= character <= "\udfff" for character in value):
            raise self._invalid("holds characters that are no text", "Type it again.")

    def _check_bounds(self, number: float, unit: str) -> None:
        low = self.minimum if self.minimum is not None else float("-inf")
        high = self.maximum if self.maximum is not None else float("inf")
        if not low <= number <= high:
            raise self._invalid(
                "is outside its limits", f"Choose a value that is {self._range()}{unit}."
            )

    def _range(self) -> str:
        if self.minimum is None and self.maximum is None:
            return "any"
        if self.minimum is None:
            return f"at most {self.maximum:.12g}"
        if self.maximum is None:
            return f"at least {self.minimum:.12g}"
        return f"between {self.minimum:.12g} and {self.maximum:.12g}"

    def _wrong_type(self) -> AppError:
        return self._invalid("is of the wrong kind", f"It takes: {self.limits}.")

    def _invalid(self, what: str, todo: str) -> AppError:
        return AppError(f"The value for {self.key} {what}.", todo, code=ErrorCode.SETTING_INVALID)


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretSetting:
    """A secret that is asked for on the settings page, under the row of the setting `after`.

    Its value is in no file: `name` is what `app.settings.secrets` knows it by.
    """

    name: str
    label: str
    help: str
    after: str
