"""The privacy page: facts read now, the limits said plainly, all of it to be copied."""

from __future__ import annotations

import os
from typing import Any

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel

from app.process import environment
from app.ui.pages.privacy_facts import gather
from tests.ui.conftest import Async, Desk


@pytest.fixture
def page(desk: Desk) -> Any:
    return desk.page("privacy")


def words(page: Any) -> str:
    return " ".join(label.text() for label in page.findChildren(QLabel) if not label.isHidden())


def test_it_says_what_holds_and_what_does_not(page: Any) -> None:
    text = words(page)
    for part in (
        "Not enforced: there is no lock for this system",
        "No part of Tacit opens a connection unless you ask for it",
        "the operating system does not refuse it",
        "Switch the network off",
        "To remove everything",
    ):
        assert part in text


def test_it_names_every_place_where_something_is_kept(desk: Desk, page: Any) -> None:
    text, paths = words(page), desk.services.paths
    for place in (paths.history_file, paths.settings_file, paths.models, paths.logs, paths.root):
        assert str(place) in text


def test_the_environment_is_read_and_not_promised(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = next(iter(environment.QUIET))
    assert "not in force" not in desk.page("privacy").as_text()
    monkeypatch.delenv(name)
    assert f"{name}: not in force" in desk.page("privacy").as_text()


def test_the_processes_are_those_of_now(desk: Desk, page: Any, aio: Async) -> None:
    assert f"Process {os.getpid()}" in page.as_text()
    assert "no model is in memory" in page.as_text()
    desk.parts.chat.send("question")
    aio.until(lambda: len(desk.said()) == 2 and not desk.parts.chat.is_busy)
    assert "Process 1: runs the model" in desk.page("privacy").as_text()


def test_all_of_it_can_be_copied(page: Any) -> None:
    page.copy.click()
    copied = QGuiApplication.clipboard().text()
    for label in page.findChildren(QLabel):
        if label.textInteractionFlags().value & 1:
            assert label.text() in copied


def test_a_private_session_names_no_place_for_conversations(desk: Desk) -> None:
    paths = desk.services.paths
    sections = gather(
        paths.for_private_session(), desk.services.engine_status(), desk.parts.privacy.facts
    )
    text = "\n".join(section.as_text() for section in sections)
    assert "In memory only" in text
    assert str(paths.history_file) not in text
    assert str(paths.logs) not in text
    assert str(paths.models) in text
