"""Renaming, choosing models and branches, and deleting with a way back."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app.bootstrap import Services
from app.core.errors import AppError
from app.core.messages import Role
from app.core.tasks import Tasks
from app.engine.fake import FakeEngine, scripted_answer
from app.paths import Paths
from app.store.history import History
from app.store.values import Conversation, StoredMessage
from app.ui.chat import history_actions
from app.ui.chat.chat_controller import ChatController
from app.ui.chat.history_actions import HistoryActions
from tests.ui.conftest import Async, install_model


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine(pace_s=0.002)


@pytest.fixture
def actions(chat: ChatController, services: Services, tasks: Tasks) -> HistoryActions:
    return HistoryActions(chat, services.history, tasks)


@pytest.fixture
def talk(chat: ChatController, aio: Async) -> Callable[[str], str]:
    def say(text: str) -> str:
        chat.send(text)
        aio.until(lambda: not chat.is_busy)
        return chat.open_id

    return say


Talk = Callable[[str], str]


def undo_of(actions: HistoryActions) -> list[Callable[[], None]]:
    offers: list[Callable[[], None]] = []
    actions.message_undo_offered.connect(offers.append)
    return offers


def front(chat: ChatController) -> list[StoredMessage]:
    messages: list[StoredMessage] = []

    def show(_conversation: object, shown: list[StoredMessage]) -> None:
        messages[:] = shown

    chat.shown.connect(show)
    return messages


def test_all_conversations_are_listed_newest_first(
    aio: Async, services: Services, actions: HistoryActions
) -> None:
    def fill(store: History) -> None:
        for number in range(205):
            store.create_conversation(f"c{number}")

    aio.run(services.history.run(fill))
    pages: list[list[Conversation]] = []
    actions.loaded.connect(lambda found: pages.append(list(found)))
    aio.run(actions.load())
    assert len(pages[0]) == 200
    assert len(pages[-1]) == 205
    assert pages[-1][0].title == "c204"


def test_a_title_by_the_person(
    aio: Async, actions: HistoryActions, chat: ChatController, talk: Talk
) -> None:
    conversation_id = talk("question")
    actions.rename(conversation_id, "Lease, clause 7")
    aio.until(lambda: chat.conversation is not None and chat.conversation.title_by_user)
    assert chat.conversation is not None
    assert chat.conversation.title == "Lease, clause 7"


def test_another_model_for_this_conversation_only(
    aio: Async,
    actions: HistoryActions,
    chat: ChatController,
    talk: Talk,
    paths: Paths,
    engine: FakeEngine,
) -> None:
    install_model(paths, "z-other")
    talk("question")
    actions.choose_model("z-other")
    aio.until(lambda: chat.conversation is not None and chat.conversation.model == "z-other")
    talk("again")
    assert [job.model_id for job in engine.jobs] == ["small-model", "z-other"]
    chat.new_chat()
    talk("new")
    assert engine.jobs[-1].model_id == "small-model"


def test_a_deleted_message_leaves_the_rest_and_can_be_taken_back(
    aio: Async, actions: HistoryActions, chat: ChatController, talk: Talk
) -> None:
    talk("one")
    talk("two")
    messages = front(chat)
    aio.run(chat.reload())
    before = [m.id for m in messages]
    offers = undo_of(actions)
    actions.delete_message(before[1])
    aio.until(lambda: bool(offers))
    assert [m.id for m in messages] == [before[0], *before[2:]]
    offers[0]()
    aio.until(lambda: [m.id for m in messages] == before)


def test_deleting_the_answer_that_is_written_stops_it(
    aio: Async, actions: HistoryActions, chat: ChatController, engine: FakeEngine
) -> None:
    engine.enqueue(scripted_answer("word " * 2000))
    live: list[str] = []
    chat.stream_started.connect(live.append)
    messages = front(chat)
    chat.send("go")
    aio.until(lambda: bool(live))
    offers = undo_of(actions)
    actions.delete_message(live[0])
    aio.until(lambda: bool(offers))
    assert not chat.is_busy
    assert [m.role for m in messages] == [Role.USER]


def test_another_branch_is_shown_with_what_followed_it(
    aio: Async, actions: HistoryActions, chat: ChatController, talk: Talk
) -> None:
    talk("one")
    talk("two")
    messages = front(chat)
    aio.run(chat.reload())
    first = messages[0].id
    chat.edit(first, "uno")
    aio.until(lambda: not chat.is_busy)
    actions.show_branch(first)
    aio.until(lambda: len(messages[0].siblings) == 2)
    assert [m.text for m in messages] == ["one", "one", "two", "two"]


def test_a_failure_is_said(aio: Async, actions: HistoryActions) -> None:
    failures: list[AppError] = []
    actions.failed.connect(failures.append)
    actions.rename("nowhere", "x")
    aio.until(lambda: bool(failures))


def test_a_fork_is_opened_and_leaves_the_old_one_alone(
    aio: Async, actions: HistoryActions, chat: ChatController, talk: Talk
) -> None:
    first = talk("first")
    talk("second")
    messages = front(chat)
    aio.run(chat.reload())
    actions.fork(messages[1].id)
    aio.until(lambda: chat.open_id not in ("", first) and len(messages) == 2)
    assert messages[0].text == "first"
    assert chat.conversation is not None
    assert chat.conversation.title.endswith("(fork)")


def test_a_branch_is_deleted_and_taken_back(
    aio: Async, actions: HistoryActions, chat: ChatController, talk: Talk
) -> None:
    talk("first")
    talk("second")
    offers, messages = undo_of(actions), front(chat)
    aio.run(chat.reload())
    texts = [message.text for message in messages]
    actions.delete_branch(messages[1].id)
    aio.until(lambda: bool(offers))
    assert [message.text for message in messages] == texts[:1]
    offers[0]()
    aio.until(lambda: len(messages) == 4)
    assert [message.text for message in messages] == texts


def test_an_answer_that_was_written_over_is_shown(
    aio: Async, actions: HistoryActions, chat: ChatController, talk: Talk
) -> None:
    talk("first")
    messages = front(chat)
    aio.run(chat.reload())
    actions.edit_answer(messages[1].id, "my words")
    aio.until(lambda: messages[-1].text == "my words")
    assert len(messages[-1].siblings) == 2


def test_marking_one_chat_loses_none_from_the_list(
    aio: Async, actions: HistoryActions, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    def make(store: History) -> list[str]:
        return [store.create_conversation(title).id for title in ("one", "two", "three")]

    ids = aio.run(services.history.run(make))
    monkeypatch.setattr(history_actions, "_FIRST", 2)
    monkeypatch.setattr(history_actions, "_MORE", 2)
    listed: list[list[Conversation]] = []
    actions.loaded.connect(listed.append)
    actions.mark(ids[0], on=True)
    aio.until(lambda: bool(listed))
    assert {one.id for one in listed[-1]} == set(ids)
