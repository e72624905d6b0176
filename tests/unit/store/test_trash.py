"""The trash: listed, taken out, emptied by time, and then gone from every byte."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.core.messages import Role
from app.store.errors import GoneError
from app.store.history import History
from app.store.trash import DAY_S
from tests.fakes import old_history

SECRET = "Zwiebelfisch"


@pytest.fixture
def now(history: History) -> list[float]:
    """The time that the history and its trash see, to be changed."""
    time = [1_000_000_000.0]
    history._clock = history.trash._clock = history.branches._clock = lambda: time[0]
    return time


def talk(history: History, title: str, *texts: str) -> tuple[str, list[str]]:
    conversation = history.create_conversation(title)
    parent: str | None = None
    ids: list[str] = []
    for text in texts:
        parent = history.add_message(conversation.id, parent, Role.USER, text).id
        ids.append(parent)
    return conversation.id, ids


def words_left(file: Path) -> list[str]:
    """Names of the files that hold the secret in whatever case."""
    wanted = SECRET.lower().encode()
    return [f.name for f in file.parent.iterdir()
            if not f.name.endswith("-shm") and wanted in f.read_bytes().lower()]  # fmt: skip


def test_the_trash_lists_what_was_deleted(history: History, now: list[float]) -> None:
    old, _ = talk(history, "old", "x")
    kept, (one, two, three) = talk(history, "kept", "one", "two", "three")
    history.delete_conversation(old)
    now[0] += 10
    history.branches.delete(two)
    now[0] += 10
    history.delete_message(one)
    (conversation,) = history.trash.conversations()
    assert (conversation.id, conversation.deleted_at) == (old, now[0] - 20)
    alone, branch = history.trash.messages()
    assert (alone.token, alone.message.text, alone.others) == (one, "one", 0)
    assert (branch.token, branch.message.text, branch.others) == (two, "two", 1)
    assert (branch.conversation.id, branch.deleted_at) == (kept, now[0] - 10)
    assert history.restore_conversation(old).deleted_at is None
    history.restore_message(branch.token)
    assert history.trash.conversations() == []
    assert [entry.token for entry in history.trash.messages()] == [one]
    assert [m.id for m in history.path(kept)] == [two, three]


def test_only_what_is_old_enough_is_erased(history: History, now: list[float]) -> None:
    old, _ = talk(history, "old", "x")
    young, _ = talk(history, "young", "y")
    history.delete_conversation(old)
    now[0] += 30 * DAY_S
    history.delete_conversation(young)
    assert history.trash.purge(older_than_days=31) == 0
    assert history.trash.purge(older_than_days=30) == 1
    assert [c.id for c in history.trash.conversations()] == [young]
    now[0] -= 300 * DAY_S  # a clock that goes backwards erases nothing too early
    assert history.trash.purge(older_than_days=30) == 0
    assert history.trash.purge() == 1


def test_the_time_in_the_trash_can_be_set(file: Path) -> None:
    days, now = [30.0], [1_000_000_000.0]
    history = History(file, clock=lambda: now[0], trash_days=lambda: days[0])
    history.open()
    gone, _ = talk(history, "gone", "x")
    history.delete_conversation(gone)
    assert history.purge_deleted() == 0
    now[0] += 29 * DAY_S
    assert history.purge_deleted() == 0
    now[0] += DAY_S
    assert history.purge_deleted() == 1
    other, _ = talk(history, "other", "x")
    history.delete_conversation(other)
    days[0] = 0.0
    assert history.purge_deleted() == 1
    history.close()


@pytest.mark.parametrize("file", ["plain"], indirect=True)
def test_one_entry_is_erased_and_the_others_stay(history: History, file: Path) -> None:
    gone, _ = talk(history, f"{SECRET} one", SECRET)
    stays, _ = talk(history, "two", "harmless")
    kept, (one, two, _) = talk(history, "kept", "one", SECRET, f"more {SECRET}")
    assert words_left(file)
    with pytest.raises(GoneError):
        history.trash.erase_conversation(gone)
    with pytest.raises(GoneError):
        history.trash.erase_message(two)
    history.delete_conversation(gone)
    history.delete_conversation(stays)
    history.branches.delete(two)
    history.trash.erase_conversation(gone)
    assert words_left(file)
    history.trash.erase_message(two)
    assert words_left(file) == []
    assert [c.id for c in history.trash.conversations()] == [stays]
    assert [m.id for m in history.path(kept)] == [one]
    assert history.search("harmless").hits == ()
    history.restore_conversation(stays)
    assert len(history.search("harmless").hits) == 1


def test_erasing_waits_for_no_old_history_to_be_indexed(file: Path) -> None:
    old_history.make(file, messages=2_000)
    history = History(file)
    history.open()
    assert history.search("secret").hits == ()
    assert history.purge_deleted() == 2  # a conversation and a message
    assert b"secret" not in file.read_bytes()
    assert not history.search("x").is_complete
    while history.index_more():
        pass
    with history._db.write() as db:
        assert db.execute("SELECT count(*) FROM unindexed").fetchone()[0] == 0
        db.execute("INSERT INTO search (search) VALUES ('integrity-check')")
    assert history.search("message 1999").hits
    history.close()


@pytest.mark.parametrize("file", ["plain"], indirect=True)
def test_erased_words_are_in_no_index_and_in_no_copy(history: History, file: Path) -> None:
    _, kept = talk(history, "kept", *(f"word{n} plain text" for n in range(500)))
    gone, _ = talk(history, f"about {SECRET}", *(f"{SECRET} {n}" for n in range(200)))
    history.save_draft(None, f"draft {SECRET}")
    assert history.copies.make_due() is not None
    history.save_draft(None, "")
    history.rename(gone, f"{SECRET} again")
    assert len(words_left(file)) > 1
    half = file.with_name("history.daily-9-2026-01-01.db.partial")
    half.write_text(SECRET)
    history.delete_conversation(gone)
    history.purge_deleted()
    assert words_left(file) == []
    (copy,) = history.copies.all()
    restored = History(copy)
    restored.open()
    assert len(restored.path(restored.message(kept[0]).conversation_id)) == 500
    while restored.index_more():
        pass
    assert [hit.message_id for hit in restored.search("word77").hits] == [kept[77]]
    restored.close()
