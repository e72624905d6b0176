"""Editing and asking again branch; deleting passes over; stepping back finds the old branch."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core.messages import Role
from app.store.errors import GoneError
from app.store.history import History
from app.store.values import StoredMessage


class Talk(NamedTuple):
    """question - answer - follow_up - ending, and a second answer with nothing below it."""

    id: str
    question: StoredMessage
    answer: StoredMessage
    follow_up: StoredMessage
    ending: StoredMessage
    other: StoredMessage


@pytest.fixture
def talk(history: History) -> Talk:
    conversation = history.create_conversation().id
    question = history.add_message(conversation, None, Role.USER, "question")
    answer = history.add_message(conversation, question.id, Role.ASSISTANT, "answer")
    follow_up = history.add_message(conversation, answer.id, Role.USER, "follow-up")
    ending = history.add_message(conversation, follow_up.id, Role.ASSISTANT, "ending")
    other = history.add_message(conversation, question.id, Role.ASSISTANT, "other")
    return Talk(conversation, question, answer, follow_up, ending, other)


def shown(history: History, talk: Talk) -> list[str]:
    return [message.text for message in history.path(talk.id)]


def test_a_second_answer_is_shown_and_both_know_each_other(history: History, talk: Talk) -> None:
    assert shown(history, talk) == ["question", "other"]
    answers = (talk.answer.id, talk.other.id)
    assert history.message(talk.answer.id).siblings == answers
    assert history.path(talk.id)[1].siblings == answers
    assert [m.id for m in history.children(talk.id, talk.question.id)] == list(answers)


def test_stepping_back_shows_the_whole_old_branch(history: History, talk: Talk) -> None:
    history.show_branch(talk.answer.id)
    assert shown(history, talk) == ["question", "answer", "follow-up", "ending"]
    history.show_branch(talk.other.id)
    assert shown(history, talk) == ["question", "other"]
    third = history.add_message(talk.id, talk.follow_up.id, Role.ASSISTANT, "third")
    history.show_branch(talk.other.id)
    history.show_branch(talk.answer.id)
    assert shown(history, talk) == ["question", "answer", "follow-up", "third"]
    history.show_branch(talk.ending.id)
    history.show_branch(talk.other.id)
    assert history.show_branch(talk.answer.id).leaf_id == talk.ending.id
    assert third.id in history.message(talk.ending.id).siblings


def test_an_edited_first_question_is_a_second_beginning(history: History, talk: Talk) -> None:
    edited = history.add_message(talk.id, None, Role.USER, "edited")
    assert shown(history, talk) == ["edited"]
    assert edited.siblings == (talk.question.id, edited.id)
    assert [m.text for m in history.children(talk.id, None)] == ["question", "edited"]
    history.show_branch(talk.question.id)
    assert shown(history, talk) == ["question", "other"]


def test_set_leaf_shows_exactly_that_path(history: History, talk: Talk) -> None:
    assert history.set_leaf(talk.id, talk.answer.id).leaf_id == talk.answer.id
    assert shown(history, talk) == ["question", "answer"]


def test_what_follows_a_deleted_message_hangs_on_what_came_before(
    history: History, talk: Talk
) -> None:
    history.show_branch(talk.answer.id)
    before = history.path(talk.id)
    token = history.delete_message(talk.answer.id)
    assert shown(history, talk) == ["question", "follow-up", "ending"]
    follow_up = history.message(talk.follow_up.id)
    assert follow_up.parent_id == talk.question.id
    assert set(follow_up.siblings) == {talk.follow_up.id, talk.other.id}
    with pytest.raises(GoneError):
        history.message(talk.answer.id)
    with pytest.raises(GoneError):
        history.add_message(talk.id, talk.answer.id, Role.USER, "below what is gone")
    assert history.restore_message(token) == before[1]
    assert history.path(talk.id) == before
    with pytest.raises(GoneError):
        history.restore_message(token)


def test_deleting_the_first_message_and_undoing_it(history: History, talk: Talk) -> None:
    before = history.path(talk.id)
    token = history.delete_message(talk.question.id)
    assert shown(history, talk) == ["other"]
    assert history.message(talk.other.id).parent_id is None
    history.restore_message(token)
    assert history.path(talk.id) == before


def test_deleting_the_last_message_shows_its_neighbour(history: History, talk: Talk) -> None:
    token = history.delete_message(talk.other.id)
    assert shown(history, talk) == ["question", "answer", "follow-up", "ending"]
    history.restore_message(token)
    assert shown(history, talk) == ["question", "other"]


def test_an_answer_deleted_without_neighbour_leaves_its_question(
    history: History, talk: Talk
) -> None:
    history.show_branch(talk.ending.id)
    token = history.delete_message(talk.ending.id)
    assert shown(history, talk) == ["question", "answer", "follow-up"]
    again = history.add_message(talk.id, talk.follow_up.id, Role.ASSISTANT, "again")
    history.restore_message(token)
    assert shown(history, talk) == ["question", "answer", "follow-up", "again"]
    assert history.message(again.id).siblings == (talk.ending.id, again.id)


def test_undoing_out_of_order_brings_everything_back_into_sight(
    history: History, talk: Talk
) -> None:
    conversation = history.create_conversation().id
    one = history.add_message(conversation, None, Role.USER, "one")
    two = history.add_message(conversation, one.id, Role.ASSISTANT, "two")
    history.delete_message(two.id)
    history.delete_message(one.id)
    assert history.path(conversation) == []
    history.restore_message(two.id)
    assert [m.text for m in history.path(conversation)] == ["two"]
    history.restore_message(one.id)
    assert history.path(conversation) == [one, two]


class Model:
    """What a tree of messages is, in the plainest words: a dictionary."""

    def __init__(self) -> None:
        self.parents: dict[str, str | None] = {}
        self.deleted: set[str] = set()

    def live(self) -> list[str]:
        return [one for one in self.parents if one not in self.deleted]

    def parent(self, one: str) -> str | None:
        above = self.parents[one]
        while above is not None and above in self.deleted:
            above = self.parents[above]
        return above

    def children(self, parent: str | None) -> list[str]:
        return [one for one in self.live() if self.parent(one) == parent]


def check(history: History, conversation: str, model: Model) -> list[StoredMessage]:
    """The history agrees with the model, and the shown path holds together."""
    path = history.path(conversation)
    assert [m.parent_id for m in path] == [None, *(m.id for m in path)][: len(path)]
    assert bool(path) == bool(model.live())
    assert history.conversation(conversation).leaf_id == (path[-1].id if path else None)
    for message in path:
        assert list(message.siblings) == model.children(message.parent_id)
    reached: list[str] = []
    waiting: list[str | None] = [None]
    while waiting:
        parent = waiting.pop()
        followers = history.children(conversation, parent)
        assert [m.id for m in followers] == model.children(parent)
        assert all(m.parent_id == parent for m in followers)
        assert all(m.text == f"text of {m.created_at:.0f}" for m in followers)
        reached += [m.id for m in followers]
        waiting += [m.id for m in followers]
    assert sorted(reached) == sorted(model.live())
    pages: list[StoredMessage] = []
    while more := history.page(conversation, pages[0].id if pages else None, 3):
        pages[:0] = more
    assert pages == path
    return path


ACTIONS = ("ask", "edit", "again", "delete", "restore", "undo", "leaf", "branch", "purge")


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(st.sampled_from(ACTIONS), st.integers(0, 1_000)), max_size=25))
def test_whatever_is_done_the_path_holds_together_and_nothing_is_lost(
    actions: list[tuple[str, int]],
) -> None:
    numbers = iter(range(10_000))
    with TemporaryDirectory() as folder:
        history = History(Path(folder) / "history.db", clock=lambda: float(next(numbers)))
        history.open()
        conversation = history.create_conversation().id
        model = Model()
        path: list[StoredMessage] = []
        for action, number in actions:
            act(history, conversation, model, path, action, number)
            path = check(history, conversation, model)
        history.close()


def act(
    history: History,
    conversation: str,
    model: Model,
    path: list[StoredMessage],
    action: str,
    number: int,
) -> None:
    """Do one thing to the history and to the model, to the message that `number` picks."""
    live, gone = model.live(), sorted(model.deleted)
    if action == "ask":
        add(history, conversation, model, path[-1].id if path else None)
    elif action == "restore" and gone:
        one = gone[number % len(gone)]
        history.restore_message(one)
        model.deleted.discard(one)
    elif action == "purge":
        before = [m.text for m in path]
        assert history.purge_deleted() == len(gone)
        model.parents = {one: model.parent(one) for one in live}
        model.deleted.clear()
        assert [m.text for m in history.path(conversation)] == before
    elif live:
        one = live[number % len(live)]
        if action in {"edit", "again"}:
            parent = model.parent(one) if action == "edit" else one
            add(history, conversation, model, parent)
        elif action == "delete":
            history.delete_message(one)
            model.deleted.add(one)
        elif action == "undo":
            history.restore_message(history.delete_message(one))
            assert history.path(conversation) == path
        elif action == "leaf":
            history.set_leaf(conversation, one)
            assert history.path(conversation)[-1].id == one
        elif action == "branch":
            step_away_and_back(history, conversation, one)


def add(history: History, conversation: str, model: Model, parent: str | None) -> None:
    message = history.add_message(conversation, parent, Role.USER, "")
    history.update_message(message.id, text=f"text of {message.created_at:.0f}")
    model.parents[message.id] = parent
    assert history.path(conversation)[-1].id == message.id


def step_away_and_back(history: History, conversation: str, one: str) -> None:
    history.show_branch(one)
    path = history.path(conversation)
    assert one in [m.id for m in path]
    assert not history.children(conversation, path[-1].id)
    for message in path:
        for sibling in message.siblings:
            history.show_branch(sibling)
        history.show_branch(message.id)
        assert history.path(conversation) == path
