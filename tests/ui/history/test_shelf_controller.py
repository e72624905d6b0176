"""Folders, pins, tags, and deleting several conversations with a way back."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app.bootstrap import Services
from app.core.errors import AppError
from app.core.tasks import Tasks
from app.engine.fake import FakeEngine, scripted_answer
from app.store.errors import GoneError
from app.store.history import History
from app.store.values import Conversation, Folder, Mark
from app.ui.chat.chat_controller import ChatController
from app.ui.history.shelf_controller import ShelfController
from tests.ui.conftest import Async
from tests.ui.history.conftest import Stored, Talk


@pytest.fixture
def shelf(chat: ChatController, services: Services, tasks: Tasks) -> ShelfController:
    return ShelfController(chat, services.history, tasks)


def changes_of(shelf: ShelfController) -> list[list[Conversation]]:
    found: list[list[Conversation]] = []
    shelf.changed.connect(found.append)
    return found


def undo_of(shelf: ShelfController) -> list[Callable[[], None]]:
    offers: list[Callable[[], None]] = []
    shelf.undo_offered.connect(lambda _count, undo: offers.append(undo))
    return offers


def folders_of(shelf: ShelfController) -> list[list[Folder]]:
    found: list[list[Folder]] = []
    shelf.folders_changed.connect(found.append)
    return found


def test_a_new_folder_takes_what_it_was_made_for(
    aio: Async, shelf: ShelfController, stored: Stored
) -> None:
    one, other = stored("one"), stored("other")
    told, changed = folders_of(shelf), changes_of(shelf)
    shelf.make_folder(" Client  A ", ids=[one.id, other.id])
    aio.until(lambda: bool(changed))
    assert [folder.name for folder in told[-1]] == ["Client A"]
    assert {c.folder_id for c in changed[-1]} == {told[-1][0].id}
    shelf.move([one.id], "")
    aio.until(lambda: len(changed) == 2)
    assert changed[-1][0].folder_id is None
    aio.until(lambda: told[-1][0].conversations == 1)


def test_a_folder_is_renamed_and_deleted_and_its_chats_stay(
    aio: Async, shelf: ShelfController, stored: Stored
) -> None:
    one = stored("one")
    told, changed = folders_of(shelf), changes_of(shelf)
    shelf.make_folder("Client", ids=[one.id])
    aio.until(lambda: bool(changed))
    folder = told[-1][0]
    shelf.rename_folder(folder.id, "Clients")
    aio.until(lambda: told[-1][0].name == "Clients")
    shelf.delete_folder(folder.id, [one.id])
    aio.until(lambda: told[-1] == [])
    assert changed[-1][0].folder_id is None


def test_what_holds_in_a_folder_is_changed(
    aio: Async, shelf: ShelfController, services: Services
) -> None:
    told = folders_of(shelf)
    shelf.make_folder("Client")
    aio.until(lambda: bool(told))
    folder = told[-1][0]
    shelf.instruct_folder(folder.id, "Be exact.")
    shelf.set_folder_words(folder.id, ["Falcon", "Falcon"])
    aio.until(lambda: told[-1][0].words == ("Falcon",))
    assert told[-1][0].system_prompt == "Be exact."
    shelf.instruct_folder(folder.id, " \n")
    aio.until(lambda: told[-1][0].system_prompt is None)


def test_a_marked_folder_tells_of_all_that_is_marked_with_it(
    aio: Async, shelf: ShelfController, stored: Stored, services: Services
) -> None:
    inside, other = stored("inside", "question"), stored("other")
    told, changed = folders_of(shelf), changes_of(shelf)

    def fork(store: History) -> str:
        return store.branches.fork(store.path(inside.id)[-1].id).id

    fork_id = aio.run(services.history.run(fork))
    shelf.make_folder("Client", ids=[inside.id])
    aio.until(lambda: len(changed) == 1)
    folder = told[-1][0]
    shelf.mark_folder(folder.id, on=True)
    aio.until(lambda: len(changed) == 2)
    assert {one.id for one in changed[1]} == {inside.id, fork_id}
    assert all(one.mark is Mark.CONFIDENTIAL for one in changed[1])
    assert other.id not in {one.id for one in changed[1]}
    shelf.mark_folder(folder.id, on=False)
    aio.until(lambda: told[-1][0].mark is Mark.NONE)
    assert len(changed) == 2


@pytest.mark.parametrize("into", ["the marked one", "a new one in it"])
def test_what_comes_into_a_marked_folder_takes_its_forks_along(
    aio: Async, shelf: ShelfController, stored: Stored, services: Services, into: str
) -> None:
    moved = stored("moved", "question")
    changed = changes_of(shelf)

    def make(store: History) -> tuple[str, str]:
        folder = store.folders.set_mark(store.folders.create("Client").id, Mark.CONFIDENTIAL)
        return folder.id, store.branches.fork(store.path(moved.id)[-1].id).id

    folder_id, fork_id = aio.run(services.history.run(make))
    if into == "the marked one":
        shelf.move([moved.id], folder_id)
    else:
        shelf.make_folder("Case 7", folder_id, [moved.id])
    aio.until(lambda: bool(changed))
    assert {one.id: one.mark for one in changed[0]} == {
        moved.id: Mark.CONFIDENTIAL,
        fork_id: Mark.CONFIDENTIAL,
    }


def test_a_third_level_of_folders_is_refused_in_words(aio: Async, shelf: ShelfController) -> None:
    failures: list[AppError] = []
    shelf.failed.connect(failures.append)
    shelf.make_folder("a")
    aio.until(lambda: len(shelf.folders) == 1)
    shelf.make_folder("b", shelf.folders[0].id)
    aio.until(lambda: len(shelf.folders) == 2)
    inner = next(one for one in shelf.folders if one.parent_id)
    shelf.make_folder("c", inner.id)
    aio.until(lambda: bool(failures))
    assert len(shelf.folders) == 2


def test_pins_and_tags(aio: Async, shelf: ShelfController, stored: Stored) -> None:
    one, other = stored("one"), stored("other")
    changed, tags = changes_of(shelf), list[list[str]]()
    shelf.tags_changed.connect(tags.append)
    shelf.pin([one.id, other.id], pinned=True)
    aio.until(lambda: bool(changed))
    assert all(c.pinned for c in changed[0])
    shelf.set_tags({one.id: ["tax", "urgent"]})
    aio.until(lambda: len(changed) == 2)
    assert changed[1][0].tags == ("tax", "urgent")
    aio.until(lambda: tags == [["tax", "urgent"]])


def test_several_are_deleted_and_taken_back_together(
    aio: Async, shelf: ShelfController, talk: Talk, stored: Stored, chat: ChatController
) -> None:
    ids = [talk("question"), stored("other").id]
    offers, removed, changed = undo_of(shelf), list[list[str]](), changes_of(shelf)
    shelf.removed.connect(removed.append)
    shelf.delete(ids)
    aio.until(lambda: bool(offers))
    assert removed == [ids]
    assert chat.conversation is None
    offers[0]()
    aio.until(lambda: bool(changed))
    assert [c.id for c in changed[0]] == ids


def test_a_single_one_is_shown_again_when_it_is_taken_back(
    aio: Async, shelf: ShelfController, talk: Talk, chat: ChatController
) -> None:
    conversation_id = talk("question")
    offers = undo_of(shelf)
    shelf.delete([conversation_id])
    aio.until(lambda: bool(offers))
    offers[0]()
    aio.until(lambda: chat.open_id == conversation_id and chat.conversation is not None)


def test_deleting_stops_the_answer_first(
    aio: Async, shelf: ShelfController, chat: ChatController, engine: FakeEngine
) -> None:
    engine.enqueue(scripted_answer("word " * 2000))
    live: list[str] = []
    chat.stream_started.connect(live.append)
    chat.send("go")
    aio.until(lambda: bool(live))
    offers = undo_of(shelf)
    shelf.delete([chat.open_id])
    aio.until(lambda: bool(offers))
    assert not chat.is_busy


def test_of_several_all_are_deleted_or_none(
    aio: Async, shelf: ShelfController, stored: Stored, services: Services
) -> None:
    one = stored("one")
    failures: list[AppError] = []
    shelf.failed.connect(failures.append)
    shelf.delete([one.id, "nowhere"])
    aio.until(lambda: bool(failures))
    assert isinstance(failures[0], GoneError)
    assert aio.run(services.history.run(lambda store: store.conversation(one.id))).id == one.id
