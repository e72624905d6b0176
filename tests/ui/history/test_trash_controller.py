"""The trash: what is in it, how long, and the ways out of it."""

from __future__ import annotations

import pytest

from app.bootstrap import Services
from app.core.errors import AppError
from app.core.tasks import Tasks
from app.store.errors import GoneError
from app.store.values import Conversation
from app.ui.chat.chat_controller import ChatController
from app.ui.history.trash_controller import TrashController, TrashItem
from tests.ui.conftest import Async
from tests.ui.history.conftest import Stored


@pytest.fixture
def trash(chat: ChatController, services: Services, tasks: Tasks) -> TrashController:
    return TrashController(chat, services.history, tasks)


def items_of(trash: TrashController) -> list[list[TrashItem]]:
    found: list[list[TrashItem]] = []
    trash.loaded.connect(found.append)
    return found


def delete(aio: Async, services: Services, *conversations: Conversation) -> None:
    for one in conversations:
        aio.run(services.history.run(lambda store, i=one.id: store.delete_conversation(i)))  # type: ignore[misc]


def test_conversations_and_messages_lie_in_it_together(
    aio: Async, trash: TrashController, services: Services, stored: Stored
) -> None:
    kept, gone = stored("kept", "Hello\nyou", "Hi"), stored("gone")
    message = aio.run(services.history.run(lambda store: store.path(kept.id)))[0]
    aio.run(services.history.run(lambda store: store.delete_message(message.id)))
    delete(aio, services, gone)
    found = items_of(trash)
    trash.refresh()
    aio.until(lambda: bool(found))
    assert [(item.title, item.text) for item in found[0]] == [("gone", ""), ("kept", "Hello you")]


def test_both_kinds_are_restored(
    aio: Async, trash: TrashController, services: Services, stored: Stored
) -> None:
    kept, gone = stored("kept", "Hello", "Hi"), stored("gone")
    message = aio.run(services.history.run(lambda store: store.path(kept.id)))[1]
    aio.run(services.history.run(lambda store: store.delete_message(message.id)))
    delete(aio, services, gone)
    found, back = items_of(trash), list[list[Conversation]]()
    trash.restored.connect(back.append)
    trash.refresh()
    aio.until(lambda: bool(found))
    trash.restore(found[0])
    aio.until(lambda: len(found) == 2)
    assert found[1] == []
    assert {c.title for c in back[0]} == {"kept", "gone"}
    assert len(aio.run(services.history.run(lambda store: store.path(kept.id)))) == 2


def test_only_what_was_chosen_is_erased_and_emptying_erases_the_rest(
    aio: Async, trash: TrashController, services: Services, stored: Stored
) -> None:
    one, other = stored("one"), stored("other")
    delete(aio, services, one, other)
    found = items_of(trash)
    trash.refresh()
    aio.until(lambda: bool(found))
    trash.erase([item for item in found[0] if item.title == "one"])
    aio.until(lambda: len(found) == 2)
    assert [item.title for item in found[1]] == ["other"]
    with pytest.raises(GoneError):
        aio.run(services.history.run(lambda store: store.restore_conversation(one.id)))
    trash.empty()
    aio.until(lambda: len(found) == 3)
    assert found[2] == []


def test_what_is_gone_already_is_said(aio: Async, trash: TrashController) -> None:
    failures: list[AppError] = []
    trash.failed.connect(failures.append)
    trash.erase([TrashItem(conversation_id="nowhere", title="x", deleted_at=0)])
    aio.until(lambda: bool(failures))


def test_days_left_are_counted_from_the_deletion() -> None:
    item = TrashItem(conversation_id="c", title="x", deleted_at=1_000_000)
    day = 24 * 3600
    assert item.days_left(30, 1_000_000) == 30
    assert item.days_left(30, 1_000_000 + 2.5 * day) == 28
    assert item.days_left(30, 1_000_000 + 90 * day) == 0
