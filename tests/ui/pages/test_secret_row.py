"""The proxy's password on the settings page: set, replaced and removed, and never shown."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QWidget

from app.settings.keyrings import Lock
from app.settings.secrets import PROXY, Place, Secrets
from tests.fakes.keyring import FakeKeyring
from tests.ui.conftest import Async, Desk

KEY = Qt.Key
PASSWORD = "greater than 1"


@pytest.fixture
def page(desk: Desk) -> Any:
    return desk.page("general")


@pytest.fixture
def row(page: Any, desk: Desk, aio: Async) -> Any:
    found = page.secrets[PROXY]
    aio.until(lambda: desk.parts.secrets.view(PROXY).kept is not None)
    page.area.ensureWidgetVisible(found)
    return found


def press(key: Qt.Key, *, times: int = 1) -> None:
    """Press a key where the keyboard is."""
    for _ in range(times):
        widget = QApplication.focusWidget()
        assert widget is not None
        QTest.keyClick(widget, key)


def has_keyboard(widget: QWidget) -> bool:
    return QApplication.focusWidget() is widget


def type_in(text: str) -> None:
    widget = QApplication.focusWidget()
    assert widget is not None
    QTest.keyClicks(widget, text)


def shown(row: QWidget) -> list[str]:
    """The words of the row that a person sees."""
    return [part.text() for part in row.findChildren(QLabel) if part.isVisible()]


def test_without_one_there_is_only_the_way_to_set_it(page: Any, row: Any) -> None:
    order = [setting for setting in page.rows if setting.startswith("network.")]
    above = page.rows["network.proxy_user"]
    assert order.index("network.proxy_user") + 1 == order.index("network.ca_file")
    assert above.y() < row.y() < page.rows["network.ca_file"].y()
    assert row.state.text() == "Not set"
    assert row.change.isVisible()
    assert row.change.accessibleName() == "Set: Password for the proxy"
    for absent in (row.remove, row.unlock, row.again, row.field, row.trouble, row.waiting):
        assert not absent.isVisible()


def test_it_is_set_replaced_and_removed_with_the_keyboard_alone(
    desk: Desk, row: Any, keyring: FakeKeyring, aio: Async
) -> None:
    row.change.setFocus()
    press(KEY.Key_Space)
    assert has_keyboard(row.field)
    assert row.field.accessibleName() == "Password for the proxy"
    assert row.field.echoMode() is QLineEdit.EchoMode.Password
    type_in(PASSWORD)
    assert row.field.displayText() != PASSWORD
    press(KEY.Key_Return)
    aio.until(lambda: keyring.kept == {PROXY: PASSWORD})
    aio.until(lambda: not row.is_entering)
    assert row.field.text() == ""
    assert row.state.text() == "Kept in your keyring"
    assert has_keyboard(row.change)
    assert row.change.accessibleName() == "Replace: Password for the proxy"

    press(KEY.Key_Space)
    type_in("another")
    press(KEY.Key_Tab)
    assert has_keyboard(row.save)
    press(KEY.Key_Space)
    aio.until(lambda: keyring.kept == {PROXY: "another"})
    aio.until(lambda: not row.is_entering)

    row.change.setFocus()
    press(KEY.Key_Tab)
    assert has_keyboard(row.remove)
    assert row.remove.accessibleName() == "Remove: Password for the proxy"
    press(KEY.Key_Space)
    aio.until(lambda: keyring.kept == {})
    aio.until(lambda: row.state.text() == "Not set")
    assert not row.remove.isVisible()
    assert not any(PASSWORD in text or "another" in text for text in shown(row))


def test_escape_forgets_what_was_typed_and_stays_on_the_page(
    desk: Desk, page: Any, row: Any, keyring: FakeKeyring, aio: Async
) -> None:
    row.change.click()
    type_in(PASSWORD)
    press(KEY.Key_Escape)
    assert not row.is_entering
    assert row.field.text() == ""
    assert page.isVisible()
    assert has_keyboard(row.change)
    press(KEY.Key_Escape)
    assert not page.isVisible()
    assert keyring.kept == {}


def test_what_is_no_password_is_refused_beside_the_field(
    row: Any, keyring: FakeKeyring, aio: Async
) -> None:
    row.change.click()
    press(KEY.Key_Return)
    aio.until(row.trouble.isVisible)
    assert "empty" in row.trouble.text()
    assert row.is_entering
    assert row.field.property("refused") == "true"
    assert not row.session.isVisible()
    type_in(PASSWORD)
    press(KEY.Key_Return)
    aio.until(lambda: keyring.kept == {PROXY: PASSWORD})
    aio.until(lambda: not row.trouble.isVisible())


def test_a_locked_keyring_says_so_and_is_unlocked_on_request(
    desk: Desk, row: Any, keyring: FakeKeyring, aio: Async
) -> None:
    keyring.kept[PROXY], keyring.state = PASSWORD, Lock.LOCKED
    desk.page("models")
    desk.page("general")
    aio.until(row.unlock.isVisible)
    assert row.state.text() == "Kept in your keyring"
    assert "locked" in row.trouble.text()
    assert keyring.asked == 0
    row.unlock.setFocus()
    press(KEY.Key_Space)
    aio.until(lambda: keyring.asked == 1)
    aio.until(lambda: not row.trouble.isVisible())
    assert not row.unlock.isVisible()


def test_a_keyring_that_stays_locked_offers_this_session(
    desk: Desk, row: Any, keyring: FakeKeyring, aio: Async
) -> None:
    keyring.state, keyring.password_given = Lock.LOCKED, False
    row.change.click()
    type_in(PASSWORD)
    press(KEY.Key_Return)
    aio.until(row.session.isVisible)
    assert "still locked" in row.trouble.text()
    assert keyring.kept == {}
    row.session.setFocus()
    press(KEY.Key_Space)
    aio.until(lambda: row.state.text() == "Kept until Tacit closes")
    assert desk.services.secrets.look(PROXY).place is Place.MEMORY
    assert keyring.kept == {}
    assert not row.is_entering


def test_a_frozen_keyring_can_be_waited_for_and_stopped(
    desk: Desk, row: Any, keyring: FakeKeyring, aio: Async
) -> None:
    keyring.freeze()
    row.change.click()
    type_in(PASSWORD)
    press(KEY.Key_Return)
    assert not row.waiting.isVisible(), "a short wait is not worth a word"
    aio.until(row.waiting.isVisible)
    assert row.waiting.text() == "Waiting for your keyring..."
    row.stop.setFocus()
    press(KEY.Key_Space)
    aio.until(lambda: not row.waiting.isVisible())
    assert not row.trouble.isVisible(), "it was stopped, and did not end by itself"
    assert has_keyboard(row.field)
    assert row.field.text() == PASSWORD, "what was typed is not lost"
    keyring.thaw()
    press(KEY.Key_Return)
    aio.until(lambda: keyring.kept == {PROXY: PASSWORD})
    aio.until(lambda: not row.is_entering)


def test_the_window_closes_beside_a_frozen_keyring(
    desk: Desk, row: Any, keyring: FakeKeyring
) -> None:
    keyring.freeze()
    row.look_wanted.emit()  # the end of the test closes the window


class TestWithoutAKeyring:
    @pytest.fixture
    def secrets(self) -> Secrets:
        return Secrets(lambda: None)

    def test_it_says_what_to_do_and_offers_this_session(
        self, desk: Desk, row: Any, aio: Async
    ) -> None:
        assert row.state.text() == "Not known"
        assert "no keyring" in row.trouble.text()
        assert row.again.isVisible()
        row.change.click()
        type_in(PASSWORD)
        press(KEY.Key_Return)
        aio.until(row.session.isVisible)
        row.session.click()
        aio.until(lambda: row.state.text() == "Kept until Tacit closes")
        assert not row.trouble.isVisible()
        row.remove.click()
        aio.until(lambda: row.state.text() == "Not known")


def test_the_password_is_in_no_file_and_no_setting(
    desk: Desk, page: Any, row: Any, keyring: FakeKeyring, aio: Async
) -> None:
    row.change.click()
    type_in("canary-4711")
    press(KEY.Key_Return)
    aio.until(lambda: bool(keyring.kept) and not row.is_entering)
    field = page.rows["network.proxy_user"].field.control
    field.setFocus()
    QTest.keyClicks(field, "anna")
    press(KEY.Key_Return)
    file = desk.services.paths.settings_file
    aio.until(lambda: file.exists() and "anna" in file.read_text())
    assert json.loads(file.read_text())["network.proxy_user"] == "anna"
    for path in desk.services.paths.root.rglob("*"):
        assert not path.is_file() or b"canary-4711" not in path.read_bytes()
    hidden: list[Callable[[], str]] = [row.field.text, row.trouble.text, row.state.text]
    assert not any("canary" in text() for text in hidden)


@pytest.mark.parametrize("text", ["/no/such/file.pem", "company.pem"])
def test_a_wrong_file_of_certificates_is_refused_beside_its_field(
    page: Any, aio: Async, text: str
) -> None:
    setting = page.rows["network.ca_file"]
    field = setting.field.control
    assert isinstance(field, QLineEdit)
    field.setFocus()
    QTest.keyClicks(field, text)
    QTest.keyClick(field, KEY.Key_Return)
    aio.until(setting.refused.isVisible)
    assert "file" in setting.refused.text()
    assert field.text() == text
