"""Whole branches go and come back; a fork has all of its path and the marks of its origin."""

from __future__ import annotations

import pytest

from app.core.messages import Role
from app.store.errors import GoneError
from app.store.history import History
from app.store.values import Mark, MessageState, Provenance, StoredMessage


def grow(history: History, *texts: str, parent: str | None = None, of: str = "") -> list[str]:
    """A path of messages under `parent`; returns their ids."""
    conversation_id = of or history.create_conversation("talk").id
    ids: list[str] = []
    for text in texts:
        message = history.add_message(conversation_id, parent, Role.USER, text)
        parent = message.id
        ids.append(message.id)
    return ids


def shown(history: History, conversation_id: str) -> list[str]:
    return [message.text for message in history.path(conversation_id)]


def tree_of(history: History, conversation_id: str) -> list[StoredMessage]:
    """All messages that are not deleted, parents before children."""
    found: list[StoredMessage] = []
    waiting: list[str | None] = [None]
    while waiting:
        children = history.children(conversation_id, waiting.pop())
        found += children
        waiting += [child.id for child in children]
    return found


def test_a_deleted_branch_goes_as_a_whole_and_comes_back_as_it_was(history: History) -> None:
    one, two, three = grow(history, "one", "two", "three")
    conversation_id = history.message(one).conversation_id
    (other,) = grow(history, "other two", parent=one, of=conversation_id)
    grow(history, "other three", parent=two, of=conversation_id)
    history.show_branch(three)
    before = (shown(history, conversation_id), tree_of(history, conversation_id))

    token = history.branches.delete(two)
    assert shown(history, conversation_id) == ["one", "other two"]
    assert [m.id for m in tree_of(history, conversation_id)] == [one, other]
    assert history.message(other).siblings == (other,)
    with pytest.raises(GoneError):
        history.message(three)

    history.restore_message(token)
    assert (shown(history, conversation_id), tree_of(history, conversation_id)) == before
    with pytest.raises(GoneError):
        history.restore_message(token)


def test_a_branch_that_is_not_shown_leaves_the_shown_one(history: History) -> None:
    one, two = grow(history, "one", "two")
    conversation_id = history.message(one).conversation_id
    (other,) = grow(history, "other", parent=one, of=conversation_id)
    history.branches.delete(two)
    assert shown(history, conversation_id) == ["one", "other"]
    history.branches.delete(other)
    assert shown(history, conversation_id) == ["one"]
    history.branches.delete(one)
    assert shown(history, conversation_id) == []
    for token in (one, other, two):
        history.restore_message(token)
    assert {m.text for m in tree_of(history, conversation_id)} == {"one", "two", "other"}


def test_what_was_deleted_before_its_branch_stays_deleted(history: History) -> None:
    one, two, three = grow(history, "one", "two", "three")
    conversation_id = history.message(one).conversation_id
    history.delete_message(two)
    token = history.branches.delete(one)
    assert shown(history, conversation_id) == []
    history.restore_message(token)
    assert shown(history, conversation_id) == ["one", "three"]
    history.restore_message(two)
    assert shown(history, conversation_id) == ["one", "two", "three"]
    assert history.message(three).parent_id == two


def test_a_chosen_sibling_is_remembered_with_what_followed_it(history: History) -> None:
    one, two, _ = grow(history, "one", "two", "three")
    conversation_id = history.message(one).conversation_id
    grow(history, "other", parent=one, of=conversation_id)
    history.show_branch(two)
    assert shown(history, conversation_id) == ["one", "two", "three"]
    assert history.conversation(conversation_id).leaf_id is not None


def test_a_fork_has_its_path_and_inherits(history: History) -> None:
    one, two, three = grow(history, "one", "two", "three")
    old = history.message(one).conversation_id
    (answer,) = grow(history, "other", parent=two, of=old)
    provenance = Provenance(is_local=True, model_hash="ab", parameters={"top_k": 5})
    history.update_message(
        two, model="m", device="cpu", reasoning="hm", provenance=provenance, error="e"
    )
    folder = history.folders.create("Case")
    history.folders.put([old], folder.id)
    history.labels.set_tags(old, ["urgent"])
    history.labels.mark(old, Mark.CONFIDENTIAL)
    history.set_model(old, "m1")
    history.set_system_prompt(old, "Be brief.")

    fork = history.branches.fork(three)
    assert fork.id != old
    assert (fork.title, fork.model, fork.system_prompt) == ("talk (fork)", "m1", "Be brief.")
    assert (fork.folder_id, fork.tags, fork.mark) == (folder.id, ("urgent",), Mark.CONFIDENTIAL)
    assert shown(history, fork.id) == ["one", "two", "three"]
    copied = history.path(fork.id)[1]
    assert (copied.model, copied.device, copied.reasoning, copied.error) == ("m", "cpu", "hm", "e")
    assert copied.provenance == provenance
    assert {copied.id, one, two, three, answer} & {m.id for m in history.path(fork.id)} == {
        copied.id
    }
    assert len(history.search("three").hits) == 2
    # What happens to one of them does not happen to the other.
    history.delete_conversation(old)
    history.purge_deleted()
    assert shown(history, fork.id) == ["one", "two", "three"]


def test_a_fork_of_an_answer_in_the_making_is_not_in_the_making(history: History) -> None:
    (one,) = grow(history, "one")
    answer = history.add_message(
        history.message(one).conversation_id, one, Role.ASSISTANT, "so", MessageState.STREAMING
    )
    fork = history.branches.fork(answer.id)
    assert [m.state for m in history.path(fork.id)][-1] is MessageState.STOPPED


def test_one_finds_the_way_in_a_long_path(history: History) -> None:
    ids = grow(history, *(str(number) for number in range(100)))
    conversation_id = history.message(ids[0]).conversation_id
    with history._db.write() as db:
        db.executemany(
            "UPDATE message SET created_at = ? WHERE id = ?",
            [(number * 10.0, one) for number, one in enumerate(ids)],
        )
    assert [step.id for step in history.branches.outline(conversation_id)] == ids
    assert history.branches.first_on(conversation_id, 0.0) == ids[0]
    assert history.branches.first_on(conversation_id, 491.0) == ids[50]
    assert history.branches.first_on(conversation_id, 5000.0) is None
    for middle, first in ((0, 0), (50, 45), (99, 90), (96, 90)):
        page = history.branches.page_around(conversation_id, ids[middle], limit=10)
        assert [m.text for m in page] == [str(n) for n in range(first, first + 10)]
    assert history.branches.page_around(conversation_id, ids[7], 1000)[7].parent_id == ids[6]
    with pytest.raises(GoneError):
        history.branches.page_around(conversation_id, "nothing")
