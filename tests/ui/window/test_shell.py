"""How side list, content and status bar share the room, from 640 x 480 to twice the text."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.core.privacy import PrivacyFacts
from app.ui.appearance import Appearance
from app.ui.status.privacy import describe
from app.ui.window.main_window import MainWindow

KEY, CONTROL = Qt.Key, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def window(qtbot: QtBot, look: Appearance) -> MainWindow:
    made = MainWindow(look, describe(PrivacyFacts()))
    qtbot.addWidget(made, before_close_func=lambda w: setattr(w, "_may_close", True))
    made.show()
    qtbot.waitExposed(made)
    return made


def test_beside_each_other_where_there_is_room(window: MainWindow) -> None:
    assert window.side.isVisible()
    assert window.side.width() == window.look.theme.side_width
    assert not window.chat.header.side.isVisible()


def test_the_side_list_folds_below_900_pixels(window: MainWindow) -> None:
    window.resize(899, 700)
    assert not window.side.isVisible()
    assert window.chat.header.side.isVisible()
    window.resize(901, 700)
    assert window.side.isVisible()


def test_over_the_content_where_there_is_little_room(window: MainWindow) -> None:
    window.resize(640, 480)
    window.chat.header.side.click()
    assert window.side.isVisible()
    assert window.shell.is_over
    assert window.chat.width() == 640
    QTest.keyClick(window, KEY.Key_Escape)
    assert not window.side.isVisible()
    QTest.keyClick(window, KEY.Key_B, CONTROL)
    assert window.side.isVisible()
    window.side.navigation["settings"].click()
    window.show_page("chat")
    assert not window.side.isVisible()


def test_a_click_beside_the_open_list_closes_it(window: MainWindow) -> None:
    window.resize(640, 480)
    window.chat.header.side.click()
    QTest.mouseClick(window.shell._scrim, Qt.MouseButton.LeftButton)
    assert not window.side.isVisible()


def test_what_the_person_folded_stays_folded(window: MainWindow) -> None:
    window.side.fold.click()
    assert not window.side.isVisible()
    assert not window.shell.side_wanted
    window.resize(640, 480)
    window.resize(1200, 800)
    assert not window.side.isVisible()
    QTest.keyClick(window, KEY.Key_B, CONTROL)
    assert window.side.isVisible()


def test_searching_unfolds_it(window: MainWindow) -> None:
    window.side.fold.click()
    QTest.keyClick(window, KEY.Key_K, CONTROL)
    assert window.side.isVisible()
    assert window.side.search.hasFocus()


@pytest.mark.parametrize("percent", [80, 100, 150, 200])
def test_it_fits_640_by_480_at_every_text_size(
    window: MainWindow, look: Appearance, percent: int
) -> None:
    look.use("light", percent)
    window.resize(640, 480)
    assert (window.width(), window.height()) == (640, 480)
    for part in (window.chat.composer, window.chat.composer.button, window.status.chip):
        corner = part.mapTo(window, part.rect().bottomRight())
        assert window.rect().contains(corner), f"{part} is cut off"
    assert window.chat.composer.edit.height() > look.scaled(15)
    assert shows_all(window.status.chip)


def shows_all(button: QWidget) -> bool:
    return button.width() >= button.sizeHint().width()


def test_the_window_never_asks_for_more_than_the_screen(window: MainWindow) -> None:
    room = window.screen().availableSize()
    fresh = MainWindow(window.look, describe(PrivacyFacts()))
    assert fresh.width() <= room.width()
    assert fresh.height() <= room.height()
    fresh.deleteLater()


def test_size_and_place_come_back(window: MainWindow, qtbot: QtBot) -> None:
    window.resize(700, 520)
    kept = window.geometry_text()
    window.resize(500, 500)
    window.restore_geometry(kept)
    assert (window.width(), window.height()) == (700, 520)
    window.restore_geometry("no geometry")
    assert (window.width(), window.height()) == (700, 520)


def test_the_composer_grows_to_four_tenths_of_the_page(window: MainWindow) -> None:
    window.chat.composer.set_text("line\n" * 100)
    assert window.chat.composer.edit.height() == round(window.chat.height() * 0.4)
