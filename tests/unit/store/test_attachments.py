"""Files in front of questions: told apart from the words, copied with them, and holding a mark."""

from __future__ import annotations

import pytest

from app.core.draft import Draft, TextFile
from app.core.errors import AppError
from app.core.messages import Role
from app.store import recovery
from app.store.history import History
from app.store.values import Mark, StoredMessage

LEASE = TextFile("lease.txt", "\nClause seven.\n")
SECRET = TextFile("Gehälter ½.csv", "name;pay", is_confidential=True)


def ask(
    history: History, conversation_id: str, *files: TextFile, words: str = "Why?"
) -> StoredMessage:
    leaf = history.conversation(conversation_id).leaf_id
    whole = Draft(words, files).whole
    made = history.add_message(conversation_id, leaf, Role.USER, whole)
    history.attachments.note(made.id, files)
    return history.message(made.id)


def talk(history: History) -> str:
    return history.create_conversation("talk").id


def mark_of(history: History, conversation_id: str) -> Mark:
    return history.conversation(conversation_id).mark


def test_words_and_files_are_told_apart(history: History) -> None:
    one = talk(history)
    asked = ask(history, one, LEASE, SECRET)
    assert asked.words == "Why?"
    assert asked.files == (TextFile("lease.txt", "Clause seven."), SECRET)
    assert asked.text.startswith("File lease.txt:\n\nClause seven.\n\nFile Geh")
    assert history.path(one) == history.page(one) == history.children(one, None) == [asked]
    assert [m.text for m in history.spoken(asked.id, 1_000)[0]] == [asked.text]


def test_a_message_that_lost_its_text_has_empty_files(history: History) -> None:
    asked = ask(history, talk(history), LEASE)
    history.update_message(asked.id, text="")
    damaged = history.message(asked.id)
    assert (damaged.words, [file.text for file in damaged.files]) == ("", [""])


def test_only_files_of_the_shown_path_count(history: History) -> None:
    one = talk(history)
    first = ask(history, one, LEASE)
    other = history.add_message(one, None, Role.USER, "without")
    assert history.attachments.on_path(one) == []
    history.show_branch(first.id)
    ask(history, one, LEASE, LEASE)
    assert len(history.attachments.on_path(one)) == 3
    assert history.message(other.id).files == ()


def test_a_confidential_file_holds_the_mark(history: History) -> None:
    one = talk(history)
    ask(history, one, LEASE)
    assert mark_of(history, one) is Mark.NONE
    asked = ask(history, one, SECRET)
    assert mark_of(history, one) is Mark.CONFIDENTIAL
    with pytest.raises(AppError, match="A file in this chat is confidential"):
        history.labels.mark(one, Mark.NONE)
    # Whatever way it is written.
    with history._db.write() as db:
        db.execute("UPDATE conversation SET mark = ''")
    assert mark_of(history, one) is Mark.CONFIDENTIAL
    history.delete_message(asked.id)
    with pytest.raises(AppError):
        history.labels.mark(one, Mark.NONE)
    history.purge_deleted()
    assert mark_of(history, one) is Mark.CONFIDENTIAL
    assert history.labels.mark(one, Mark.NONE).mark is Mark.NONE


def test_a_fork_has_the_files_and_their_mark(history: History) -> None:
    asked = ask(history, talk(history), SECRET, LEASE)
    copy = history.branches.fork(asked.id)
    (message,) = history.path(copy.id)
    assert (copy.mark, message.files) == (Mark.CONFIDENTIAL, asked.files)
    with pytest.raises(AppError):
        history.labels.mark(copy.id, Mark.NONE)


def test_files_of_drafts_are_kept_apart(history: History) -> None:
    one = talk(history)
    history.attachments.save_draft(one, [SECRET, LEASE])
    history.attachments.save_draft(None, [LEASE])
    assert history.attachments.draft(one) == (SECRET, LEASE)
    history.attachments.save_draft(one, [])
    assert history.attachments.draft(one) == ()
    assert history.attachments.draft(None) == (LEASE,)
    assert mark_of(history, one) is Mark.NONE


def test_an_erased_conversation_takes_its_files_along(history: History) -> None:
    one = talk(history)
    ask(history, one, SECRET)
    history.attachments.save_draft(one, [LEASE])
    history.delete_conversation(one)
    history.purge_deleted()
    with history._db.read() as db:
        left = [
            db.execute(f"SELECT count(*) FROM {t}").fetchone()[0]
            for t in ("attachment", "draft_file")
        ]
    assert left == [0, 0]


def test_a_recovered_history_still_knows_its_files(history: History) -> None:
    one = talk(history)
    asked = ask(history, one, SECRET)
    history.attachments.save_draft(None, [LEASE])
    history.copies.make_due()
    history.attachments.save_draft(None, [SECRET])
    history.close()
    recovery.recover(history._db.file)
    history.open()
    assert [m.files for m in history.path(one)] == [asked.files]
    # Not the older one of the copy.
    assert history.attachments.draft(None) == (SECRET,)


def test_a_mark_that_is_not_known_holds(history: History) -> None:
    one = talk(history)
    asked = ask(history, one, LEASE)
    with history._db.write() as db:
        db.execute("UPDATE attachment SET mark = 'secret'")
    (found,) = history.message(asked.id).attachments
    assert found.mark is Mark.CONFIDENTIAL
