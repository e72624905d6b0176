"""The stylesheet: filled from the table, scaled with the text size, accepted by Qt."""

from __future__ import annotations

import re

import pytest
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from app.paths import resources_dir
from app.ui.theme import load_theme, palette, stylesheet


def test_every_token_is_filled() -> None:
    assert "$" not in stylesheet(load_theme("light"))


def test_the_template_holds_no_colour_of_its_own() -> None:
    template = (resources_dir() / "style.qss").read_text(encoding="utf-8")
    assert not re.search(r"#[0-9A-Fa-f]{3,8}\s*;", template)


@pytest.mark.parametrize(("scale", "size"), [(1.0, "15px"), (2.0, "30px"), (0.8, "12px")])
def test_text_follows_the_scale(scale: float, size: str) -> None:
    assert f"font-size: {size}" in stylesheet(load_theme("light"), scale)


def test_qt_applies_it(qtbot: QtBot) -> None:
    label = QLabel("text")
    qtbot.addWidget(label)
    label.setStyleSheet(stylesheet(load_theme("dark"), 2.0))
    label.ensurePolished()
    assert label.font().pixelSize() == 30
    assert label.palette().color(QPalette.ColorRole.WindowText).name().upper() == (
        load_theme("dark").text
    )


def test_the_palette_carries_the_theme(qtbot: QtBot) -> None:
    theme = load_theme("dark")
    shown = palette(theme)
    assert shown.color(QPalette.ColorRole.Window).name().upper() == theme.window
    disabled = shown.color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.Text)
    assert disabled.name().upper() == theme.text_disabled
