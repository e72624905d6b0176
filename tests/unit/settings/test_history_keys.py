"""The key of a history: found in the keyring, and each trouble with that has its own sentence."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from app.core.errors import AppError, ErrorCode
from app.core.history_key import HistoryKey
from app.settings.history_keys import HistoryKeys
from app.settings.keyrings import Lock
from app.settings.secrets import Secrets
from tests.fakes.keyring import FakeKeyring

KEY = HistoryKey(bytes(range(32)))


@pytest.fixture
def keyring() -> Iterator[FakeKeyring]:
    made = FakeKeyring()
    yield made
    made.thaw()


def keys_of(keyring: FakeKeyring | None) -> HistoryKeys:
    return HistoryKeys(Secrets(lambda: keyring, deadline_s=0.2, asking_s=0.2))


def refused(keyring: FakeKeyring | None) -> AppError:
    with pytest.raises(AppError) as caught:
        keys_of(keyring).find(KEY.id)
    assert caught.value.code is ErrorCode.STORE_LOCKED
    assert "Nothing was changed." in caught.value.sentence
    assert "recovery key" in caught.value.sentence
    return caught.value


def test_a_kept_key_is_found_by_another_program(keyring: FakeKeyring) -> None:
    keys_of(keyring).keep(KEY)
    keys = keys_of(keyring)
    assert keys.is_kept(KEY.id)
    assert keys.find(KEY.id) == KEY
    assert list(keyring.kept.values()) == [KEY.recovery()], "a person can read it there"


def test_it_is_asked_for_once(keyring: FakeKeyring) -> None:
    keys_of(keyring).keep(KEY)
    keys = keys_of(keyring)
    keys.find(KEY.id)
    keyring.state = Lock.LOCKED
    assert keys.find(KEY.id) == KEY


def lock(keyring: FakeKeyring) -> None:
    keyring.state = Lock.LOCKED


def lose(keyring: FakeKeyring) -> None:
    keyring.kept.clear()


def confuse(keyring: FakeKeyring) -> None:
    keyring.kept = dict.fromkeys(keyring.kept, "something else")


def fail(keyring: FakeKeyring) -> None:
    keyring.fails = RuntimeError("no")


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        (lock, "is locked"),
        (lose, "does not hold their key any more"),
        (confuse, "is not their key"),
        (fail, "reports a failure"),
        (FakeKeyring.freeze, "does not answer"),
    ],
)
def test_each_trouble_is_said(
    keyring: FakeKeyring, trouble: Callable[[FakeKeyring], None], words: str
) -> None:
    keys_of(keyring).keep(KEY)
    trouble(keyring)
    assert words in refused(keyring).what
    assert keyring.asked == 0, "nobody is asked for a password unasked"


def test_without_a_keyring_only_the_recovery_key_helps() -> None:
    error = refused(None)
    assert "no keyring" in error.what
    assert "Unlock" not in error.todo
    keys = keys_of(None)
    keys.remember(KEY)
    assert keys.find(KEY.id) == KEY
    assert not keys.is_kept(KEY.id)


def test_the_person_may_unlock_it(keyring: FakeKeyring) -> None:
    keys = keys_of(keyring)
    keys_of(keyring).keep(KEY)
    keyring.state = Lock.LOCKED
    keys.unlock()
    assert keys.find(KEY.id) == KEY


def test_a_key_that_is_not_kept_encrypts_nothing(keyring: FakeKeyring) -> None:
    keyring.keeps = False
    with pytest.raises(AppError) as caught:
        keys_of(keyring).keep(KEY)
    assert caught.value.code is ErrorCode.KEYRING_FAILED


def test_a_key_that_nothing_was_encrypted_with_is_forgotten(keyring: FakeKeyring) -> None:
    keys = keys_of(keyring)
    keys.keep(KEY)
    keys.forget(KEY)
    assert not keyring.kept
    refused(keyring)
