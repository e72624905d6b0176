"""Small controls: a switch that is a check box, a button and a label that shorten their words."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.ui.appearance import Appearance
from app.ui.widgets.elided_button import ElidedButton
from app.ui.widgets.labels import ElidedLabel
from app.ui.widgets.switch import Switch


def test_a_switch_shows_which_it_is_and_where_the_focus_is(qtbot: QtBot, look: Appearance) -> None:
    switch = Switch(look)
    qtbot.addWidget(switch)
    switch.resize(switch.sizeHint())
    switch.show()
    off = switch.grab().toImage()
    QTest.mouseClick(switch, Qt.MouseButton.LeftButton)
    assert switch.isChecked()
    assert switch.grab().toImage() != off
    QTest.keyClick(switch, Qt.Key.Key_Space)
    assert not switch.isChecked()


def test_a_button_shortens_its_words_and_knows_them_all(qtbot: QtBot) -> None:
    button = ElidedButton("quiet")
    qtbot.addWidget(button)
    button.set_text("A model with a very long name indeed")
    button.resize(120, 30)
    button.show()
    assert button.text().endswith("…")
    assert button.whole_text == "A model with a very long name indeed"
    wanted = button.sizeHint().width()
    button.resize(wanted, 30)
    assert button.text() == button.whole_text
    assert button.sizeHint().width() == wanted


def test_a_label_tells_what_it_cannot_show(qtbot: QtBot) -> None:
    shown = ElidedLabel("A sentence that is longer than its place")
    qtbot.addWidget(shown)
    shown.resize(60, 20)
    shown.show()
    qtbot.waitExposed(shown)
    shown.grab()
    assert shown.toolTip() == "A sentence that is longer than its place"
    shown.resize(600, 20)
    shown.grab()
    assert shown.toolTip() == ""
