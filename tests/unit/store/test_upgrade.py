"""A history of the first version is brought up to date without losing anything."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from app.core.events import Usage
from app.store import copying
from app.store.history import History
from app.store.migrations import MIGRATIONS
from app.store.values import Mark, MessageState
from tests.fakes import old_history

ROOT = Path(__file__).parents[3]


def test_everything_of_the_first_version_is_kept(file: Path) -> None:
    old_history.make(file)
    history = History(file)
    history.open()
    (lease,) = history.conversations()
    assert (lease.title, lease.title_by_user, lease.model) == ("Lease of 東京", True, "m1")
    assert (lease.draft, lease.system_prompt, history.draft(None)) == (
        "and", "Be brief.", "not yet sent",
    )  # fmt: skip
    assert (lease.folder_id, lease.pinned, lease.tags, lease.mark) == (None, False, (), Mark.NONE)
    question, answer = history.path(lease.id)
    assert (question.text, answer.text, answer.state) == (
        "Why? 契約", "Therefore", MessageState.CUT,
    )  # fmt: skip
    assert answer.siblings == ("a1", "a2")
    assert history.show_branch("a1").leaf_id == "a1"
    first = history.message("a1")
    assert isinstance(first.usage, Usage)
    assert first.provenance.is_local is True
    assert history.message("q1").provenance.is_local is None
    assert history.restore_message("d1").parent_id == "a1"
    assert history.restore_conversation("c2").title == "thrown away"
    history.close()


def test_folders_from_before_their_words_are_kept(file: Path) -> None:
    before = History(file, steps=MIGRATIONS[:5])
    before.open()
    with before._db.write() as db:
        db.execute(
            "INSERT INTO folder (id, created_at, name, system_prompt, mark) "
            "VALUES ('f', 1.0, 'Clients', 'Be exact.', 'confidential')"
        )
    before.close()
    history = History(file)
    history.open()
    (folder,) = history.folders.all()
    assert (folder.name, folder.system_prompt, folder.mark, folder.words) == (
        "Clients", "Be exact.", Mark.CONFIDENTIAL, (),
    )  # fmt: skip
    assert history.folders.set_words("f", ["Falcon"]).words == ("Falcon",)
    history.close()
    assert [copy.name for copy in copying.copies(file)] == [
        "history.copy-1-before-m006_folder_words.db"
    ]


def test_what_was_written_before_is_found(file: Path) -> None:
    old_history.make(file, messages=1500)
    history = History(file)
    history.open()
    assert not history.search("message 1499").is_complete
    rounds = 1
    while history.index_more():
        rounds += 1
    assert rounds == 3
    assert [hit.message_id for hit in history.search("契約").hits] == ["q1"]
    assert [hit.title for hit in history.search("東京").hits] == ["Lease of 東京"]
    found = history.search("message 1499")
    assert (len(found.hits), found.is_complete) == (1, True)
    history.close()


def test_new_messages_get_numbers_that_were_never_used(file: Path) -> None:
    old_history.make(file)
    history = History(file)
    history.open()
    with history._db.write() as db:
        before = db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'message'").fetchone()
    assert before[0] == 5
    history.close()


@pytest.mark.parametrize("after_s", [0.0, 0.05, 0.1, 0.2, 0.4])
def test_a_program_killed_while_it_migrates_loses_nothing(file: Path, after_s: float) -> None:
    old_history.make(file, messages=20_000)
    code = (
        "import sys; from pathlib import Path; from app.store.history import History\n"
        "print('go', flush=True); History(Path(sys.argv[1])).open()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(file)], cwd=ROOT, stdout=subprocess.PIPE
    ) as program:
        assert program.stdout is not None
        program.stdout.readline()
        time.sleep(after_s)
        program.kill()
    history = History(file)
    history.open()
    assert len(history.path("c1")) == 20_002
    with history._db.read() as db:
        assert db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    history.close()
    copies = copying.copies(file)
    assert copies
    assert not copying.unfinished(file)
    untouched = History(copies[-1])
    untouched.open()
    assert len(untouched.path("c1")) == 20_002
    untouched.close()
