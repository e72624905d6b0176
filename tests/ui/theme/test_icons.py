"""Icons: all of one family, with their licence, in the colour asked for, crisp at 2x."""

from __future__ import annotations

import re

import pytest
from PySide6.QtCore import QSize
from pytestqt.qtbot import QtBot

from app.paths import resources_dir
from app.ui.theme import icon, pixmap

FOLDER = resources_dir() / "icons"
FILES = sorted(FOLDER.glob("*.svg"))


@pytest.mark.parametrize("name", [file.stem for file in FILES])
def test_an_icon_takes_the_colour(qtbot: QtBot, name: str) -> None:
    picture = pixmap(name, "#FF0000", 24, 2.0)
    image = picture.toImage()
    assert image.size() == QSize(48, 48)
    assert picture.deviceIndependentSize().toSize() == QSize(24, 24)
    solid = [
        image.pixelColor(x, y)
        for x in range(48)
        for y in range(48)
        if image.pixelColor(x, y).alpha() == 255
    ]
    assert solid, "nothing was drawn"
    assert all(colour.red() > 250 and colour.green() < 5 for colour in solid)


def test_an_icon_is_drawn_at_the_pixels_it_is_shown_with(qtbot: QtBot) -> None:
    shown = icon("lock", "#000000").pixmap(QSize(16, 16))
    assert shown.deviceIndependentSize().toSize() == QSize(16, 16)


def test_the_licence_comes_along_and_no_icon_calls_out() -> None:
    assert "ISC License" in (FOLDER / "LICENSE").read_text(encoding="utf-8")
    assert len(FILES) >= 25
    for file in FILES:
        text = file.read_text(encoding="utf-8")
        assert "lucide" in text
        assert not re.search(r"href|<script|<image|url\(", text)
