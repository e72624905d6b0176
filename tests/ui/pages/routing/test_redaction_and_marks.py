"""The page of redaction, and the mark, through the window and its services."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.store.values import Mark
from app.ui.side.conversation_model import ConversationModel
from tests.ui.conftest import Async, Desk

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def redaction(desk: Desk) -> Any:
    return desk.page("redaction")


class TestRedaction:
    def test_a_text_is_tried(self, redaction: Any, aio: Async) -> None:
        redaction.text.setPlainText("😀 Dear Maria Schmidt, max@x.org")
        QTest.mouseClick(redaction.show_button, LEFT)
        aio.until(redaction.result.isVisible)
        assert redaction.result.toPlainText() == "😀 Dear [NAME_1], [EMAIL_1]"
        marked = [one.cursor.selectedText() for one in redaction.result.extraSelections()]
        assert marked == ["[NAME_1]", "[EMAIL_1]"]
        assert "Maria Schmidt" in redaction.found.text()

    def test_own_words_are_kept_by_folder(self, desk: Desk, redaction: Any, aio: Async) -> None:
        store = desk.services.history
        clients = aio.run(store.run(lambda history: history.folders.create("Clients"))).id
        desk.window.show_chat()
        desk.page("redaction")
        aio.until(lambda: redaction.folder.count() == 2)
        redaction.folder.setCurrentIndex(1)
        redaction.words.setPlainText("Falcon\n\nFalcon")
        QTest.mouseClick(redaction.keep, LEFT)
        aio.until(lambda: redaction.words.toPlainText() == "Falcon")
        kept = aio.run(store.run(lambda history: history.folders.get(clients).words))
        assert kept == ("Falcon",)
        assert desk.services.words.all() == ()
        redaction.text.setPlainText("Falcon and Eagle")
        QTest.mouseClick(redaction.show_button, LEFT)
        aio.until(lambda: redaction.result.toPlainText() == "[TERM_1] and Eagle")
        redaction.folder.setCurrentIndex(0)
        redaction.words.setPlainText("Eagle")
        QTest.mouseClick(redaction.keep, LEFT)
        aio.until(lambda: desk.services.words.all() == ("Eagle",))

    def test_its_switch_is_the_setting(self, desk: Desk, redaction: Any, aio: Async) -> None:
        assert redaction.switch.field.control.isChecked()
        redaction.switch.field.control.click()
        aio.until(lambda: desk.services.settings.get("routing.redact") is False)


class TestMark:
    def test_the_lock_marks_the_chat_and_shows_it_everywhere(self, desk: Desk, aio: Async) -> None:
        store = desk.services.history
        made = aio.run(store.run(lambda history: history.create_conversation("Secret talk")))
        desk.parts.chat.open(made.id)
        lock = desk.chat.header.confidential
        aio.until(lambda: lock.isVisible() and desk.parts.chat.open_id == made.id)
        assert lock.text() == ""
        QTest.mouseClick(lock, LEFT)
        aio.until(lambda: lock.text() == "Confidential")
        desk.chat.header.resize(500, 50)
        assert (lock.text(), lock.isVisible()) == ("", True)
        desk.chat.header.resize(900, 50)
        assert lock.text() == "Confidential"
        kept = aio.run(store.run(lambda history: history.conversation(made.id)))
        assert kept.mark is Mark.CONFIDENTIAL
        index = desk.side.model.index_of(made.id)
        assert index.data(ConversationModel.ROW).conversation.mark is Mark.CONFIDENTIAL
        assert "confidential" in index.data(Qt.ItemDataRole.AccessibleTextRole)
        QTest.mouseClick(lock, LEFT)
        aio.until(lambda: lock.text() == "")

    def test_the_menu_of_the_list_marks_and_forks_follow(self, desk: Desk, aio: Async) -> None:
        def make(history: Any) -> tuple[Any, Any]:
            made = history.create_conversation("Origin")
            message = history.add_message(made.id, None, "user", "hello")
            return made, history.branches.fork(message.id)

        made, fork = aio.run(desk.services.history.run(make))
        aio.run(desk.parts.actions.load())
        desk.side.list.setCurrentIndex(desk.side.model.index_of(made.id))
        desk.side.wishes.marked.emit([made.id], True)

        def is_marked(conversation_id: str) -> bool:
            row = desk.side.model.index_of(conversation_id).data(ConversationModel.ROW)
            return bool(row.conversation.mark)

        aio.until(lambda: is_marked(made.id) and is_marked(fork.id))

    def test_a_new_chat_has_no_lock(self, desk: Desk) -> None:
        assert not desk.chat.header.confidential.isVisible()

    def test_a_marked_folder_holds_its_chats(self, desk: Desk, aio: Async) -> None:
        def make(history: Any) -> Any:
            folder = history.folders.create("Clients")
            made = history.create_conversation("In it")
            history.folders.put([made.id], folder.id)
            history.folders.set_mark(folder.id, Mark.CONFIDENTIAL)
            return made

        made = aio.run(desk.services.history.run(make))
        desk.parts.chat.open(made.id)
        lock = desk.chat.header.confidential
        aio.until(lambda: lock.text() == "Confidential")
        QTest.mouseClick(lock, LEFT)
        aio.until(lambda: "folder around it is confidential" in desk.chat.strip.sentence)
        assert lock.text() == "Confidential"
