"""Encrypting and decrypting on the settings page, and the ways into chats that are encrypted."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton

from app.core.history_key import HistoryKey
from app.core.messages import Role
from app.paths import Paths
from app.settings.keyrings import Lock
from app.store.connecting import key_id_of
from app.store.history import History
from app.ui.encryption.controller import Phase
from app.ui.pages.settings.encryption_card import EncryptionCard
from app.ui.widgets.question import Question
from tests.fakes.keyring import FakeKeyring
from tests.ui.conftest import Async, Desk, install_model

WORD = "Zwiebelfisch"


@pytest.fixture
def desk(make_desk: Callable[..., Desk], paths: Paths, aio: Async) -> Desk:
    install_model(paths)
    history = History(paths.history_file)
    history.open()
    conversation = history.create_conversation(f"{WORD} title")
    history.add_message(conversation.id, None, Role.USER, f"{WORD} text")
    history.close()
    made = make_desk()
    aio.until(lambda: made.assembly.is_history_open)
    return made


@pytest.fixture
def card(desk: Desk, aio: Async) -> Any:
    found = desk.page("protection").findChild(EncryptionCard)
    aio.until(lambda: desk.parts.encryption.view.phase is Phase.OFF)
    return found


def begin(card: Any, desk: Desk, aio: Async) -> tuple[str, ...]:
    """Go on until the recovery key is shown; returns the groups that are asked for."""
    card.switch.click()
    aio.until(lambda: desk.parts.encryption.view.phase is Phase.SAVING)
    view = desk.parts.encryption.view
    return tuple(view.groups[place] for place in view.asked)


def encrypt(card: Any, desk: Desk, aio: Async) -> None:
    for field, group in zip(card.recovery.fields, begin(card, desk, aio), strict=True):
        QTest.keyClicks(field, group.lower())
    card.recovery.confirm.click()
    aio.until(lambda: desk.parts.encryption.view.phase is Phase.ON)


def shown(card: Any) -> str:
    return " ".join(part.text() for part in card.findChildren(QLabel) if part.isVisible())


def with_words(paths: Paths) -> list[str]:
    files = [file for file in paths.root.rglob("*") if file.is_file()]
    return [file.name for file in files if WORD.encode() in file.read_bytes()]


def test_who_has_saved_the_recovery_key_has_encrypted_chats(
    card: Any, desk: Desk, aio: Async, paths: Paths, keyring: FakeKeyring
) -> None:
    assert "not encrypted" in shown(card)
    encrypt(card, desk, aio)
    assert desk.titles() == ["Today", f"{WORD} title"]
    assert "They are encrypted" in shown(card)
    assert with_words(paths) == []
    (kept,) = keyring.kept.values()
    assert not set(kept.split("-")) & set(shown(card).split()), "the recovery key is gone"
    aio.run(desk.services.history.run(lambda store: store.create_conversation(WORD)))
    assert with_words(paths) == []


def test_nothing_is_encrypted_before_the_groups_are_right(
    card: Any, desk: Desk, aio: Async, paths: Paths
) -> None:
    first, _ = begin(card, desk, aio)
    QTest.keyClicks(card.recovery.fields[0], first)
    QTest.keyClick(card.recovery.fields[0], Qt.Key.Key_Return)
    assert "not what stands there" in shown(card)
    assert desk.parts.encryption.view.phase is Phase.SAVING
    assert key_id_of(paths.history_file) is None


def test_giving_up_leaves_everything_as_it_was(
    card: Any, desk: Desk, aio: Async, keyring: FakeKeyring, paths: Paths
) -> None:
    begin(card, desk, aio)
    card.recovery.cancel.click()
    aio.until(lambda: desk.parts.encryption.view.phase is Phase.OFF)
    assert not keyring.kept
    assert key_id_of(paths.history_file) is None
    assert all(not field.text() for field in card.recovery.fields)


def test_the_recovery_key_is_written_where_the_person_says(
    card: Any, desk: Desk, aio: Async, tmp_path: Path, keyring: FakeKeyring
) -> None:
    begin(card, desk, aio)
    file = tmp_path / "key.txt"
    desk.parts.encryption.save(tmp_path / "nowhere" / "key.txt")
    aio.until(lambda: "cannot be written" in shown(card))
    desk.parts.encryption.save(file)
    aio.until(lambda: "Saved to key.txt." in shown(card))
    (kept,) = keyring.kept.values()
    assert all(group in file.read_text() for group in kept.split("-"))
    assert file.stat().st_mode & 0o077 == 0


def test_a_conversion_can_be_stopped_and_tells_how_far_it_is(
    card: Any, desk: Desk, aio: Async, keyring: FakeKeyring, paths: Paths
) -> None:
    asked = begin(card, desk, aio)
    goes_on = threading.Event()
    waiting = desk.parts.tasks.start(
        "hold the history", desk.services.history.run(lambda _store: goes_on.wait(20))
    )
    desk.parts.encryption.confirm(asked)
    assert desk.parts.encryption.view.phase is Phase.ENCRYPTING
    assert card.progress.isVisible()
    desk.parts.encryption._tell(0.4)
    assert card.progress.value() == 40
    card.stop.click()
    goes_on.set()
    aio.until(lambda: desk.parts.encryption.view.phase is Phase.OFF)
    aio.until(waiting.done)
    assert key_id_of(paths.history_file) is None
    assert not keyring.kept
    assert not card.progress.isVisible()


def test_without_a_keyring_nothing_is_encrypted(
    card: Any, desk: Desk, aio: Async, keyring: FakeKeyring, paths: Paths
) -> None:
    keyring.fails = RuntimeError("no")
    card.switch.click()
    aio.until(card.trouble.isVisible)
    assert "keyring" in card.trouble.text()
    assert desk.parts.encryption.view.phase is Phase.OFF
    assert key_id_of(paths.history_file) is None


def answer(text: str) -> None:
    questions = [w for w in QApplication.topLevelWidgets() if isinstance(w, Question)]
    question = next(w for w in questions if w.isVisible())
    next(b for b in question.findChildren(QPushButton) if b.text() == text).click()


def test_decrypting_is_asked_about_and_loses_nothing(
    card: Any, desk: Desk, aio: Async, paths: Paths
) -> None:
    encrypt(card, desk, aio)
    card.switch.click()
    answer("Keep them encrypted")
    QApplication.sendPostedEvents()
    assert desk.parts.encryption.view.phase is Phase.ON
    card.switch.click()
    answer("Decrypt")
    aio.until(lambda: desk.parts.encryption.view.phase is Phase.OFF)
    assert with_words(paths)
    assert desk.titles() == ["Today", f"{WORD} title"]


def lost(desk: Desk, keyring: FakeKeyring) -> HistoryKey:
    """The key, which the keyring does not hold any more."""
    (text,) = keyring.kept.values()
    keyring.kept.clear()
    return HistoryKey.from_recovery(text)


def test_the_recovery_key_opens_what_the_keyring_cannot(
    card: Any,
    desk: Desk,
    aio: Async,
    make_desk: Callable[..., Desk],
    keyring: FakeKeyring,
) -> None:
    encrypt(card, desk, aio)
    key = lost(desk, keyring)
    again = make_desk()
    aio.until(lambda: again.window.page == "store-problem")
    page = again.page("store-problem")
    assert "does not hold their key" in page.what.text()
    QTest.keyClicks(page.recovery, "K1V5")
    page.open.click()
    aio.until(page.refused.isVisible)
    assert "4 of 56 characters" in page.refused.text()
    page.recovery.setText(HistoryKey.new().recovery())
    page.open.click()
    aio.until(lambda: "another history" in page.refused.text())
    page.recovery.setText(key.recovery())
    page.open.click()
    aio.until(lambda: again.assembly.is_history_open and bool(keyring.kept))
    assert again.titles() == ["Today", f"{WORD} title"]
    assert list(keyring.kept.values()) == [key.recovery()], "the next start need not ask"
    assert not page.recovery.text()


def test_a_locked_keyring_is_unlocked_on_the_persons_word(
    card: Any,
    desk: Desk,
    aio: Async,
    make_desk: Callable[..., Desk],
    keyring: FakeKeyring,
) -> None:
    encrypt(card, desk, aio)
    keyring.state = Lock.LOCKED
    again = make_desk()
    aio.until(lambda: again.window.page == "store-problem")
    assert keyring.asked == 0
    again.page("store-problem").keyring.click()
    aio.until(lambda: again.assembly.is_history_open)
    assert keyring.asked == 1


def test_who_lost_both_may_start_fresh_and_the_file_stays(
    card: Any,
    desk: Desk,
    aio: Async,
    make_desk: Callable[..., Desk],
    keyring: FakeKeyring,
    paths: Paths,
) -> None:
    encrypt(card, desk, aio)
    lost(desk, keyring)
    again = make_desk()
    aio.until(lambda: again.window.page == "store-problem")
    assert key_id_of(paths.history_file) is not None
    again.page("store-problem").fresh.click()
    aio.until(lambda: again.assembly.is_history_open)
    aio.until(lambda: "not encrypted" in again.window.strip.sentence)
    aside = paths.history_file.with_name("history.broken-1.db")
    assert key_id_of(aside) is not None
