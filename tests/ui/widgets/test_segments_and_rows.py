"""Buttons that hang together, and a field with its name and its refusal."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from app.ui.appearance import Appearance
from app.ui.widgets.field_row import FieldRow
from app.ui.widgets.segments import Segments


def test_a_segment_is_chosen_by_mouse_and_keys(qtbot: QtBot, look: Appearance) -> None:
    segments = Segments(look, "Show as", (("a", "One"), ("b", "Two"), ("c", "Three")))
    qtbot.addWidget(segments)
    segments.show()
    qtbot.waitExposed(segments)
    segments.activateWindow()
    chosen: list[str] = []
    segments.chosen.connect(chosen.append)
    assert segments.value == "a"
    QTest.mouseClick(segments.buttons["b"], Qt.MouseButton.LeftButton)
    QTest.keyClick(segments.buttons["b"], Qt.Key.Key_Right)
    assert (segments.value, chosen) == ("c", ["b", "c"])
    assert QApplication.focusWidget() is segments.buttons["c"]
    segments.show_value("a")
    assert (segments.value, chosen) == ("a", ["b", "c"])
    assert segments.buttons["a"].accessibleName() == "Show as: One"


def test_a_field_stands_beside_its_name_or_under_it(qtbot: QtBot, look: Appearance) -> None:
    field = QLineEdit()
    row = FieldRow(look, "Length", "In tokens.", field, width=200)
    qtbot.addWidget(row)
    row.resize(700, 60)
    row.show()
    qtbot.waitExposed(row)
    assert field.accessibleName() == "Length"
    assert (field.width(), field.x() > 400) == (200, True)
    row.resize(300, 90)
    qtbot.waitUntil(lambda: field.x() == 0)
    row.resize(150, 120)
    qtbot.waitUntil(lambda: field.width() <= 150)


def test_a_refusal_stands_under_the_field(qtbot: QtBot, look: Appearance) -> None:
    row = FieldRow(look, "Length", "", QLineEdit())
    qtbot.addWidget(row)
    row.refuse("Write a number.")
    assert row.refusal == "Write a number."
    assert row.field.property("refused") == "true"
    row.refuse("")
    assert row.refusal == ""
    assert not row.field.property("refused")
