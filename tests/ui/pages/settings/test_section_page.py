"""Rows of the table on their pages: applied at once, refused beside the field, reset."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QPlainTextEdit

from app.settings.settings import Settings
from app.settings.table import SETTINGS
from app.ui.pages.cloud.failures_row import FAILURES_KEY
from app.ui.pages.settings.sections import sections
from tests.ui.conftest import Async, Desk, install_model

KEY = Qt.Key


class Rows:
    """The rows of all pages by their key, each with its page in front."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def __getitem__(self, key: str) -> Any:
        section = next(
            one.name for one in sections() if key in [setting.key for setting in one.settings]
        )
        return self._desk.page(section).place_of(key)


@pytest.fixture
def rows(desk: Desk) -> Rows:
    return Rows(desk)


def saved(desk: Desk, key: str) -> object:
    """The value in the file, as another process would read it."""
    other = Settings(desk.services.paths.settings_file)
    other.load()
    return other.get(key)


def write(rows: Rows, key: str, text: str) -> None:
    field = rows[key].field.control
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, text)
    QTest.keyClick(field, KEY.Key_Return)


def test_every_shown_setting_has_a_row_with_its_words(rows: Rows) -> None:
    for setting in (s for s in SETTINGS.values() if not s.hidden):
        row = rows[setting.key]
        assert row is not None, setting.key
        if setting.key == FAILURES_KEY:
            continue
        control = row.field.control
        assert control.accessibleName() == setting.label
        expected: tuple[type, ...] = (QLineEdit,)
        if setting.type is bool:
            expected = (QCheckBox,)
        elif setting.choices or setting.key == "model.default":
            expected = (QComboBox,)
        elif setting.type is str:
            expected = (QLineEdit, QPlainTextEdit)
        assert isinstance(control, expected), setting.key


def test_a_number_is_saved_when_the_field_is_left(desk: Desk, rows: Rows, aio: Async) -> None:
    write(rows, "generation.temperature", "0.2")
    aio.until(lambda: saved(desk, "generation.temperature") == 0.2)
    aio.until(rows["generation.temperature"].reset.isVisible)


@pytest.mark.parametrize("text", ["hot", "9", "-1", ""])
def test_a_refused_value_stays_beside_its_reason(
    desk: Desk, rows: Rows, aio: Async, text: str
) -> None:
    row = rows["generation.temperature"]
    write(rows, "generation.temperature", text or " ")
    aio.until(row.refused.isVisible)
    assert "generation.temperature" in row.refused.text()
    assert row.field.control.text().strip() == text
    assert saved(desk, "generation.temperature") == SETTINGS["generation.temperature"].default
    write(rows, "generation.temperature", "1")
    aio.until(lambda: not row.refused.isVisible())


def test_reset_goes_back_to_the_default(desk: Desk, rows: Rows, aio: Async) -> None:
    row = rows["generation.top_k"]
    assert not row.reset.isVisible()
    write(rows, "generation.top_k", "7")
    aio.until(row.reset.isVisible)
    row.reset.click()
    aio.until(lambda: row.field.control.text() == str(SETTINGS["generation.top_k"].default))
    assert not row.reset.isVisible()


def test_the_theme_changes_at_once(desk: Desk, rows: Rows, aio: Async) -> None:
    choice = rows["appearance.theme"].field.control
    choice.setCurrentIndex(choice.findData("dark"))
    choice.activated.emit(choice.currentIndex())
    aio.until(lambda: desk.window.look.theme.is_dark)
    assert saved(desk, "appearance.theme") == "dark"


def test_the_text_size_is_stepped_and_holds_its_limits(desk: Desk, rows: Rows, aio: Async) -> None:
    control = rows["appearance.text_size"].field.control
    QTest.keyClick(control, KEY.Key_Up)
    aio.until(lambda: desk.window.look.percent == 110)
    assert control.text() == "110 %"
    desk.parts.tasks.start("set", desk.parts.settings.set("appearance.text_size", 200))
    aio.until(lambda: desk.window.look.percent == 200)
    QTest.keyClick(control, KEY.Key_Up)
    assert control.text() == "200 %"


def test_the_key_that_sends_changes_at_once(desk: Desk, rows: Rows, aio: Async) -> None:
    rows["appearance.enter_sends"].field.control.click()
    aio.until(lambda: not desk.composer.enter_sends)


def test_instructions_are_saved_when_the_field_is_left(desk: Desk, rows: Rows, aio: Async) -> None:
    row = rows["generation.system_prompt"]
    row.field.control.setFocus()
    QTest.keyClicks(row.field.control, "Answer briefly.")
    rows["generation.seed"].field.control.setFocus()
    aio.until(lambda: saved(desk, "generation.system_prompt") == "Answer briefly.")


def test_the_model_for_new_chats_is_chosen_by_name(desk: Desk, rows: Rows, aio: Async) -> None:
    install_model(desk.services.paths, "z-other")
    desk.parts.models.refresh()
    choice = rows["model.default"].field.control
    aio.until(lambda: choice.findData("z-other") >= 0)
    choice.setCurrentIndex(choice.findData("z-other"))
    choice.activated.emit(choice.currentIndex())
    aio.until(lambda: desk.chat.header.picker.whole_text == "z other")
    assert desk.parts.models.default_id == "z-other"


def test_a_change_from_elsewhere_is_shown(desk: Desk, rows: Rows, aio: Async) -> None:
    desk.parts.tasks.start("set", desk.parts.settings.set("generation.top_p", 0.5))
    aio.until(lambda: rows["generation.top_p"].field.control.text() == "0.5")


def test_the_wheel_over_a_choice_changes_nothing(rows: Rows) -> None:
    from PySide6.QtCore import QPoint, QPointF
    from PySide6.QtGui import QWheelEvent
    from PySide6.QtWidgets import QApplication

    choice = rows["appearance.theme"].field.control
    before = choice.currentIndex()
    wheel = QWheelEvent(
        QPointF(5, 5), QPointF(5, 5), QPoint(0, -120), QPoint(0, -120),
        Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(choice, wheel)
    assert choice.currentIndex() == before


def test_where_there_is_little_room_the_field_goes_under_its_label(desk: Desk, rows: Rows) -> None:
    row = rows["generation.temperature"]
    desk.window.look.use("light", 200)
    desk.window.resize(640, 480)
    row.resize(400, 200)
    assert row.field.y() > row.findChildren(type(row.refused))[0].y()
    desk.window.look.use("light", 100)
