"""Links: shown with the host they really lead to, opened by the courier or only copied."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from app.ui.appearance import Appearance
from app.ui.window import links


@pytest.fixture
def parent(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    made.resize(800, 600)
    made.show()
    return made


@pytest.fixture(autouse=True)
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was handed to the desktop: nothing, ever, since its programs inherit the seal."""
    found: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: found.append(url.toString()))
    return found


def ask(
    look: Appearance, parent: QWidget, address: str, *, can_open: bool = True
) -> links.LinkQuestion:
    return links.ask(look, links.read(address), parent, can_open=can_open)


def words(question: links.LinkQuestion) -> str:
    return " ".join(
        label.accessibleName() or label.text() for label in question.findChildren(QLabel)
    )


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd", "javascript:alert(1)", "smb://host/share", "ms-msdt:/id",
        "mailto:a@b", "data:text/html,x", "", "https://", "/etc/passwd", "\\\\host\\share",
        "http:///x", "//host/share", "https:example.org", "ftp://host/x", "custom:x",
        "https://a b/", "https://ex\u202eample.org/", "https://example.org\\@evil.example/",
    ],
)  # fmt: skip
def test_what_is_no_web_address_is_not_even_asked_about(address: str) -> None:
    target = links.read(address)
    assert "no web address" in target.problem
    assert target.address == address


@pytest.mark.parametrize(
    "address",
    [
        "https://bank.example@evil.example/login", "https://a:b@evil.example/",
        "https://@evil.example/", "http://bank.example@evil.example/",
        "https://bank.example%2F@evil.example/",
    ],
)  # fmt: skip
def test_a_name_before_the_host_is_refused_and_the_real_host_named(address: str) -> None:
    target = links.read(address)
    assert "leads to evil.example." in target.problem


@pytest.mark.parametrize(
    ("address", "shown", "host"),
    [
        ("HTTPS://EXAMPLE.ORG:8443/\u00fc?q=1#x", "https://example.org:8443/%C3%BC?q=1#x",
         "example.org"),
        ("https://0x7f.1/", "https://127.0.0.1/", "127.0.0.1"),
        ("https://example.org/\u202egpj.exe", "https://example.org/%E2%80%AEgpj.exe",
         "example.org"),
    ],
)  # fmt: skip
def test_the_address_is_shown_in_plain_letters(address: str, shown: str, host: str) -> None:
    target = links.read(address)
    assert (target.address, target.host, target.problem) == (shown, host, "")
    assert target.is_encrypted


def test_the_real_host_is_asked_about_and_nothing_opens_before_the_answer(
    look: Appearance, parent: QWidget, opened: list[str]
) -> None:
    question = ask(look, parent, "https://example.org/login?x=1")
    wanted: list[str] = []
    question.open_wanted.connect(wanted.append)
    assert "Open example.org in your browser?" in words(question)
    assert "https://example.org/login?x=1" in words(question)
    assert question.cancel_button.hasFocus() or not question.isActiveWindow()
    assert wanted == []
    question.open_button.click()
    assert wanted == ["https://example.org/login?x=1"]
    assert opened == []


@pytest.mark.parametrize("address", ["https://\u0430pple.com/x", "https://xn--pple-43d.com/x"])
def test_a_host_of_foreign_letters_is_shown_as_it_really_is(
    look: Appearance, parent: QWidget, address: str
) -> None:
    question = ask(look, parent, address)
    text = words(question)
    assert "Open xn--pple-43d.com in your browser?" in text
    assert "https://xn--pple-43d.com/x" in text
    assert "letters that can be mistaken for others" in text
    assert "\u0430pple.com" in text
    question.reject()


@pytest.mark.parametrize(
    ("address", "can_open", "why"),
    [
        ("http://example.org/x", True, "opens only https"),
        ("http://example.org/x", False, "opens only https"),
        ("https://example.org/x", False, "no part of it is left"),
    ],
)
def test_what_cannot_be_opened_can_be_copied_and_says_why(
    look: Appearance, parent: QWidget, address: str, can_open: bool, why: str
) -> None:
    question = ask(look, parent, address, can_open=can_open)
    assert why in words(question)
    assert not question.open_button.isVisible()
    question.copy_button.click()
    assert QGuiApplication.clipboard().text() == address
    assert question.isHidden()


@pytest.mark.parametrize(("percent", "width"), [(100, 800), (200, 640), (80, 400)])
def test_a_long_address_is_shown_whole_in_the_room_there_is(
    look: Appearance, parent: QWidget, percent: int, width: int
) -> None:
    look.use("light", percent)
    parent.resize(width, 480)
    address = f"https://example.org/{'abcdefghij' * 30}"
    question = ask(look, parent, address)
    shown = next(w for w in question.findChildren(QLabel) if w.accessibleName() == address)
    assert shown.text().replace("\u200b", "") == address
    assert shown.height() >= shown.heightForWidth(shown.width())
    assert question.width() <= width
    for button in (question.open_button, question.copy_button, question.cancel_button):
        corner = button.mapTo(question, button.rect().bottomRight())
        assert question.rect().contains(corner)
        assert button.width() >= button.minimumSizeHint().width()
    question.reject()
