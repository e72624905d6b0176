"""The theme: chosen, or followed live; icons and text sizes go with it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QIcon
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from app.ui.appearance import Appearance
from app.ui.widgets.buttons import push, tool
from app.ui.widgets.labels import label


def ink(icon: QIcon, size: int) -> str:
    image = icon.pixmap(QSize(size, size)).toImage()
    solid = [
        image.pixelColor(x, y)
        for x in range(image.width())
        for y in range(image.height())
        if image.pixelColor(x, y).alpha() > 200
    ]
    colour = solid[0] if solid else QColor("white")
    return colour.name().upper()


def test_icons_take_the_colour_of_the_new_theme(qtbot: QtBot, look: Appearance) -> None:
    button = tool(look, "square", "A square", size=20)
    picture = label("")
    look.set_picture(picture, "square", "error", 24)
    for widget in (button, picture):
        qtbot.addWidget(widget)
    light = look.theme
    look.use("dark", 100)
    assert look.theme != light
    assert (
        abs(QColor(ink(button.icon(), 20)).lightness() - QColor(look.theme.text_second).lightness())
        < 12
    )
    look.use("light", 100)
    assert ink(button.icon(), 20) != ink(QIcon(picture.pixmap()), 24)


def test_text_and_icons_grow_together(qtbot: QtBot, look: Appearance) -> None:
    button = push(look, "Words", icon="plus")
    qtbot.addWidget(button)
    words = QLabel("words")
    qtbot.addWidget(words)
    words.show()
    usual = button.iconSize().height()
    look.use("light", 200)
    assert button.iconSize().height() == 2 * usual
    words.ensurePolished()
    assert words.font().pixelSize() == 30


@pytest.mark.parametrize(
    ("scheme", "is_dark"),
    [(Qt.ColorScheme.Dark, True), (Qt.ColorScheme.Light, False), (Qt.ColorScheme.Unknown, False)],
)
def test_the_system_is_followed(
    qtbot: QtBot, look: Appearance, monkeypatch: pytest.MonkeyPatch,
    scheme: Qt.ColorScheme, is_dark: bool,
) -> None:  # fmt: skip
    class Hints:
        def colorScheme(self) -> Qt.ColorScheme:  # noqa: N802
            return scheme

    look.use("system", 100)
    monkeypatch.setattr(look, "_application", Stand(Hints()))
    look._follow_system()
    assert look.theme.is_dark is is_dark


class Stand:
    """The application with other hints."""

    def __init__(self, hints: object) -> None:
        self._hints = hints

    def styleHints(self) -> object:  # noqa: N802
        return self._hints

    def __getattr__(self, name: str) -> object:
        return getattr(QApplication.instance(), name)


def test_a_chosen_theme_does_not_follow_the_system(qtbot: QtBot, look: Appearance) -> None:
    changes: list[int] = []
    look.changed.connect(lambda: changes.append(1))
    look._follow_system()
    assert changes == []
    assert not look.theme.is_dark


def test_the_systems_change_is_heard(qtbot: QtBot, look: Appearance) -> None:
    look.use("system", 100)
    with qtbot.waitSignal(look.changed, timeout=1000):
        QApplication.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Light)
