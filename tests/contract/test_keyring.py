"""What a keyring has to do, asked of the one in memory and of a real Secret Service."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.core.cancel import CancelToken
from app.core.errors import AppError, ErrorCode
from app.settings import keyrings
from app.settings.keyrings import Keyring, Lock, LockedError
from app.settings.secrets import KeyringAnswer, Place, Secrets, probe
from tests.fakes.keyring import FakeKeyring
from tests.fakes.secret_service import SecretServiceSession

KEY = "sk-ant-0123456789abcdef"


class KeyringContract:
    """Every keyring passes this."""

    @pytest.fixture
    def keyring(self) -> Keyring:
        raise NotImplementedError

    @pytest.fixture
    def locked(self, keyring: Keyring) -> Keyring:
        """The same, holding a key for "kept", locked, where nobody can give its password."""
        raise NotImplementedError

    def test_what_was_written_is_read(self, keyring: Keyring) -> None:
        assert keyring.read("one") is None
        assert not keyring.holds("one")
        keyring.write("one", KEY)
        keyring.write("two", "ü p w")
        assert (keyring.read("one"), keyring.read("two")) == (KEY, "ü p w")
        assert keyring.holds("one")

    def test_what_is_written_again_is_replaced(self, keyring: Keyring) -> None:
        keyring.write("one", "first")
        keyring.write("one", "second")
        assert keyring.read("one") == "second"
        assert keyring.remove("one")
        assert keyring.read("one") is None

    def test_what_was_not_there_cannot_be_removed(self, keyring: Keyring) -> None:
        assert not keyring.remove("one")

    def test_a_locked_one_shows_what_it_has_and_gives_nothing(self, locked: Keyring) -> None:
        assert locked.lock() is Lock.LOCKED
        assert locked.holds("kept")
        assert not locked.holds("other")
        with pytest.raises(LockedError):
            locked.read("kept")
        with pytest.raises(LockedError):
            locked.write("other", KEY)
        assert not locked.unlock(20)
        assert locked.lock() is Lock.LOCKED


class TestFakeKeyring(KeyringContract):
    @pytest.fixture
    def keyring(self) -> Keyring:
        return FakeKeyring()

    @pytest.fixture
    def locked(self, keyring: Keyring) -> Keyring:
        assert isinstance(keyring, FakeKeyring)
        keyring.kept["kept"] = KEY
        keyring.state, keyring.password_given = Lock.LOCKED, False
        return keyring


@pytest.fixture
def session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SecretServiceSession]:
    """A real keyring on a bus of its own, without a screen for its dialog."""
    with SecretServiceSession(tmp_path) as started:
        for name, value in started.environment.items():
            monkeypatch.setenv(name, value)
        yield started


linux = pytest.mark.skipif(sys.platform != "linux", reason="the Secret Service is Linux's")


@linux
class TestSecretService(KeyringContract):
    @pytest.fixture
    def keyring(self, session: SecretServiceSession) -> Keyring:
        found = keyrings.find()
        assert isinstance(found, keyrings.SecretService)
        return found

    @pytest.fixture
    def locked(self, session: SecretServiceSession, keyring: Keyring) -> Keyring:
        keyring.write("kept", KEY)
        session.lock()
        return keyring


@linux
class TestSecretsOverARealKeyring:
    def test_a_key_outlives_the_keyring_s_process(self, session: SecretServiceSession) -> None:
        Secrets().set("anthropic", KEY)
        session.stop_daemon()
        session.start_daemon()
        kept = Secrets().get("anthropic")
        assert kept is not None
        assert kept.text == KEY
        assert Secrets().delete("anthropic")
        assert Secrets().get("anthropic") is None

    def test_a_locked_one_is_a_sentence_for_each_who_asks(
        self, session: SecretServiceSession
    ) -> None:
        secrets = Secrets()
        secrets.set("anthropic", KEY)
        session.lock()
        assert probe().answer is KeyringAnswer.LOCKED
        kept = secrets.look("anthropic")
        assert kept.place is Place.KEYRING
        assert kept.problem is not None
        assert secrets.look("proxy").place is Place.NOWHERE
        for call in (
            lambda: secrets.get("anthropic"),
            lambda: secrets.get("anthropic", may_ask=True),
            lambda: secrets.set("proxy", "pw"),
            lambda: secrets.delete("anthropic"),
            secrets.unlock,
        ):
            with pytest.raises(AppError) as raised:
                call()
            assert raised.value.code is ErrorCode.KEYRING_LOCKED

    def test_a_frozen_one_is_given_up_and_used_again_when_it_thaws(
        self, session: SecretServiceSession
    ) -> None:
        secrets = Secrets(deadline_s=0.5)
        secrets.set("anthropic", KEY)
        session.freeze()
        try:
            began = time.monotonic()
            with pytest.raises(AppError) as raised:
                secrets.get("anthropic")
            assert raised.value.code is ErrorCode.KEYRING_SILENT
            assert time.monotonic() - began < 3
            assert secrets.look("anthropic").place is Place.UNKNOWN
        finally:
            session.thaw()
        kept = Secrets().get("anthropic")
        assert kept is not None
        assert kept.text == KEY

    def test_a_person_can_stop_waiting_for_a_frozen_one(
        self, session: SecretServiceSession
    ) -> None:
        secrets, cancel = Secrets(), CancelToken()
        assert secrets.get("anthropic") is None
        session.freeze()
        threading.Timer(0.3, cancel.cancel).start()
        try:
            began = time.monotonic()
            with pytest.raises(AppError) as raised:
                secrets.set("anthropic", KEY, cancel=cancel)
            assert raised.value.code is ErrorCode.CANCELLED
            assert time.monotonic() - began < 3
        finally:
            session.thaw()
        assert Secrets().get("anthropic") is None, "what was stopped is not kept later"

    def test_a_keyring_that_ends_while_it_is_asked_is_a_sentence(
        self, session: SecretServiceSession
    ) -> None:
        secrets = Secrets()
        secrets.set("anthropic", KEY)
        session.freeze()
        threading.Timer(0.3, session.kill_daemon).start()
        with pytest.raises(AppError) as raised:
            secrets.get("anthropic")
        assert raised.value.code is ErrorCode.KEYRING_FAILED


@linux
def test_a_bus_without_a_keyring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with SecretServiceSession(tmp_path, service=False) as session:
        for name, value in session.environment.items():
            monkeypatch.setenv(name, value)
        assert keyrings.find() is None
        with pytest.raises(AppError) as raised:
            Secrets().set("anthropic", KEY)
    assert raised.value.code is ErrorCode.KEYRING_MISSING
    assert "desktop" in raised.value.todo


@linux
@pytest.mark.parametrize("address", ["", "unix:path=/nowhere/bus"])
def test_no_bus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    assert keyrings.find() is None
    assert probe().answer is KeyringAnswer.NONE
