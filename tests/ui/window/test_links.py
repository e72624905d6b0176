"""Links: asked about, with the host they really lead to; only web addresses at all."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QUrl
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


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    found: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: found.append(url.toString()))
    return found


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd", "javascript:alert(1)", "smb://host/share", "ms-msdt:/id",
        "mailto:a@b", "data:text/html,x", "", "https://", "/etc/passwd", "\\\\host\\share", "http:///x",
    ],
)  # fmt: skip
def test_what_is_no_web_address_is_not_even_asked_about(
    look: Appearance, parent: QWidget, opened: list[str], address: str
) -> None:
    assert links.ask(look, address, parent) is None
    assert opened == []


def test_the_real_host_is_shown_and_nothing_opens_before_the_answer(
    look: Appearance, parent: QWidget, opened: list[str]
) -> None:
    question = links.ask(look, "https://bank.example@evil.example/login?x=1", parent)
    assert question is not None
    words = [label.text() for label in question.findChildren(QLabel)]
    assert "Open evil.example in your browser?" in words
    assert opened == []
    question.open_button.click()
    assert opened == ["https://bank.example@evil.example/login?x=1"]


def test_a_host_that_only_looks_familiar_is_shown_as_it_is(
    look: Appearance, parent: QWidget
) -> None:
    question = links.ask(look, "https://xn--pple-43d.com/", parent)
    assert question is not None
    address = [label.text() for label in question.findChildren(QLabel)][1]
    assert "xn--pple-43d.com" in address
    question.reject()


def test_the_address_can_be_copied_instead(
    look: Appearance, parent: QWidget, opened: list[str]
) -> None:
    question = links.ask(look, "https://example.org/a", parent)
    assert question is not None
    question.copy_button.click()
    assert QGuiApplication.clipboard().text() == "https://example.org/a"
    assert opened == []
    assert QUrl("https://example.org/a").isValid()
