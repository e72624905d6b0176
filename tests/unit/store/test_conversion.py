"""Encrypting and decrypting: nothing is lost, what cannot be done changes nothing."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from app.core.errors import AppError, ErrorCode
from app.core.history_key import HistoryKey
from app.core.messages import Role
from app.store import backup, conversion, copying, encryption
from app.store.connecting import connect, key_id_of
from app.store.encryption import Note, Phase
from app.store.history import History

KEY, OTHER = HistoryKey(bytes(range(32))), HistoryKey(bytes(32))
WORD = "Zwiebelfisch"


class Keyring:
    """Holds those of the two keys that it is told to."""

    def __init__(self, *keys: HistoryKey) -> None:
        self.keys = {key.id: key for key in keys}

    def find(self, key_id: str) -> HistoryKey:
        if key_id not in self.keys:
            raise AppError("locked", "", code=ErrorCode.STORE_LOCKED)
        return self.keys[key_id]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "data" / "history.db"


def opened(place: Path, *keys: HistoryKey) -> History:
    history = History(place, keys=Keyring(*keys))
    history.open()
    return history


def filled(place: Path) -> History:
    history = opened(place, KEY)
    conversation = history.create_conversation(f"title {WORD}")
    first = history.add_message(conversation.id, None, Role.USER, f"{WORD} 東京 " * 400)
    history.add_message(conversation.id, first.id, Role.ASSISTANT, "An answer.")
    folder = history.folders.create(f"folder {WORD}")
    history.folders.put([conversation.id], folder.id)
    history.labels.set_tags(conversation.id, [f"tag {WORD}"])
    history.save_draft(conversation.id, f"draft {WORD}")
    history.copies.make_due()
    return history


def with_words(folder: Path, word: str = WORD) -> list[str]:
    return [f.name for f in folder.iterdir() if word.encode() in f.read_bytes()]


def seen(history: History) -> object:
    (one,) = history.conversations()
    return (one, history.path(one.id), history.search("東京").hits, history.folders.all())


def refused(action: object, code: ErrorCode) -> AppError:
    assert callable(action)
    with pytest.raises(AppError) as caught:
        action()
    assert caught.value.code is code
    return caught.value


def test_there_and_back_nothing_is_lost_and_no_word_is_left(place: Path) -> None:
    history = filled(place)
    shares: list[float] = []
    before = seen(history)
    assert with_words(place.parent)
    done = history.encryption.switch_on(KEY, tell=shares.append)
    assert (done.conversations, done.messages, done.copies) == (1, 2, 1)
    assert history.encryption.is_on
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert seen(history) == before
    history.add_message(history.conversations()[0].id, None, Role.USER, f"more {WORD}")
    assert with_words(place.parent) == []
    history.close()
    assert with_words(place.parent) == []
    history = opened(place, KEY)
    assert history.search("more").hits
    assert history.encryption.switch_off().copies == 1
    assert not history.encryption.is_on
    assert len(history.children(history.conversations()[0].id, None)) == 2
    history.close()
    opened(place).close()
    assert not encryption.note_file(place).exists()


def test_every_file_made_later_is_encrypted_as_well(place: Path, tmp_path: Path) -> None:
    history = filled(place)
    history.encryption.switch_on(KEY)
    history.copies._clock = lambda: 90_000.0
    copy = history.copies.make_due()
    history.close()
    assert copy is not None
    assert key_id_of(copy) == KEY.id
    archive = tmp_path / "backup.zip"
    backup.write(place, archive, {}, keys=Keyring(KEY))
    shutil.unpack_archive(archive, tmp_path / "unpacked")
    assert key_id_of(tmp_path / "unpacked" / "history.db") == KEY.id
    history = opened(place, KEY)
    history.set_aside()
    history.open()
    history.create_conversation(WORD)
    assert history.encryption.is_on, "a new history is not begun plain in silence"
    history.close()
    assert with_words(place.parent) == []


def test_without_the_key_nothing_is_changed(place: Path) -> None:
    history = filled(place)
    history.encryption.switch_on(KEY)
    history.close()
    before = {f.name: f.read_bytes() for f in place.parent.iterdir() if f.suffix != ".lock"}
    for _ in range(2):
        refused(lambda: opened(place), ErrorCode.STORE_LOCKED)
    refused(lambda: History(place).open(read_only=True), ErrorCode.STORE_LOCKED)
    refused(lambda: History(place).recover(), ErrorCode.STORE_LOCKED)
    after = {f.name: f.read_bytes() for f in place.parent.iterdir() if f.suffix != ".lock"}
    assert after == before
    seen(history := opened(place, KEY))
    history.close()


def test_who_lost_the_key_may_begin_anew_and_the_file_stays(place: Path) -> None:
    history = filled(place)
    history.encryption.switch_on(KEY)
    history.close()
    content = place.read_bytes()
    lost = History(place, keys=Keyring())
    aside = lost.set_aside()
    lost.open()
    assert not lost.encryption.is_on
    lost.close()
    assert aside.read_bytes() == content


def test_a_key_of_another_history_is_not_tried(place: Path) -> None:
    history = filled(place)
    history.encryption.switch_on(KEY)
    history.close()
    wrong = Keyring()
    wrong.keys[KEY.id] = OTHER
    error = refused(History(place, keys=wrong).open, ErrorCode.STORE_LOCKED)
    assert "another history" in error.what


def test_nothing_is_encrypted_with_a_key_that_is_not_kept(place: Path) -> None:
    history = filled(place)
    refused(lambda: history.encryption.switch_on(OTHER), ErrorCode.STORE_LOCKED)
    seen(history)
    assert not history.encryption.is_on
    history.close()


def test_too_little_room_is_said_in_numbers(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    history = filled(place)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=3_000_000))
    error = refused(lambda: history.encryption.switch_on(KEY), ErrorCode.DISK_FULL)
    assert "needs 4 MB" in error.what
    assert "3 MB" in error.what
    assert not history.encryption.is_on
    assert encryption.read_note(place) == Note()
    seen(history)
    history.close()


def test_it_can_be_called_off(place: Path) -> None:
    history = filled(place)
    before = seen(history)
    with pytest.raises(copying.NotWantedError):
        history.encryption.switch_on(KEY, is_wanted=lambda: False)
    assert seen(history) == before
    assert key_id_of(place) is None
    assert not list(place.parent.glob("*partial*"))
    history.encryption.switch_on(KEY)
    with pytest.raises(copying.NotWantedError):
        history.encryption.switch_off(is_wanted=lambda: False)
    assert key_id_of(place) == KEY.id
    assert seen(history) == before
    history.close()


def test_a_reader_in_another_place_stops_it(place: Path) -> None:
    history = filled(place)
    reader = connect(place)
    reader.execute("BEGIN")
    reader.execute("SELECT * FROM message").fetchone()
    refused(lambda: history.encryption.switch_on(KEY), ErrorCode.STORE_UNWRITABLE)
    reader.close()
    seen(history)
    history.encryption.switch_on(KEY)
    history.close()


def test_a_file_that_is_damaged_is_not_converted(place: Path) -> None:
    history = filled(place)
    history.close()
    content = bytearray(place.read_bytes())
    found = content.find(f"{WORD} 東京 ".encode() * 50)
    page = found // 4096 + 1  # the next one of the text
    content[page * 4096 : page * 4096 + 4] = b"\xff" * 4
    place.write_bytes(content)
    history = opened(place, KEY)
    refused(lambda: history.encryption.switch_on(KEY), ErrorCode.STORE_BROKEN)
    history.close()
    assert key_id_of(place) is None
    assert not list(place.parent.glob("*partial*"))


@pytest.mark.parametrize("is_on", [False, True])
def test_what_is_restored_becomes_what_was_there(place: Path, tmp_path: Path, is_on: bool) -> None:
    history = filled(place)
    history.close()
    plain, locked = tmp_path / "plain.zip", tmp_path / "locked.zip"
    keys = Keyring(KEY, OTHER)
    backup.write(place, plain, {}, keys=keys)
    history = opened(place, KEY)
    history.encryption.switch_on(KEY)
    history.close()
    backup.write(place, locked, {}, keys=keys)
    if not is_on:
        history = opened(place, KEY)
        history.encryption.switch_off()
        history.close()
    for archive in (plain, locked):
        backup.restore(archive, place, {}, keys=keys)
        assert key_id_of(place) == (KEY.id if is_on else None)
        assert not is_on or with_words(place.parent) == []
        history = opened(place, KEY)
        seen(history)
        history.close()
    shutil.rmtree(place.parent)
    backup.restore(locked, place, {}, keys=keys)
    assert key_id_of(place) == KEY.id, "on another computer it stays encrypted"


def test_a_file_put_there_by_hand_is_what_counts(place: Path) -> None:
    history = filled(place)
    history.encryption.switch_on(KEY)
    history.close()
    locked = place.read_bytes()
    history = opened(place, KEY)
    history.encryption.switch_off()
    history.close()
    plain = place.read_bytes()
    place.write_bytes(locked)
    history = opened(place, KEY)
    assert encryption.read_note(place) == Note(Phase.ENCRYPTED, KEY.id)
    history.close()
    place.write_bytes(plain)
    history = opened(place)
    assert encryption.read_note(place) == Note()
    history.close()


def test_deleting_reaches_encrypted_copies(place: Path) -> None:
    history = filled(place)
    history.encryption.switch_on(KEY)
    (one,) = history.conversations()
    history.delete_conversation(one.id)
    assert history.purge_deleted() == 1
    (copy,) = history.copies.all()
    history.close()
    db = connect(copy, Keyring(KEY))
    assert not any(copying.counts(db).values())
    db.close()


def test_a_copy_whose_key_is_lost_is_left_alone_by_an_erasure(place: Path) -> None:
    history = filled(place)
    history.encryption.switch_on(KEY)
    history.close()
    (copy,) = copying.copies(place)
    content = copy.read_bytes()
    place.unlink()
    encryption.forget_note(place)
    history = opened(place)
    history.delete_conversation(history.create_conversation("gone").id)
    assert history.purge_deleted() == 1
    history.close()
    assert copy.read_bytes() == content


def test_a_private_session_has_nothing_to_encrypt(place: Path) -> None:
    history = History(place, in_memory=True)
    history.open()
    refused(lambda: history.encryption.switch_on(KEY), ErrorCode.USAGE)
    assert not history.encryption.is_on
    assert history.copies.finish_conversion() == 0
    history.close()
    assert not place.parent.exists()


def test_a_note_that_makes_no_sense_is_that_of_a_plain_history(place: Path) -> None:
    history = filled(place)
    history.close()
    for text in ("", "[]", '{"phase": "melted", "key": "00"}', '{"phase": "plain", "key": "x"}'):
        encryption.note_file(place).write_text(text)
        assert encryption.read_note(place) == Note()
        assert not conversion.is_unfinished(place)
    history = opened(place)
    seen(history)
    history.close()
