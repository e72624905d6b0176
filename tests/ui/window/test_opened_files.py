"""A file that is opened with Tacit: it says what is in it, and imports only what is agreed to."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtTest import QTest

from app.core.messages import Role
from app.exchange.exporting import export_to
from app.exchange.writers import ExportFormat
from app.store.history import History
from app.ui.side.dialogs import SureQuestion
from tests.fakes.direct import Direct
from tests.ui.conftest import Async, Desk


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """An export of two chats with three messages."""
    history = History(tmp_path / "elsewhere" / "history.db")
    history.open()
    lease = history.create_conversation("Lease")
    asked = history.add_message(lease.id, None, Role.USER, "What is it?")
    history.add_message(lease.id, asked.id, Role.ASSISTANT, "A contract.")
    taxes = history.create_conversation("<b>Taxes</b>")
    history.add_message(taxes.id, None, Role.USER, "How much?")
    made = tmp_path / "of a friend.tacit"
    export_to(made, Direct(history), ExportFormat.JSON)
    history.close()
    return made


def question(desk: Desk, aio: Async) -> SureQuestion:
    def shown() -> list[SureQuestion]:
        return [one for one in desk.window.findChildren(SureQuestion) if one.isVisible()]

    aio.until(lambda: len(shown()) == 1)
    return shown()[0]


def words(asked: SureQuestion) -> str:
    from PySide6.QtWidgets import QLabel

    return " ".join(one.text() for one in asked.findChildren(QLabel))


def test_it_says_what_it_would_import_and_imports_it(desk: Desk, aio: Async, file: Path) -> None:
    desk.assembly.opened.open(file)
    asked = question(desk, aio)
    said = words(asked)
    assert "Import 2 chats?" in said
    assert "“of a friend.tacit” holds 2 chats with 3 messages from Tacit: " in said
    assert "“Lease”" in said
    assert "“<b>Taxes</b>”" in said, "plain text"
    assert " more" not in said
    assert asked.cancel_button.hasFocus() or asked.focusWidget() is asked.cancel_button
    assert desk.titles() == [], "nothing before the person agrees"
    asked.sure_button.click()
    aio.until(lambda: "Lease" in desk.titles() and not desk.parts.storage.is_busy)
    assert desk.window.page == "history"


def test_no_is_no(desk: Desk, aio: Async, file: Path) -> None:
    desk.assembly.opened.open(file)
    question(desk, aio).cancel_button.click()
    aio.until(lambda: not desk.parts.storage.is_busy)
    assert desk.titles() == []
    desk.assembly.opened.open(file)
    question(desk, aio).reject()


def test_one_question_at_a_time(desk: Desk, aio: Async, file: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.tacit"
    other.write_bytes(file.read_bytes())
    desk.assembly.opened.open(file)
    desk.assembly.opened.open(other)
    first = question(desk, aio)
    assert "of a friend.tacit" in words(first)
    first.cancel_button.click()
    aio.until(lambda: not first.isVisible())
    second = question(desk, aio)
    assert "other.tacit" in words(second)
    second.reject()


def test_a_file_without_a_chat_and_one_that_is_none_say_so(
    desk: Desk, aio: Async, tmp_path: Path
) -> None:
    empty = tmp_path / "empty.tacit"
    empty.write_text("[]", encoding="utf-8")
    desk.assembly.opened.open(empty)
    aio.until(lambda: "no chat in empty.tacit" in desk.window.strip.sentence)
    broken = tmp_path / "broken.tacit"
    broken.write_text("not JSON", encoding="utf-8")
    desk.assembly.opened.open(broken)
    aio.until(lambda: "no chat in empty.tacit" not in desk.window.strip.sentence)
    assert desk.window.strip.sentence
    assert desk.window.findChildren(SureQuestion) == []


def test_a_locked_window_asks_once_it_is_unlocked(desk: Desk, aio: Async, file: Path) -> None:
    QTest.keySequence(desk.window, "Ctrl+Shift+L")
    assert desk.window.is_covered
    desk.assembly.opened.open(file)
    aio.run(desk.services.history.run(lambda store: store.conversations()))
    assert desk.window.findChildren(SureQuestion) == []
    desk.parts.lock.unlock()
    question(desk, aio).reject()
