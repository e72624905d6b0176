"""Without a model, with a broken history: what the window says, and the way out of it."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.core.errors import AppError, ErrorCode
from app.core.handoff import CancelToken
from app.paths import Paths
from app.store.history import History
from app.ui.models_controller import Tell
from tests.ui.conftest import Async, Desk, install_model

MakeDesk = Callable[..., Desk]


class ScriptedStarter:
    """Sets up a model when it is let; `advice_given` is why it cannot."""

    def __init__(
        self, paths: Paths, advice_given: AppError | None = None, *, came_along: bool = False
    ) -> None:
        self._paths = paths
        self._advice = advice_given
        self._came_along = came_along
        self.go_on = threading.Event()
        self.problem: AppError | None = None

    def comes_along(self) -> bool:
        return self._came_along

    def advice(self) -> AppError | None:
        return self._advice

    def install(self, tell: Tell, cancel: CancelToken) -> None:
        tell("Copying the model", 0.25)
        forget = cancel.on_cancel(self.go_on.set)
        self.go_on.wait(30)
        forget()
        self.go_on.clear()
        if cancel.is_cancelled:
            raise AppError("Stopped.", "Begin again.", code=ErrorCode.CANCELLED)
        if self.problem is not None:
            raise self.problem
        install_model(self._paths, "starter")


@pytest.fixture
def starter(paths: Paths) -> ScriptedStarter:
    return ScriptedStarter(paths)


def test_the_first_answer_takes_two_clicks(
    make_desk: MakeDesk, starter: ScriptedStarter, aio: Async
) -> None:
    desk = make_desk(starter=starter)
    welcome = desk.chat.welcome
    aio.until(welcome.setup.isVisible)
    assert "98 MB" in welcome.setup_words.text()
    assert "English" in welcome.setup_words.text()
    welcome.setup.click()
    aio.until(lambda: welcome.progress.value() == 250)
    assert welcome.cancel.isVisible()
    assert not welcome.setup.isVisible()
    starter.go_on.set()
    aio.until(welcome.examples[0].isVisible)
    assert len(welcome.examples) == 3
    assert QApplication.focusWidget() is desk.composer
    welcome.examples[0].click()
    aio.until(lambda: len(desk.said()) == 2 and not desk.parts.chat.is_busy)
    assert desk.said()[0] == welcome.examples[0].text()
    assert QApplication.focusWidget() is desk.composer


def test_a_model_that_an_installer_brought_is_there_without_a_click(
    make_desk: MakeDesk, paths: Paths, aio: Async
) -> None:
    brought = ScriptedStarter(paths, came_along=True)
    desk = make_desk(starter=brought)
    welcome = desk.chat.welcome
    aio.until(lambda: welcome.progress.value() == 250)
    brought.go_on.set()
    aio.until(welcome.examples[0].isVisible)


def test_a_model_that_was_not_wanted_does_not_come_back_by_itself(
    make_desk: MakeDesk, paths: Paths, aio: Async
) -> None:
    brought = ScriptedStarter(paths, came_along=True)
    desk = make_desk(starter=brought)
    welcome = desk.chat.welcome
    aio.until(welcome.cancel.isVisible)
    welcome.cancel.click()
    aio.until(welcome.setup.isVisible)
    desk.parts.models.refresh()
    aio.until(lambda: not desk.parts.models.is_setting_up)
    assert welcome.setup.isVisible()


def test_beside_another_model_nothing_is_set_up_unasked(
    make_desk: MakeDesk, paths: Paths, aio: Async
) -> None:
    install_model(paths, "another")
    desk = make_desk(starter=ScriptedStarter(paths, came_along=True))
    aio.until(desk.chat.welcome.examples[0].isVisible)
    assert not desk.parts.models.is_setting_up


def test_setting_up_can_be_stopped_and_begun_again(
    make_desk: MakeDesk, starter: ScriptedStarter, aio: Async
) -> None:
    desk = make_desk(starter=starter)
    welcome = desk.chat.welcome
    aio.until(welcome.setup.isVisible)
    welcome.setup.click()
    aio.until(lambda: welcome.progress.value() == 250)
    welcome.cancel.click()
    aio.until(welcome.setup.isVisible)
    assert not welcome.problem.isVisible()
    welcome.setup.click()
    aio.until(welcome.cancel.isVisible)
    starter.go_on.set()
    aio.until(welcome.examples[0].isVisible)


def test_a_failed_set_up_says_why_where_it_happened(
    make_desk: MakeDesk, starter: ScriptedStarter, aio: Async
) -> None:
    starter.problem = AppError("The disk is full.", "Free 100 MB.", code=ErrorCode.DISK_FULL)
    starter.go_on.set()
    desk = make_desk(starter=starter)
    aio.until(desk.chat.welcome.setup.isVisible)
    desk.chat.welcome.setup.click()
    aio.until(desk.chat.welcome.problem.isVisible)
    assert desk.chat.welcome.problem.text() == "The disk is full. Free 100 MB."
    assert desk.chat.welcome.setup.isVisible()


def test_where_nothing_can_be_set_up_it_says_what_to_do(
    make_desk: MakeDesk, paths: Paths, aio: Async
) -> None:
    nothing = AppError("It did not come along.", "Put one into the models folder.")
    desk = make_desk(starter=ScriptedStarter(paths, nothing))
    welcome = desk.chat.welcome
    aio.until(lambda: "models folder" in welcome.setup_words.text())
    assert not welcome.setup.isVisible()
    assert desk.chat.header.picker.whole_text == "No model"


def test_a_text_written_without_a_model_is_kept(
    make_desk: MakeDesk, starter: ScriptedStarter, aio: Async
) -> None:
    desk = make_desk(starter=starter)
    aio.until(desk.chat.welcome.setup.isVisible)
    QTest.keyClicks(desk.composer, "my question")
    QTest.keyClick(desk.composer, Qt.Key.Key_Return)
    assert desk.composer.toPlainText() == "my question"
    desk.chat.welcome.setup.click()
    starter.go_on.set()
    aio.until(desk.chat.composer.button.isEnabled)
    assert desk.composer.toPlainText() == "my question"


def test_the_models_page_offers_it_too(
    make_desk: MakeDesk, starter: ScriptedStarter, aio: Async
) -> None:
    desk = make_desk(starter=starter)
    aio.until(lambda: desk.parts.models.is_known)
    page = desk.page("models")
    aio.until(page.setup.isVisible)
    page.setup.click()
    starter.go_on.set()
    aio.until(lambda: bool(desk.parts.models.usable) and not desk.parts.models.is_setting_up)
    aio.until(lambda: desk.window.page == "chat")


def test_closing_while_it_is_set_up_ends_it(
    make_desk: MakeDesk, starter: ScriptedStarter, aio: Async
) -> None:
    desk = make_desk(starter=starter)
    aio.until(desk.chat.welcome.setup.isVisible)
    desk.chat.welcome.setup.click()
    aio.until(lambda: desk.chat.welcome.progress.value() == 250)
    make_desk(starter=starter)


def test_a_damaged_history_is_set_aside_only_on_the_persons_word(
    make_desk: MakeDesk, paths: Paths, aio: Async
) -> None:
    install_model(paths)
    paths.history_file.write_bytes(b"no database at all, but precious" * 100)
    desk = make_desk()
    aio.until(lambda: desk.window.page == "store-problem")
    page = desk.page("store-problem")
    assert page.what.text()
    assert page.fresh.isVisible()
    assert paths.history_file.read_bytes().startswith(b"no database")
    desk.window.show_chat()
    QTest.keyClicks(desk.composer, "precious words")
    QTest.keyClick(desk.composer, Qt.Key.Key_Return)
    aio.until(lambda: "not open" in desk.chat.strip.sentence)
    assert desk.composer.toPlainText() == "precious words"
    page = desk.page("store-problem")
    page.fresh.click()
    aio.until(lambda: desk.assembly.is_history_open and desk.window.page == "chat")
    assert desk.composer.toPlainText() == "precious words"
    aio.until(lambda: bool(desk.parts.models.usable))
    kept = [f for f in paths.root.iterdir() if f.is_file() and b"precious" in f.read_bytes()]
    assert kept, "the damaged file is gone"
    desk.parts.chat.send("question")
    aio.until(lambda: len(desk.said()) == 2 and not desk.parts.chat.is_busy)


def test_a_history_in_use_can_be_tried_again(make_desk: MakeDesk, paths: Paths, aio: Async) -> None:
    install_model(paths)
    other = History(paths.history_file)
    other.open()
    try:
        desk = make_desk()
        aio.until(lambda: desk.window.page == "store-problem")
        page = desk.page("store-problem")
        assert not page.fresh.isVisible()
        page.retry.click()
    finally:
        other.close()
    page.retry.click()
    aio.until(lambda: desk.window.page == "chat" and desk.assembly.is_history_open)


def test_a_broken_settings_file_is_told_on_the_settings_page(
    make_desk: MakeDesk, paths: Paths, aio: Async
) -> None:
    paths.settings_file.write_text("{ broken")
    desk = make_desk()
    page = desk.page("settings")
    assert "defaults are used" in page.notice.text()
