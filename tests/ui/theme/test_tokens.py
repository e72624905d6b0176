"""The table of colours: complete, readable on every ground, the same names in both themes."""

from __future__ import annotations

from itertools import product

import pytest

from app.ui.theme.tokens import ThemeName, colour_names, load_theme, read_table

NAMES: tuple[ThemeName, ThemeName] = ("light", "dark")
TABLE = read_table()


def luminance(colour: str) -> float:
    """The relative luminance of WCAG 2."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def pairs(kind: str) -> list[tuple[ThemeName, str, str]]:
    return [
        (theme, front, ground)
        for theme, (front, grounds) in product(NAMES, TABLE[kind].items())
        for ground in grounds
    ]


def test_contrast_is_computed_as_wcag_does() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21.0)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize(("theme", "text", "ground"), pairs("text_on"))
def test_text_reaches_aa_on_its_ground(theme: ThemeName, text: str, ground: str) -> None:
    tokens = load_theme(theme)
    assert contrast(getattr(tokens, text), getattr(tokens, ground)) >= 4.5


@pytest.mark.parametrize(("theme", "shape", "ground"), pairs("shape_on"))
def test_shapes_that_carry_meaning_stand_out(theme: ThemeName, shape: str, ground: str) -> None:
    tokens = load_theme(theme)
    assert contrast(getattr(tokens, shape), getattr(tokens, ground)) >= 3.0


def test_every_colour_is_a_ground_a_line_or_text_with_its_grounds() -> None:
    grounds = {
        "window", "surface", "side", "question", "code", "selection", "hover", "pressed",
        "notice", "failure", "tooltip", "found", "accent", "accent_hover",
    }  # fmt: skip
    lines = {"line", "line_field", "line_strong", "focus"}
    assert set(colour_names()) == grounds | lines | set(TABLE["text_on"])


def test_both_themes_have_the_same_tokens() -> None:
    assert set(TABLE["light"]) == set(TABLE["dark"])
    assert load_theme("dark").is_dark
    assert not load_theme("light").is_dark


def test_dark_code_colours_differ_from_the_light_ones() -> None:
    light, dark = load_theme("light"), load_theme("dark")
    for name in colour_names():
        if name.startswith("code"):
            assert getattr(light, name) != getattr(dark, name)
