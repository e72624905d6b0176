"""The window with everything behind it, driven as a person does."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from app.core.draft import Draft
from app.core.errors import AppError, ErrorCode
from app.core.events import Failed
from app.core.opening import Opening
from app.core.status import EngineState, EngineStatus
from app.engine.fake import FakeEngine, scripted_answer
from app.paths import Paths
from app.ui.side.conversation_model import ConversationModel
from tests.ui.conftest import Async, Desk, install_model

KEY = Qt.Key
CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine(pace_s=0.002)


def press(widget: QWidget, key: Qt.Key, modifier: Qt.KeyboardModifier | None = None) -> None:
    QTest.keyClick(widget, key, modifier or Qt.KeyboardModifier.NoModifier)


def ask(desk: Desk, aio: Async, text: str) -> None:
    """Write and send `text`, and wait for its answer."""
    desk.composer.setFocus()
    QTest.keyClicks(desk.composer, text)
    before = len(desk.said())
    press(desk.composer, KEY.Key_Return)
    aio.until(lambda: len(desk.said()) == before + 2 and not desk.parts.chat.is_busy)


def focus(wanted: QWidget) -> bool:
    return QApplication.focusWidget() is wanted


def test_asking_and_answering(desk: Desk, aio: Async) -> None:
    ask(desk, aio, "What is a lease?")
    assert desk.said() == ["What is a lease?", "What is a lease?"]
    assert desk.titles()[0] == "Today"
    assert len(desk.titles()) == 2
    title = desk.titles()[1]
    assert desk.chat.header.title.text() == title
    assert desk.window.windowTitle() == f"{title} - Tacit (not enforced)"
    assert desk.chat.stack.currentWidget() is desk.chat.transcript
    assert desk.chat.composer.text == ""
    assert focus(desk.composer)


def test_the_composer_has_the_focus_from_the_start(desk: Desk) -> None:
    assert focus(desk.composer)


def test_typing_anywhere_goes_into_the_composer(desk: Desk, aio: Async) -> None:
    ask(desk, aio, "one")
    desk.side.list.setFocus()
    press(desk.side.list, KEY.Key_A)
    assert desk.composer.toPlainText() == "a"
    assert focus(desk.composer)
    desk.side.new.setFocus()
    press(desk.side.new, KEY.Key_B)
    assert desk.composer.toPlainText() == "ab"


def test_pasting_anywhere_goes_into_the_composer(desk: Desk) -> None:
    QGuiApplication.clipboard().setText("pasted")
    desk.side.new.setFocus()
    press(desk.side.new, KEY.Key_V, CONTROL)
    assert desk.composer.toPlainText() == "pasted"


def test_a_shortcut_is_not_typed(desk: Desk) -> None:
    desk.side.new.setFocus()
    press(desk.side.new, KEY.Key_J, CONTROL)
    assert desk.composer.toPlainText() == ""


def test_escape_stops_the_answer(desk: Desk, aio: Async, engine: FakeEngine) -> None:
    engine.enqueue(scripted_answer("word " * 3000))
    desk.composer.setFocus()
    QTest.keyClicks(desk.composer, "go")
    press(desk.composer, KEY.Key_Return)
    aio.until(lambda: "word" in desk.said()[-1] if desk.said() else False)
    assert "Stop" in desk.chat.composer.button.accessibleName()
    press(desk.composer, KEY.Key_Escape)
    aio.until(lambda: not desk.parts.chat.is_busy)
    assert "Send" in desk.chat.composer.button.accessibleName()


def test_the_pages_have_keys_and_escape_leads_back(desk: Desk) -> None:
    for key, page in (
        (KEY.Key_2, "models"),
        (KEY.Key_3, "settings"),
        (KEY.Key_Comma, "settings"),
        (KEY.Key_4, "privacy"),
        (KEY.Key_Slash, "settings"),
        (KEY.Key_1, "chat"),
    ):
        press(desk.window, key, CONTROL)
        assert desk.window.page == page
    press(desk.window, KEY.Key_3, CONTROL)
    press(desk.window, KEY.Key_Escape)
    assert desk.window.page == "chat"
    assert focus(desk.composer)


def test_new_chat_search_and_composer_have_keys(desk: Desk, aio: Async) -> None:
    ask(desk, aio, "one")
    press(desk.window, KEY.Key_K, CONTROL)
    assert focus(desk.side.search)
    press(desk.window, KEY.Key_L, CONTROL)
    assert focus(desk.composer)
    press(desk.window, KEY.Key_N, CONTROL)
    assert desk.parts.chat.conversation is None
    assert desk.chat.stack.currentWidget() is desk.chat.welcome
    assert desk.chat.header.title.text() == ""


def test_searching_filters_now_and_enter_opens_the_first(desk: Desk, aio: Async) -> None:
    for text in ("Lease of the flat", "A recipe"):
        press(desk.window, KEY.Key_N, CONTROL)
        ask(desk, aio, text)
    press(desk.window, KEY.Key_K, CONTROL)
    QTest.keyClicks(desk.side.search, "lea")
    press(desk.side.search, KEY.Key_Return)
    aio.until(lambda: desk.said()[:1] == ["Lease of the flat"])
    assert {hit.title for hit in desk.side.results_model.hits} == {"Lease of the flat"}
    press(desk.window, KEY.Key_K, CONTROL)
    QTest.keyClicks(desk.side.search, "zzz")
    aio.until(lambda: "Nothing was found" in desk.side.nothing.text())
    assert desk.side.nothing.isVisible()
    press(desk.side.search, KEY.Key_Escape)
    assert desk.side.lists.currentWidget() is desk.side.list
    assert len(desk.titles()) == 3


def test_renaming_in_the_list_and_in_the_header(desk: Desk, aio: Async) -> None:
    ask(desk, aio, "one")
    desk.side.list.setFocus()
    press(desk.side.list, KEY.Key_F2)
    editor = desk.side.list.findChild(QWidget, "") and QApplication.focusWidget()
    assert editor is not None
    QTest.keyClicks(editor, "Lease, clause 7")
    press(editor, KEY.Key_Return)
    aio.until(lambda: desk.titles()[1] == "Lease, clause 7")
    assert desk.chat.header.title.text() == "Lease, clause 7"
    desk.composer.setFocus()
    press(desk.window, KEY.Key_F2)
    assert focus(desk.chat.header.title)
    QTest.keyClicks(desk.chat.header.title, "Another")
    press(desk.chat.header.title, KEY.Key_Return)
    aio.until(lambda: desk.titles()[1] == "Another")
    assert focus(desk.composer)


def test_escape_puts_the_old_title_back(desk: Desk, aio: Async) -> None:
    ask(desk, aio, "one")
    before = desk.chat.header.title.text()
    press(desk.window, KEY.Key_F2)
    QTest.keyClicks(desk.chat.header.title, "x")
    press(desk.chat.header.title, KEY.Key_Escape)
    assert desk.chat.header.title.text() == before
    assert desk.window.page == "chat"


def test_deleting_a_conversation_can_be_undone(desk: Desk, aio: Async) -> None:
    ask(desk, aio, "one")
    desk.side.list.setFocus()
    desk.side.list.setCurrentIndex(desk.side.model.index(1))
    press(desk.side.list, KEY.Key_Delete)
    aio.until(lambda: desk.titles() == [])
    assert desk.side.strip.sentence == "Chat moved to the trash."
    assert desk.parts.chat.conversation is None
    desk.side.strip.button.click()
    aio.until(lambda: desk.said() == ["one", "one"])
    assert len(desk.titles()) == 2


def test_delete_in_the_composer_deletes_no_conversation(desk: Desk, aio: Async) -> None:
    ask(desk, aio, "one")
    QTest.keyClicks(desk.composer, "ab")
    press(desk.composer, KEY.Key_Home)
    press(desk.composer, KEY.Key_Delete)
    assert desk.composer.toPlainText() == "b"
    assert len(desk.titles()) == 2


def test_deleting_a_message_can_be_undone(desk: Desk, aio: Async) -> None:
    ask(desk, aio, "one")
    ask(desk, aio, "two")
    answer = desk.chat.transcript.board.rows[1].message.id
    desk.chat.transcript.delete_requested.emit(answer)
    aio.until(lambda: desk.said() == ["one", "two", "two"])
    assert desk.chat.undo.sentence == "Message deleted."
    desk.chat.undo.button.click()
    aio.until(lambda: len(desk.said()) == 4)


def test_a_click_opens_a_conversation(desk: Desk, aio: Async) -> None:
    for text in ("first", "second"):
        press(desk.window, KEY.Key_N, CONTROL)
        ask(desk, aio, text)
    press(desk.window, KEY.Key_3, CONTROL)
    row = desk.side.list.visualRect(desk.side.model.index(2))
    QTest.mouseClick(
        desk.side.list.viewport(),
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
        row.topLeft() + QPoint(12, 10),
    )
    aio.until(lambda: desk.said() == ["first", "first"])
    assert desk.window.page == "chat"
    assert desk.side.list.current_id == desk.parts.chat.open_id


def test_an_answer_behind_is_marked_in_the_list(desk: Desk, aio: Async, engine: FakeEngine) -> None:
    engine.enqueue(scripted_answer("word " * 3000))
    desk.composer.setFocus()
    QTest.keyClicks(desk.composer, "go")
    press(desk.composer, KEY.Key_Return)
    aio.until(lambda: bool(desk.parts.chat.open_id))
    behind = desk.parts.chat.open_id
    press(desk.window, KEY.Key_N, CONTROL)
    aio.until(lambda: bool(desk.side.model.index_of(behind).data(ConversationModel.IS_STREAMING)))
    assert not desk.chat.composer.is_busy
    desk.parts.chat.open(behind)
    aio.until(lambda: desk.chat.composer.is_busy)
    before = len(desk.said()[-1])
    aio.until(lambda: len(desk.said()[-1]) > before)
    press(desk.composer, KEY.Key_Escape)
    aio.until(lambda: not desk.parts.chat.is_busy)


def test_a_model_that_ended_the_engine_is_loaded_only_on_the_persons_word(
    desk: Desk, aio: Async, engine: FakeEngine
) -> None:
    error = AppError(
        "The model was not loaded by itself.", "Try it again.", code=ErrorCode.MODEL_NOT_AUTOLOADED
    )
    engine.enqueue([Failed(error)])
    ask(desk, aio, "one")
    assert "loaded all the same" in desk.chat.strip.sentence
    assert desk.chat.strip.button.text() == "Try again anyway"
    desk.chat.strip.button.click()
    aio.until(lambda: len(engine.jobs) == 2)
    assert engine.jobs[1].force_load
    aio.until(lambda: not desk.parts.chat.is_busy)
    assert desk.said() == ["one", "one"]
    assert desk.chat.strip.sentence == ""


def test_a_broken_model_leads_to_the_models_page(
    desk: Desk, aio: Async, engine: FakeEngine
) -> None:
    error = AppError("It is broken.", "Choose another.", code=ErrorCode.MODEL_BROKEN)
    engine.enqueue([Failed(error)])
    ask(desk, aio, "one")
    desk.chat.strip.button.click()
    assert desk.window.page == "models"


def test_the_status_bar_says_where_and_how_fast(desk: Desk, aio: Async) -> None:
    status = desk.window.status
    assert status.chip.text() == "Not enforced"
    ask(desk, aio, "one")
    assert status.device.text() == "CPU"
    assert status.model.text() == "small model"
    assert status.context.text().endswith("/ 4k")
    assert "100 t/s" in status.speed.text()
    for page in ("models", "settings", "privacy", "shortcuts"):
        desk.window.show_page(page)
        assert status.isVisible()


def test_a_device_that_was_not_wanted_is_told_with_its_reason(
    desk: Desk, aio: Async, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(desk, aio, "one")
    note = "The graphics card has too little memory."
    fallen_back = EngineStatus(
        state=EngineState.READY, model_id="small-model", device="cpu", device_note=note
    )
    monkeypatch.setattr(desk.services.local, "status", lambda: fallen_back)
    ask(desk, aio, "two")
    assert desk.window.status.device.toolTip() == note


def test_the_chip_explains_itself_and_leads_to_the_page(desk: Desk, aio: Async) -> None:
    desk.window.status.chip.click()
    panel = QApplication.activePopupWidget()
    assert panel is not None
    words = " ".join(
        child.text() for child in panel.findChildren(QWidget) if hasattr(child, "text")
    )
    assert "there is no lock for this system" in words
    assert "No part of Tacit opens a connection unless you ask" in words.replace("\n", " ")
    panel.more.click()  # type: ignore[attr-defined]
    assert desk.window.page == "privacy"


def test_text_size_by_keys(desk: Desk, aio: Async) -> None:
    press(desk.window, KEY.Key_Plus, CONTROL)
    aio.until(lambda: desk.window.look.percent == 110)
    press(desk.window, KEY.Key_Minus, CONTROL)
    press(desk.window, KEY.Key_Minus, CONTROL)
    aio.until(lambda: desk.window.look.percent == 90)
    press(desk.window, KEY.Key_0, CONTROL)
    aio.until(lambda: desk.window.look.percent == 100)


def test_closing_is_asked_for_not_done(desk: Desk) -> None:
    wanted: list[int] = []
    desk.window.close_wanted.connect(lambda: wanted.append(1))
    desk.window.close()
    assert wanted == [1]
    assert desk.window.isVisible()
    press(desk.window, KEY.Key_Q, CONTROL)
    assert wanted == [1, 1]


def test_an_uncaught_error_is_said_above_the_page(desk: Desk) -> None:
    desk.window.say("Something went wrong inside Tacit.")
    assert desk.window.strip.sentence == "Something went wrong inside Tacit."
    press(desk.window, KEY.Key_Escape)
    assert desk.window.strip.sentence == ""


def test_what_is_typed_before_the_services_are_there_stays(
    make_desk: Callable[..., Desk], paths: Paths, aio: Async
) -> None:
    install_model(paths)
    desk = make_desk(before=lambda window: QTest.keyClicks(window.chat.composer.edit, "early"))
    aio.until(lambda: bool(desk.parts.models.usable) and desk.chat.is_bound)
    aio.until(lambda: desk.parts.chat.drafts.shown(None, Draft()).text == "early")
    assert desk.composer.toPlainText() == "early"


def test_drafts_and_the_last_conversation_come_back(
    desk: Desk, make_desk: Callable[..., Desk], aio: Async
) -> None:
    ask(desk, aio, "one")
    QTest.keyClicks(desk.composer, "half a thought")
    press(desk.window, KEY.Key_N, CONTROL)
    assert desk.composer.toPlainText() == ""
    QTest.keyClicks(desk.composer, "a new thought")
    desk.parts.chat.open(str(desk.side.model.index(1).data(ConversationModel.ID)))
    aio.until(lambda: desk.composer.toPlainText() == "half a thought")
    again = make_desk()
    aio.until(lambda: bool(again.said()))
    assert again.composer.toPlainText() == "half a thought"
    press(again.window, KEY.Key_N, CONTROL)
    assert again.composer.toPlainText() == "a new thought"
    aio.until(lambda: again.side.model.rowCount() == 2)


def test_a_start_for_a_new_chat_has_one_in_front(
    desk: Desk, make_desk: Callable[..., Desk], aio: Async
) -> None:
    ask(desk, aio, "one")
    again = make_desk()
    again.assembly.open(Opening(new_chat=True))
    aio.until(lambda: again.chat.is_bound and again.side.model.rowCount() == 2)
    assert not again.said()
    again.parts.chat.open(str(again.side.model.index(1).data(ConversationModel.ID)))
    aio.until(lambda: bool(again.said()))
    again.window.show_page("models")
    again.assembly.open(Opening(new_chat=True))
    assert not again.said()
    assert again.window.page == "chat"
    assert again.composer.hasFocus()


def test_a_private_session_says_so_for_good(desk: Desk, aio: Async) -> None:
    side = desk.window.side
    assert side.private.isHidden()
    desk.window.say_private()
    assert side.private.isVisible()
    assert "nothing of it is kept" in side.private.text()
    ask(desk, aio, "What is a lease?")
    assert "Tacit, private session (" in desk.window.windowTitle()
    assert side.private.isVisible()
