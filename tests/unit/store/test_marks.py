"""The mark "confidential": everything made from what bears it bears it, too."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.core.errors import AppError
from app.core.messages import Role
from app.exchange.formats import tacit_json
from app.store.history import History
from app.store.values import Conversation, Mark, Provenance

CONFIDENTIAL = Mark.CONFIDENTIAL


@pytest.fixture
def store(tmp_path: Path) -> History:
    history = History(tmp_path / "history.db", in_memory=True)
    history.open()
    return history


def talk(store: History) -> Conversation:
    made = store.create_conversation("talk")
    store.add_message(made.id, None, Role.USER, "hello")
    return made


def fork(store: History, conversation_id: str) -> str:
    return store.branches.fork(store.path(conversation_id)[-1].id).id


def mark_of(store: History, conversation_id: str) -> Mark:
    return store.conversation(conversation_id).mark


class TestForks:
    def test_inherit_and_are_reached_later(self, store: History) -> None:
        origin = talk(store).id
        before = fork(store, origin)
        of_fork = fork(store, before)
        store.labels.mark(origin, CONFIDENTIAL)
        after = fork(store, origin)
        assert {mark_of(store, one) for one in (before, of_fork, after)} == {CONFIDENTIAL}

    def test_what_it_was_forked_from_is_left_alone(self, store: History) -> None:
        origin = talk(store).id
        store.labels.mark(fork(store, origin), CONFIDENTIAL)
        assert mark_of(store, origin) is Mark.NONE

    def test_are_reached_over_one_that_was_erased(self, store: History) -> None:
        origin = talk(store).id
        middle = fork(store, origin)
        last = fork(store, middle)
        store.delete_conversation(middle)
        store.trash.erase_conversation(middle)
        store.labels.mark(origin, CONFIDENTIAL)
        assert mark_of(store, last) is CONFIDENTIAL

    def test_are_reached_in_the_trash(self, store: History) -> None:
        origin = talk(store).id
        deleted = fork(store, origin)
        store.delete_conversation(deleted)
        store.labels.mark(origin, CONFIDENTIAL)
        assert store.restore_conversation(deleted).mark is CONFIDENTIAL


class TestFolders:
    def test_mark_what_is_in_them_and_what_comes_in(self, store: History) -> None:
        outer = store.folders.create("outer")
        inner = store.folders.create("inner", outer.id)
        inside, later, other = (talk(store).id for _ in range(3))
        store.folders.put([inside], inner.id)
        copy = fork(store, inside)
        store.folders.put([copy], None)
        marked = store.folders.set_mark(outer.id, CONFIDENTIAL)
        store.folders.put([later], inner.id)
        assert marked.mark is CONFIDENTIAL
        assert {mark_of(store, one) for one in (inside, copy, later)} == {CONFIDENTIAL}
        assert mark_of(store, other) is Mark.NONE
        assert all(folder.mark is CONFIDENTIAL for folder in store.folders.all())
        assert store.folders.create("new", outer.id).mark is CONFIDENTIAL

    def test_what_leaves_them_stays_marked(self, store: History) -> None:
        folder = store.folders.create("f")
        store.folders.set_mark(folder.id, CONFIDENTIAL)
        moved, orphan = talk(store).id, talk(store).id
        store.folders.put([moved, orphan], folder.id)
        store.folders.put([moved], None)
        store.folders.set_mark(folder.id, Mark.NONE)
        store.folders.delete(folder.id)
        assert mark_of(store, moved) is mark_of(store, orphan) is CONFIDENTIAL

    def test_hold_what_is_in_them(self, store: History) -> None:
        outer = store.folders.create("outer")
        inner = store.folders.create("inner", outer.id)
        inside = talk(store).id
        store.folders.put([inside], inner.id)
        store.folders.set_mark(outer.id, CONFIDENTIAL)
        with pytest.raises(AppError, match="folder around it"):
            store.labels.mark(inside, Mark.NONE)
        with pytest.raises(AppError, match="folder around it"):
            store.folders.set_mark(inner.id, Mark.NONE)
        store.folders.put([inside], None)
        assert store.labels.mark(inside, Mark.NONE).mark is Mark.NONE

    def test_even_where_the_file_is_written_directly(self, store: History) -> None:
        folder = store.folders.create("f")
        store.folders.set_mark(folder.id, CONFIDENTIAL)
        inside = talk(store).id
        with store._db.write() as db:
            db.execute("UPDATE conversation SET folder_id = ? WHERE id = ?", (folder.id, inside))
            db.execute("UPDATE conversation SET mark = '' WHERE id = ?", (inside,))
        assert mark_of(store, inside) is CONFIDENTIAL


def test_a_round_trip_through_a_file_keeps_the_mark_and_the_reason(
    store: History, tmp_path: Path
) -> None:
    made = talk(store)
    answer = store.add_message(made.id, store.path(made.id)[-1].id, Role.ASSISTANT, "hi")
    store.update_message(answer.id, provenance=Provenance(is_local=True, reason="A rule."))
    store.labels.mark(made.id, CONFIDENTIAL)
    found = tacit_json.parse(tacit_json.document(store.transcripts.read(made.id)))
    assert found is not None
    other = History(tmp_path / "other.db", in_memory=True)
    other.open()
    other.transcripts.add(found.transcript)
    (copy,) = other.conversations()
    assert copy.mark is CONFIDENTIAL
    assert other.path(copy.id)[-1].provenance.reason == "A rule."
    assert store.branches.fork(answer.id).mark is CONFIDENTIAL


def test_an_import_into_a_marked_folder_is_marked(store: History) -> None:
    folder = store.folders.create("f")
    made = talk(store)
    store.folders.put([made.id], folder.id)
    document = tacit_json.document(store.transcripts.read(made.id))
    store.delete_conversation(made.id)
    store.trash.erase_conversation(made.id)
    store.folders.set_mark(folder.id, CONFIDENTIAL)
    found = tacit_json.parse(document)
    assert found is not None
    store.transcripts.add(found.transcript)
    assert mark_of(store, made.id) is CONFIDENTIAL
