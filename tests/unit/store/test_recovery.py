"""A damaged file gives back all that can be read of it, and what a daily copy still has."""

from __future__ import annotations

import contextlib
import random
from pathlib import Path

import pytest

from app.core.errors import AppError, ErrorCode
from app.core.messages import Role
from app.store import recovery
from app.store.connecting import connect, key_id_of
from app.store.history import History
from app.store.recovery import RecoveryReport
from app.store.values import Mark
from tests.fakes import old_history

PAGE = 4096


def fill(file: Path, talks: int = 5, messages: int = 60) -> None:
    """Conversations of messages that each fill about a page, some with tags and folders."""
    history = History(file)
    history.open()
    folder = history.folders.create("Case")
    for number in range(talks):
        conversation = history.create_conversation(f"talk {number}")
        history.labels.set_tags(conversation.id, [f"tag {number}"])
        history.folders.put([conversation.id], folder.id)
        parent: str | None = None
        with history.batch():
            for place in range(messages):
                text = f"{number}.{place} " + "words " * 600
                parent = history.add_message(conversation.id, parent, Role.USER, text).id
    history.close()


def damage(file: Path, pages: list[int]) -> None:
    content = bytearray(file.read_bytes())
    for page in pages:
        content[page * PAGE : (page + 1) * PAGE] = b"\xa5" * PAGE
    file.write_bytes(content)


def pages_with(file: Path, words: bytes) -> list[int]:
    content = file.read_bytes()
    return [
        page
        for page in range(1, len(content) // PAGE)
        if content[page * PAGE :][:PAGE].count(words) > 100
    ]


def texts(file: Path) -> list[str]:
    history = History(file)
    history.open()
    with history._db.read() as db:
        assert db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        assert db.execute("PRAGMA foreign_key_check").fetchone() is None
    rows = [m.text for one in history.transcripts.ids()
            for m in history.transcripts.read(one).messages]  # fmt: skip
    history.close()
    return rows


def recovered(file: Path) -> RecoveryReport | None:
    with contextlib.suppress(AppError):
        return History(file).recover()
    return None


def test_a_sound_history_is_said_to_be_sound(file: Path) -> None:
    assert not recovery.check(file).exists
    fill(file, 2, 3)
    before = file.read_bytes()
    report = recovery.check(file)
    assert (report.is_sound, report.conversations, report.messages) == (True, 2, 6)
    assert file.read_bytes() == before
    history = History(file)
    history.open()
    assert recovery.check(file).is_sound
    history.close()


@pytest.mark.parametrize("file", ["plain"], indirect=True)
def test_damage_is_found_and_what_can_be_read_is_saved(file: Path) -> None:
    fill(file)
    broken = pages_with(file, b"words ")[10:13]
    damage(file, broken)
    report = recovery.check(file)
    assert not report.is_sound
    assert not any("words" in problem for problem in report.problems)
    saved = History(file).recover()
    assert saved.conversations == 5
    assert 290 <= saved.messages <= 300
    assert saved.messages - saved.without_text >= 290
    assert saved.aside.read_bytes()[broken[0] * PAGE :][:4] == b"\xa5" * 4
    found = texts(file)
    assert len([text for text in found if text.endswith("words ")]) >= 290
    history = History(file)
    history.open()
    assert history.conversations()[0].tags == ("tag 4",)
    assert history.folders.all()[0].conversations == 5
    while history.index_more():
        pass
    assert history.search('"4.59"').hits
    history.close()
    assert recovery.check(file).is_sound


@pytest.mark.parametrize("seed", range(8))
def test_whatever_is_damaged_a_sound_file_comes_of_it(file: Path, seed: int) -> None:
    fill(file, 3, 40)
    chance = random.Random(seed)
    count = file.stat().st_size // PAGE
    damage(file, [chance.randrange(1, count) for _ in range(6)])
    before = file.read_bytes()
    saved = recovered(file)
    if saved is None:  # the description of the tables was hit, and there is no copy
        assert file.read_bytes() == before
    else:
        # Damage to the root of the table costs all of its rows; the chances of a plain file
        # are known to spare it.
        assert len(texts(file)) == saved.messages
        assert saved.messages > 0 or key_id_of(file)
        assert saved.aside.read_bytes() == before


@pytest.mark.parametrize("file", ["plain"], indirect=True)
@pytest.mark.parametrize("kind", ["pages", "beginning", "text"])
def test_what_is_lost_is_taken_from_a_daily_copy(file: Path, kind: str) -> None:
    fill(file)
    history = History(file)
    history.open()
    gone = history.conversations()[0]
    history.delete_conversation(gone.id)
    history.copies.make_due()
    history.purge_deleted()
    later = history.create_conversation("after the copy")
    history.add_message(later.id, None, Role.USER, "later")
    history.close()
    if kind == "pages":
        damage(file, pages_with(file, b"words ")[:30])
    elif kind == "beginning":
        damage(file, [0])
    else:
        file.write_text("no database any more " * 1000)
    saved = History(file).recover()
    assert saved.from_copies > 0
    found = texts(file)
    assert len([text for text in found if text.startswith(("0.", "1.", "2.", "3."))]) == 240
    assert ("later" in found) == (kind == "pages")
    # Nothing comes back that was erased.
    assert not any(text.startswith("4.") for text in found)


def test_messages_without_their_conversation_get_one_named_after_them(file: Path) -> None:
    fill(file, 2, 3)
    with contextlib.closing(connect(file)) as db:
        db.execute("PRAGMA foreign_keys = OFF")
        db.execute("DELETE FROM conversation WHERE title = 'talk 1'")
    saved = recovery.recover(file)
    assert (saved.conversations, saved.messages, saved.from_copies) == (2, 6, 0)
    history = History(file)
    history.open()
    made_up, whole = sorted(history.conversations(), key=lambda one: one.title)
    history.close()
    assert made_up.title.startswith("Recovered: 1.0 words words")
    assert made_up.mark is Mark.CONFIDENTIAL, "nobody knows that it was not"
    assert (whole.title, whole.mark) == ("talk 0", Mark.NONE)


def test_an_old_file_is_recovered_into_the_shape_of_today(file: Path) -> None:
    old_history.make(file, messages=50)
    saved = History(file).recover()
    assert (saved.conversations, saved.messages) == (2, 55)
    history = History(file)
    history.open()
    assert history.conversations()[0].title == "Lease of 東京"
    assert history.draft(None) == "not yet sent"
    history.close()


def test_a_file_with_nothing_left_is_refused_and_kept(file: Path) -> None:
    file.parent.mkdir()
    file.write_text("no database " * 1000)
    with pytest.raises(AppError) as caught:
        History(file).recover()
    assert caught.value.code is ErrorCode.STORE_BROKEN
    assert file.read_text().startswith("no database")
    assert recovery.check(file).problems


def test_a_history_in_use_is_not_recovered(history: History, file: Path) -> None:
    with pytest.raises(AppError, match="Another Tacit"):
        History(file).recover()
