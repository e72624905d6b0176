"""One row of the table: types, limits and reading from text."""

from __future__ import annotations

import pytest

from app.core.errors import AppError, ErrorCode
from app.core.messages import GenerationParameters
from app.settings.setting import Setting, Value
from app.settings.table import SETTINGS


def make(kind: type[Value], default: Value, **more: object) -> Setting:
    words = {"label": "A label", "help": "A sentence.", "group": "Group"}
    return Setting(key="a.key", type=kind, default=default, **words, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("key", SETTINGS)
def test_every_default_is_allowed_and_survives_being_written(key: str) -> None:
    setting = SETTINGS[key]
    assert setting.check(setting.default) == setting.default
    assert type(setting.default) is setting.type
    assert setting.parse(str(setting.default)) == setting.default


@pytest.mark.parametrize("key", SETTINGS)
def test_every_setting_is_described(key: str) -> None:
    setting = SETTINGS[key]
    assert setting.label
    assert setting.help.endswith(".")
    assert setting.limits
    assert not set(setting.renamed_from) & SETTINGS.keys()


def test_the_limits_fit_what_a_generation_accepts() -> None:
    for name in ("temperature", "top_p", "top_k", "repetition_penalty"):
        setting = SETTINGS[f"generation.{name}"]
        for limit in (setting.minimum, setting.default, setting.maximum):
            assert limit is not None
            GenerationParameters(**{name: setting.type(limit)})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "value"),
    [("true", True), ("on", True), ("YES", True), ("0", False), ("off", False)],
)
def test_a_switch_is_read_from_words(text: str, value: bool) -> None:
    assert make(bool, False).parse(text) is value


def test_numbers_are_read_from_text() -> None:
    assert make(int, 0).parse(" 12 ") == 12
    assert make(float, 0.0).parse("0.5") == 0.5
    whole = make(float, 0.0).check(3)
    assert isinstance(whole, float)
    assert whole == 3


@pytest.mark.parametrize(
    ("setting", "text"),
    [
        (make(bool, False), "perhaps"),
        (make(int, 0), "1.5"),
        (make(int, 0), "one"),
        (make(int, 0, maximum=5), "6"),
        (make(int, 0, minimum=0), "-1"),
        (make(float, 0.0, minimum=0.0, maximum=1.0), "nan"),
        (make(float, 0.0, maximum=1.0), "inf"),
        (make(str, "a", choices=("a", "b")), "c"),
        (make(str, "", maximum=3), "abcd"),
        (make(str, ""), "a\0b"),
        (make(str, ""), "a\udcffb"),
    ],
)
def test_what_does_not_fit_is_refused_in_words(setting: Setting, text: str) -> None:
    with pytest.raises(AppError) as caught:
        setting.parse(text)
    assert caught.value.code is ErrorCode.SETTING_INVALID
    assert "a.key" in caught.value.what
    assert caught.value.todo


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (int, True), (int, "5"), (int, 1.0), (int, None), (bool, 1), (bool, "true"),
        (float, True), (float, "1"), (float, []), (str, 5), (str, None), (str, {}),
    ],
)  # fmt: skip
def test_a_value_of_another_type_is_refused(kind: type[Value], value: object) -> None:
    with pytest.raises(AppError):
        make(kind, kind()).check(value)


def test_an_integer_too_large_for_a_float_is_refused() -> None:
    with pytest.raises(AppError):
        make(float, 0.0, minimum=0.0, maximum=1.0).check(10**400)
