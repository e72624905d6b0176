"""The side list with everything behind it: searching, folders, tags, several at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from time import perf_counter

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from app.core.draft import Draft
from app.core.messages import Role
from app.engine.fake import FakeEngine, scripted_answer
from app.paths import Paths
from app.store.history import History
from app.store.values import Conversation
from app.ui.side.conversation_model import ConversationModel
from app.ui.side.dialogs import NameQuestion, SureQuestion, split_tags
from app.ui.transcript.text import MessageText
from tests.ui.conftest import Async, Desk, install_model

KEY = Qt.Key
CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
Filled = Callable[..., Desk]


@pytest.fixture
def filled(make_desk: Callable[..., Desk], paths: Paths, aio: Async) -> Filled:
    """Opens a window over a history that a function has filled."""

    def open_over(fill: Callable[[History], object], **options: bool) -> Desk:
        install_model(paths)
        history = History(paths.history_file)
        history.open()
        with history.batch():
            fill(history)
        while history.index_more():
            pass
        count = len(history.transcripts.ids())
        history.close()
        desk = make_desk(**options)
        aio.until(lambda: desk.chat.is_bound and len(desk.side.model.all) == count)
        return desk

    return open_over


def talk(history: History, title: str, *texts: str) -> Conversation:
    made, parent = history.create_conversation(title), None
    for number, text in enumerate(texts):
        role = Role.ASSISTANT if number % 2 else Role.USER
        parent = history.add_message(made.id, parent, role, text).id
    return made


def three(history: History) -> None:
    talk(history, "Recipe", "How long does rice cook?", "About fifteen minutes.")
    talk(history, "Lease", "What of clause seven?", "The tenant pays for the paint.")
    talk(history, "Letter", "Write to my landlord.", "Dear landlord, the paint comes off.")


def search(desk: Desk, aio: Async, typed: str) -> list[str]:
    """Type into the search; the titles of what was found."""
    QTest.keyClick(desk.window, KEY.Key_F, CONTROL | SHIFT)
    assert QApplication.focusWidget() is desk.side.search
    rounds: list[int] = []
    desk.parts.search.found.connect(lambda *_: rounds.append(1))
    QTest.keyClicks(desk.side.search, typed)
    aio.until(lambda: bool(rounds))
    return [hit.title for hit in desk.side.results_model.hits]


def marks(desk: Desk) -> list[str]:
    """The words that are marked in the transcript."""
    return [
        selection.cursor.selectedText()
        for text in desk.chat.transcript.findChildren(MessageText)
        for selection in text.extraSelections()
    ]


def menu() -> QMenu:
    found = QApplication.activePopupWidget()
    assert isinstance(found, QMenu)
    return found


def choose(shown: QMenu, words: str) -> None:
    action = next(one for one in shown.actions() if one.text().startswith(words))
    shown.close()
    action.trigger()


def row_of(desk: Desk, title: str) -> QPoint:
    model = desk.side.model
    row = next(n for n in range(model.rowCount()) if model.index(n).data() == title)
    return desk.side.list.visualRect(model.index(row)).center()


def open_menu(desk: Desk, title: str) -> QMenu:
    desk.side.list.customContextMenuRequested.emit(row_of(desk, title))
    return menu()


def question(desk: Desk, kind: type[NameQuestion | SureQuestion]) -> NameQuestion | SureQuestion:
    return desk.window.findChildren(kind)[-1]


def answer(desk: Desk, name: str) -> None:
    asked = question(desk, NameQuestion)
    assert isinstance(asked, NameQuestion)
    asked.field.setText(name)
    asked.done_button.click()


def test_a_hit_opens_its_conversation_at_the_marked_words(filled: Filled, aio: Async) -> None:
    desk = filled(three)
    assert search(desk, aio, "paint") == ["Letter", "Lease"]
    QTest.keyClick(desk.side.search, KEY.Key_Down)
    QTest.keyClick(desk.side.results, KEY.Key_Down)
    QTest.keyClick(desk.side.results, KEY.Key_Return)
    aio.until(lambda: marks(desk) == ["paint"])
    assert desk.said()[0] == "What of clause seven?"
    hit = desk.side.results_model.hits[0]
    desk.side.results.chosen.emit(hit)
    aio.until(lambda: desk.said()[0] == "Write to my landlord." and marks(desk) == ["paint"])


def test_a_hit_on_a_branch_that_is_not_shown_shows_it(filled: Filled, aio: Async) -> None:
    def branches(history: History) -> None:
        made = talk(history, "Lease", "Clause seven?", "The old answer about paint.")
        first = history.path(made.id)[0]
        history.add_message(made.id, first.id, Role.ASSISTANT, "Another one.")

    desk = filled(branches)
    search(desk, aio, "paint")
    QTest.keyClick(desk.side.search, KEY.Key_Return)
    aio.until(lambda: marks(desk) == ["paint"])
    assert desk.said()[-1] == "The old answer about paint."


def test_a_hit_far_up_in_a_long_conversation_is_found(filled: Filled, aio: Async) -> None:
    def long(history: History) -> None:
        talk(history, "Long", "The needle stands here.", *(f"Line {n}" for n in range(600)))

    desk = filled(long)
    search(desk, aio, "needle")
    QTest.keyClick(desk.side.search, KEY.Key_Return)
    aio.until(lambda: marks(desk) == ["needle"])
    view = desk.chat.transcript
    row = view.board.rows[0]
    assert -view.viewport().height() < view.board.top_of(row) < view.viewport().height()


def test_filters_narrow_a_search_and_can_be_cleared(filled: Filled, aio: Async) -> None:
    def tagged(history: History) -> None:
        three(history)
        one = next(c for c in history.conversations() if c.title == "Lease")
        history.labels.set_tags(one.id, ["client a"])

    desk = filled(tagged)
    desk.side.filter_button.click()
    assert search(desk, aio, "paint") == ["Letter", "Lease"]
    panel = desk.side.filters
    panel.tag.setCurrentIndex(panel.tag.findData("client a"))
    panel.tag.activated.emit(1)
    aio.until(lambda: [hit.title for hit in desk.side.results_model.hits] == ["Lease"])
    panel.clear_button.click()
    aio.until(lambda: len(desk.side.results_model.hits) == 2)


def test_a_chat_moves_to_a_new_folder_by_menu(filled: Filled, aio: Async) -> None:
    desk = filled(three)
    moving = next(
        one.menu() for one in open_menu(desk, "Lease").actions() if one.text() == "Move to"
    )
    assert isinstance(moving, QMenu)
    choose(moving, "New folder...")
    answer(desk, "Client A")
    aio.until(lambda: "Client A" in desk.titles() and "Lease" not in desk.titles())
    menu().close() if isinstance(QApplication.activePopupWidget(), QMenu) else None
    desk.side.model.toggle(desk.side.model.folders[0].id)
    assert desk.titles()[:3] == ["Folders", "Client A", "Lease"]


def test_folders_are_renamed_nested_and_deleted(filled: Filled, aio: Async) -> None:
    def with_folder(history: History) -> None:
        three(history)
        folder = history.folders.create("Client")
        history.folders.put([history.conversations()[0].id], folder.id)

    desk = filled(with_folder)
    aio.until(lambda: "Client" in desk.titles())
    choose(open_menu(desk, "Client"), "New folder inside...")
    answer(desk, "Inner")
    aio.until(lambda: "Inner" in desk.titles())
    desk.side.model.folder_rename_wanted.emit(desk.side.model.folders[0].id, "Clients")
    aio.until(lambda: "Clients" in desk.titles())
    choose(open_menu(desk, "Clients"), "Delete the folder")
    asked = question(desk, SureQuestion)
    assert isinstance(asked, SureQuestion)
    asked.sure_button.click()
    aio.until(lambda: "Clients" not in desk.titles())
    assert len([t for t in desk.titles() if t in {"Recipe", "Lease", "Letter"}]) == 3


def test_pinning_and_tagging_by_menu(filled: Filled, aio: Async) -> None:
    desk = filled(three)
    choose(open_menu(desk, "Recipe"), "Pin")
    aio.until(lambda: desk.titles()[:2] == ["Pinned", "Recipe"])
    choose(open_menu(desk, "Recipe"), "Tags...")
    answer(desk, "#kitchen, quick, ")
    aio.until(lambda: desk.parts.shelf.tags == ["kitchen", "quick"])
    recipe = next(one for one in desk.side.model.all if one.title == "Recipe")
    assert recipe.tags == ("kitchen", "quick")
    assert desk.side.filters.tag.findData("quick") > 0


def test_several_are_chosen_deleted_and_taken_back(filled: Filled, aio: Async) -> None:
    desk = filled(three)
    shown = desk.side.list
    QTest.mouseClick(shown.viewport(), Qt.MouseButton.LeftButton, CONTROL, row_of(desk, "Recipe"))
    QTest.mouseClick(shown.viewport(), Qt.MouseButton.LeftButton, CONTROL, row_of(desk, "Lease"))
    assert desk.parts.chat.open_id == "", "choosing is not opening"
    assert desk.side.bar.isVisible()
    assert desk.side.bar.words.text() == "2 chosen"
    desk.side.bar.delete.click()
    aio.until(lambda: "Recipe" not in desk.titles())
    assert desk.side.strip.sentence == "2 chats moved to the trash."
    assert not desk.side.bar.isVisible()
    desk.side.strip.button.click()
    aio.until(lambda: "Recipe" in desk.titles() and "Lease" in desk.titles())


def test_several_are_chosen_by_clicks_alone(filled: Filled, aio: Async) -> None:
    desk = filled(three)
    shown, left = desk.side.list, Qt.MouseButton.LeftButton
    choose(open_menu(desk, "Recipe"), "Choose several")
    assert desk.side.bar.words.text() == "1 chosen"
    QTest.mouseClick(shown.viewport(), left, pos=row_of(desk, "Lease"))
    assert desk.side.bar.words.text() == "2 chosen"
    QTest.mouseClick(shown.viewport(), left, pos=row_of(desk, "Recipe"))
    assert [desk.side.model.index_of(one).data() for one in shown.chosen] == ["Lease"]
    assert desk.parts.chat.open_id == ""
    desk.side.bar.close_button.click()
    assert not desk.side.bar.isVisible()
    QTest.mouseClick(shown.viewport(), left, pos=row_of(desk, "Recipe"))
    aio.until(lambda: desk.said()[:1] == ["How long does rice cook?"])


def test_escape_lets_go_of_what_is_chosen(filled: Filled, aio: Async) -> None:
    desk = filled(three)
    desk.side.list.setFocus()
    QTest.keyClick(desk.side.list, KEY.Key_A, CONTROL)
    assert len(desk.side.list.chosen) == 3
    QTest.keyClick(desk.side.list, KEY.Key_Escape)
    assert len(desk.side.list.chosen) < 2


def test_the_list_goes_to_a_month(make_desk: Callable[..., Desk], paths: Paths, aio: Async) -> None:
    install_model(paths)
    now = [0.0]
    history = History(paths.history_file, clock=lambda: now[0])
    history.open()
    with history.batch():
        for number in range(120):
            now[0] = datetime(2020 + number // 12, number % 12 + 1, 15).astimezone().timestamp()
            for part in range(4):
                history.create_conversation(f"{number}.{part}")
    history.close()
    desk = make_desk()
    aio.until(lambda: len(desk.side.model.all) == 480)
    desk.side.filter_button.click()
    jump = desk.side.filters.jump
    jump.setCurrentIndex(jump.findText("May 2024"))
    jump.activated.emit(jump.currentIndex())
    assert desk.side.list.indexAt(QPoint(20, 20)).data() == "May 2024"
    assert jump.currentIndex() == 0


def test_the_order_is_remembered(
    filled: Filled, make_desk: Callable[..., Desk], aio: Async
) -> None:
    desk = filled(three)
    desk.side.filters.sort.setCurrentIndex(2)
    desk.side.filters.sort.activated.emit(2)
    assert desk.titles() == ["Lease", "Letter", "Recipe"]
    aio.until(lambda: desk.parts.settings.text("window.sort") == "title")
    again = make_desk()
    aio.until(lambda: len(again.side.model.all) == 3)
    assert again.titles() == ["Lease", "Letter", "Recipe"]


def test_the_model_names_the_chat_and_the_person_keeps_the_last_word(
    filled: Filled, aio: Async, engine: FakeEngine
) -> None:
    desk = filled(lambda history: None, titles=True)
    aio.until(lambda: bool(desk.parts.models.usable))
    engine.enqueue(scripted_answer("It says no."))
    engine.enqueue(scripted_answer("Clause seven"))
    desk.chat.send_wanted.emit(Draft("What does clause seven say?"))
    aio.until(lambda: desk.titles()[1:] == ["Clause seven"])
    assert desk.chat.header.title.text() == "Clause seven"


def test_two_thousand_conversations_stay_smooth(filled: Filled, aio: Async) -> None:
    def many(history: History) -> None:
        for number in range(2_000):
            history.create_conversation(f"Chat {number}")

    desk = filled(many)
    bar = desk.side.list.verticalScrollBar()
    slowest = 0.0
    for step in range(20):
        began = perf_counter()
        bar.setValue(bar.maximum() * step // 20)
        desk.side.list.viewport().grab()
        slowest = max(slowest, perf_counter() - began)
    began = perf_counter()
    desk.side.model.put(desk.side.model.all[-1])
    QApplication.processEvents()
    changed = perf_counter() - began
    assert slowest < 0.1
    assert changed < 0.3
    assert isinstance(desk.side.model, ConversationModel)


def test_tags_are_read_as_people_write_them() -> None:
    assert split_tags(" a,#b , , a,  two  words,") == ["a", "b", "two words"]
    assert split_tags("") == []


def test_a_name_with_an_ampersand_is_no_key(filled: Filled, aio: Async) -> None:
    def with_folder(history: History) -> None:
        three(history)
        history.folders.create("Smith & Sons")

    desk = filled(with_folder)
    moving = next(
        one.menu() for one in open_menu(desk, "Lease").actions() if one.text() == "Move to"
    )
    assert isinstance(moving, QMenu)
    names: list[QAction] = moving.actions()
    assert "Smith && Sons" in [one.text() for one in names]
    menu().close()
