"""The settings of a folder: written on its page, kept in the history, shown on its chats."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QWidget

from app.core.messages import Role
from app.engine.fake import FakeEngine, scripted_answer
from app.store.history import History
from app.store.personas import Persona
from app.store.values import Conversation, Folder, Mark
from app.ui.side.conversation_model import ConversationModel
from tests.ui.conftest import Async, Desk

KEY = Qt.Key
LEFT = Qt.MouseButton.LeftButton
SPOKEN = Qt.ItemDataRole.AccessibleTextRole


class Room:
    """A window with a folder in another one, and a chat in the inner one."""

    def __init__(self, desk: Desk, aio: Async) -> None:
        self.desk = desk
        self.aio = aio

        def make(history: History) -> tuple[str, str, Conversation]:
            outer = history.folders.create("Clients")
            inner = history.folders.create("Case 7", outer.id)
            made = history.create_conversation("Lease")
            history.add_message(made.id, None, Role.USER, "What of clause seven?")
            history.folders.put([made.id], inner.id)
            return outer.id, inner.id, history.conversation(made.id)

        self.outer, self.inner, self.talk = self.store(make)
        desk.side.model.set_unfolded([self.outer, self.inner])
        aio.run(desk.parts.actions.load())
        aio.run(desk.parts.shelf.load())

    def store(self, job: Callable[[History], Any]) -> Any:
        return self.aio.run(self.desk.services.history.run(job))

    def folder(self, folder_id: str) -> Folder:
        found: Folder = self.store(lambda history: history.folders.get(folder_id))
        return found

    def open(self, folder_id: str) -> Any:
        """Its settings, by the menu of its row."""
        index = self.desk.side.model.index_of(f"folder {folder_id}")
        place = self.desk.side.list.visualRect(index).center()
        self.desk.side.list.customContextMenuRequested.emit(place)
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        action = next(one for one in menu.actions() if one.text() == "Folder settings...")
        menu.close()
        action.trigger()
        assert self.desk.window.page == "folder"
        return self.desk.window.stack.currentWidget()

    def show_chat(self) -> None:
        self.desk.window.show_chat()
        self.desk.parts.chat.open(self.talk.id)
        self.aio.until(lambda: self.desk.parts.chat.open_id == self.talk.id)

    def spoken(self, key: str) -> str:
        return str(self.desk.side.model.index_of(key).data(SPOKEN))


@pytest.fixture
def room(desk: Desk, aio: Async) -> Room:
    return Room(desk, aio)


def write(field: Any, text: str) -> None:
    """Write as a person does: into the field, and out of it."""
    field.control.setFocus()
    field.control.selectAll()
    QTest.keyClicks(field.control, text)
    field.control.clearFocus()


def test_what_is_written_is_kept_and_shown_again(room: Room, aio: Async) -> None:
    page = room.open(room.outer)
    assert page.name.control.text() == "Clients"
    write(page.name, "Clients of ours")
    write(page.text, "Be exact.")
    page.words.control.setFocus()
    page.words.control.setPlainText("Falcon\n\n Project  Eagle\nFalcon")
    page.words.control.clearFocus()
    aio.until(lambda: room.folder(room.outer).words == ("Falcon", "Project Eagle"))
    aio.until(lambda: page.words.control.toPlainText() == "Falcon\nProject Eagle")
    kept = room.folder(room.outer)
    assert (kept.name, kept.system_prompt) == ("Clients of ours", "Be exact.")
    other = room.open(room.inner)
    assert other is page
    assert (page.text.control.toPlainText(), page.words.control.toPlainText()) == ("", "")
    assert page.text.control.placeholderText() == "Be exact."
    assert 'those of the folder "Clients of ours"' in page.text_help.text()
    assert page.also.isVisible()
    room.open(room.outer)
    assert page.text.control.toPlainText() == "Be exact."
    write(page.text, " ")
    aio.until(lambda: room.folder(room.outer).system_prompt is None)


def test_leaving_by_escape_keeps_what_was_written(room: Room, aio: Async) -> None:
    page = room.open(room.outer)
    page.text.control.setFocus()
    QTest.keyClicks(page.text.control, "Be brief.")
    QTest.keyClick(page.text.control, KEY.Key_Escape)
    assert room.desk.window.page == "chat"
    aio.until(lambda: room.folder(room.outer).system_prompt == "Be brief.")


def test_what_is_being_written_is_not_overwritten(room: Room, aio: Async) -> None:
    page = room.open(room.outer)
    page.text.control.setFocus()
    QTest.keyClicks(page.text.control, "Be ")
    room.desk.parts.shelf.set_folder_words(room.outer, ["Falcon"])
    aio.until(lambda: page.words.control.toPlainText() == "Falcon")
    QTest.keyClicks(page.text.control, "exact.")
    assert page.text.control.toPlainText() == "Be exact."
    page.text.control.clearFocus()
    aio.until(lambda: room.folder(room.outer).system_prompt == "Be exact.")


def test_a_refusal_is_said_and_what_was_written_stays(room: Room, aio: Async) -> None:
    page = room.open(room.outer)
    long = "x" * 201
    page.words.control.setFocus()
    page.words.control.setPlainText(long)
    page.words.control.clearFocus()
    aio.until(lambda: "at most 200 characters" in page.strip.sentence)
    assert page.words.control.toPlainText() == long
    assert room.desk.chat.strip.sentence == ""
    write(page.words, "Falcon")
    aio.until(lambda: room.folder(room.outer).words == ("Falcon",))
    assert page.strip.sentence == ""


def test_the_mark_is_set_and_shown_on_rows_and_in_the_head(room: Room, aio: Async) -> None:
    room.show_chat()
    lock = room.desk.chat.header.confidential
    aio.until(lock.isVisible)
    assert "confidential" not in room.spoken(f"folder {room.outer}")
    page = room.open(room.outer)
    QTest.mouseClick(page.mark.control, LEFT)
    aio.until(lambda: "confidential" in room.spoken(room.talk.id))
    for folder_id in (room.outer, room.inner):
        assert "confidential" in room.spoken(f"folder {folder_id}")
    assert room.store(lambda h: h.conversation(room.talk.id)).mark is Mark.CONFIDENTIAL
    tip = room.desk.side.model.index_of(f"folder {room.outer}").data(Qt.ItemDataRole.ToolTipRole)
    assert "nothing of it leaves" in tip
    room.desk.window.show_chat()
    room.desk.chat.header.resize(900, 50)
    assert lock.text() == "Confidential: Clients"
    assert 'because of the folder "Clients"' in lock.accessibleName()
    QTest.mouseClick(lock, LEFT)
    assert room.desk.window.page == "folder"
    assert page.folder_id == room.outer


def test_the_folder_around_holds_the_mark(room: Room, aio: Async) -> None:
    page = room.open(room.inner)
    assert page.mark.control.isEnabled()
    assert not page.held.isVisible()
    room.desk.parts.shelf.mark_folder(room.outer, on=True)
    aio.until(page.held.isVisible)
    assert '"Clients"' in page.held.text()
    assert page.mark.control.isChecked()
    assert not page.mark.control.isEnabled()


def test_a_chat_keeps_its_mark_where_the_folder_s_is_taken_away(room: Room, aio: Async) -> None:
    room.show_chat()
    lock = room.desk.chat.header.confidential
    page = room.open(room.outer)
    QTest.mouseClick(page.mark.control, LEFT)
    aio.until(lambda: "Clients" in lock.accessibleName())
    QTest.mouseClick(page.mark.control, LEFT)
    aio.until(lambda: room.folder(room.outer).mark is Mark.NONE)
    # The inner one was marked with it and stays so.
    aio.until(lambda: 'the folder "Case 7"' in lock.accessibleName())
    room.desk.parts.shelf.mark_folder(room.inner, on=False)
    aio.until(lambda: "Click to change" in lock.accessibleName())
    assert room.store(lambda h: h.conversation(room.talk.id)).mark is Mark.CONFIDENTIAL


def test_the_page_of_a_chat_says_that_the_folders_instructions_are_used(
    room: Room, aio: Async, engine: FakeEngine
) -> None:
    engine.enqueue(scripted_answer("It is void."))
    room.show_chat()
    page = room.desk.page("this-chat")
    aio.until(page.text.isEnabled)
    assert not page.of_folder.isVisible()
    room.desk.parts.shelf.instruct_folder(room.outer, "Be exact.")
    aio.until(page.of_folder.isVisible)
    assert page.of_folder.text() == 'The instructions of the folder "Clients" are used.'
    assert page.text.placeholderText() == "Be exact."
    room.desk.window.show_chat()
    room.desk.parts.chat.send("And now?")
    aio.until(lambda: not room.desk.parts.chat.is_busy)
    assert engine.jobs[0].messages[0].text == "Be exact."
    page = room.desk.page("this-chat")
    page.text.setPlainText("In verse.")
    page.save_now()
    aio.until(lambda: "go first" in page.of_folder.text())
    page.folder_button.click()
    assert room.desk.window.page == "folder"
    folder_page: Any = room.desk.window.stack.currentWidget()
    assert folder_page.folder_id == room.outer


def test_a_personas_instructions_go_before_the_folders(room: Room, aio: Async) -> None:
    room.desk.parts.shelf.instruct_folder(room.inner, "Be exact.")
    cook = room.store(
        lambda h: h.personas.save(Persona(id="", name="Cook", system_prompt="You cook."))
    )
    room.show_chat()
    page = room.desk.page("this-chat")
    aio.until(page.of_folder.isVisible)
    room.desk.parts.personas.choose(cook.id)
    aio.until(lambda: "go first" in page.of_folder.text())
    assert page.text.placeholderText() == "You cook."


def test_the_page_goes_when_its_folder_goes(room: Room, aio: Async) -> None:
    room.open(room.inner)
    room.desk.parts.shelf.delete_folder(room.outer, [room.talk.id])
    aio.until(lambda: room.desk.window.page == "chat")
    row = room.desk.side.model.index_of(room.talk.id).data(ConversationModel.ROW)
    assert row.conversation.folder_id is None


def test_redaction_that_is_off_is_said(room: Room) -> None:
    page = room.open(room.outer)
    assert not page.off.isVisible()
    room.desk.services.settings.set("routing.redact", value=False)
    room.desk.window.show_chat()
    room.open(room.outer)
    assert page.off.isVisible()
    page.redaction.click()
    panel: Any = room.desk.window.stack.currentWidget()
    assert (room.desk.window.page, panel.name) == ("settings", "redaction")


def test_tab_visits_the_fields_as_the_eye_does(room: Room) -> None:
    page = room.open(room.outer)
    page.name.control.setFocus()
    visited: list[QWidget] = []
    for _ in range(5):
        focused = QApplication.focusWidget()
        assert focused is not None
        visited.append(focused)
        QTest.keyClick(focused, KEY.Key_Tab)
    expected = (page.name, page.text, page.mark, page.words)
    assert visited == [*(field.control for field in expected), page.redaction]
