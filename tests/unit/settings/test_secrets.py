"""Keeping keys: every trouble is a sentence, nothing blocks for ever, nothing shows a key."""

from __future__ import annotations

import threading
import time
import traceback
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as some

from app.core.cancel import CancelToken
from app.core.errors import AppError, ErrorCode
from app.settings import keyring_help
from app.settings.keyring_help import Desktop
from app.settings.keyrings import Lock
from app.settings.secrets import (
    NAMES,
    PROXY,
    Kept,
    KeyringAnswer,
    Place,
    Secret,
    Secrets,
    checked,
    probe,
)
from tests.fakes.keyring import FakeKeyring

KEY = "sk-ant-0123456789abcdef"


@pytest.fixture
def keyring() -> Iterator[FakeKeyring]:
    made = FakeKeyring()
    yield made
    made.thaw()


@pytest.fixture
def secrets(keyring: FakeKeyring) -> Secrets:
    return Secrets(lambda: keyring, deadline_s=0.2, asking_s=0.4)


def code_of(call: Callable[[], object]) -> ErrorCode:
    with pytest.raises(AppError) as raised:
        call()
    assert KEY not in "".join(traceback.format_exception(raised.value))
    return raised.value.code


def test_a_key_is_kept_found_and_forgotten(secrets: Secrets, keyring: FakeKeyring) -> None:
    told: list[str] = []
    forget = secrets.subscribe(told.append)
    assert secrets.look("anthropic") == Kept(place=Place.NOWHERE)
    assert secrets.get("anthropic") is None
    secrets.set("anthropic", f"  {KEY}\n")
    assert keyring.kept == {"anthropic": KEY}
    assert secrets.get("anthropic") == Secret(KEY)
    assert secrets.look("anthropic") == Kept(place=Place.KEYRING)
    assert secrets.delete("anthropic")
    assert not secrets.delete("anthropic")
    assert keyring.kept == {}
    assert told == ["anthropic"] * 3
    forget()
    secrets.set("anthropic", KEY)
    assert len(told) == 3


def test_printing_shows_no_key(secrets: Secrets) -> None:
    secrets.set("anthropic", KEY, session_only=True)
    kept = secrets.get("anthropic")
    assert KEY not in f"{kept} {kept!r} {[kept]} {vars(secrets)} {secrets!r}"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("anthropic", ""),
        ("anthropic", "  \n"),
        ("anthropic", f"{KEY}\nX-Evil: 1"),
        ("anthropic", f"{KEY} {KEY}"),
        ("anthropic", f"{KEY}ü"),
        ("anthropic", f"{KEY}\u200b"),
        ("anthropic", KEY * 100),
        (PROXY, ""),
        (PROXY, f"{KEY}\nX-Evil: 1"),
        (PROXY, f"{KEY}\0"),
        (PROXY, f"{KEY}\ud800"),
    ],
)
def test_what_is_no_key_is_refused_without_repeating_it(
    secrets: Secrets, keyring: FakeKeyring, name: str, text: str
) -> None:
    assert code_of(lambda: secrets.set(name, text)) is ErrorCode.KEY_INVALID
    assert code_of(lambda: secrets.set(name, text, session_only=True)) is ErrorCode.KEY_INVALID
    assert keyring.kept == {}
    assert secrets.look(name).place is Place.NOWHERE


@given(some.text(), some.sampled_from(sorted(NAMES)))
def test_whatever_is_entered_is_one_line_or_a_sentence(text: str, name: str) -> None:
    try:
        secret = checked(name, text)
    except AppError:
        return  # what it says does not depend on the text
    assert "\n" not in secret.text
    assert "\r" not in secret.text
    secret.text.encode("utf-8")


def test_a_password_may_hold_spaces_and_umlauts(secrets: Secrets, keyring: FakeKeyring) -> None:
    secrets.set(PROXY, " größer als 1 \n")
    assert keyring.kept == {PROXY: " größer als 1 "}


def test_without_a_keyring_a_person_may_agree_to_this_session() -> None:
    secrets = Secrets(lambda: None)
    assert code_of(lambda: secrets.set("anthropic", KEY)) is ErrorCode.KEYRING_MISSING
    assert code_of(lambda: secrets.get("anthropic")) is ErrorCode.KEYRING_MISSING
    assert secrets.look("anthropic") == Kept(place=Place.UNKNOWN, problem=keyring_help.missing())
    secrets.set("anthropic", KEY, session_only=True)
    assert secrets.look("anthropic") == Kept(place=Place.MEMORY)
    assert secrets.get("anthropic") == Secret(KEY)
    assert Secrets(lambda: None).look("anthropic").place is Place.UNKNOWN
    assert secrets.delete("anthropic")
    assert code_of(lambda: secrets.get("anthropic")) is ErrorCode.KEYRING_MISSING


def test_what_the_keyring_keeps_takes_the_place_of_what_memory_kept(
    secrets: Secrets, keyring: FakeKeyring
) -> None:
    secrets.set("anthropic", "old", session_only=True)
    secrets.set("anthropic", KEY)
    assert secrets.look("anthropic").place is Place.KEYRING
    assert secrets.get("anthropic") == Secret(KEY)


def test_a_locked_keyring_asks_the_person_only_when_they_did_something(
    secrets: Secrets, keyring: FakeKeyring
) -> None:
    keyring.kept["anthropic"], keyring.state = KEY, Lock.LOCKED
    with pytest.raises(AppError) as raised:
        secrets.get("anthropic")
    assert raised.value == keyring_help.locked(), "and not that it could not be unlocked"
    assert secrets.look("anthropic") == Kept(place=Place.KEYRING, problem=keyring_help.locked())
    assert probe(lambda: keyring).answer is KeyringAnswer.LOCKED
    assert keyring.asked == 0
    assert secrets.get("anthropic", may_ask=True) == Secret(KEY)
    assert keyring.asked == 1
    keyring.state = Lock.LOCKED
    told: list[str] = []
    secrets.subscribe(told.append)
    secrets.unlock()
    assert keyring.asked == 2
    assert told == [""]
    assert secrets.look("anthropic") == Kept(place=Place.KEYRING)


def test_a_keyring_that_was_unlocked_elsewhere_is_noticed_by_looking(
    secrets: Secrets, keyring: FakeKeyring
) -> None:
    told: list[str] = []
    secrets.subscribe(told.append)
    keyring.kept["anthropic"], keyring.state = KEY, Lock.LOCKED
    with pytest.raises(AppError):
        secrets.get("anthropic")
    secrets.look("anthropic")
    assert told == []
    keyring.state = Lock.OPEN
    secrets.look("anthropic")
    assert told == [""]
    secrets.look("anthropic")
    assert told == [""], "once is enough"


def test_a_person_who_does_not_unlock_it_gets_a_sentence(
    secrets: Secrets, keyring: FakeKeyring
) -> None:
    keyring.state, keyring.password_given = Lock.LOCKED, False
    for call in (
        lambda: secrets.set("anthropic", KEY),
        lambda: secrets.delete("anthropic"),
        lambda: secrets.get("anthropic", may_ask=True),
        secrets.unlock,
    ):
        assert code_of(call) is ErrorCode.KEYRING_LOCKED
    assert keyring.kept == {}


def test_an_empty_keyring_is_not_made_by_looking(secrets: Secrets, keyring: FakeKeyring) -> None:
    keyring.state = Lock.EMPTY
    assert secrets.get("anthropic") is None
    assert secrets.get("anthropic", may_ask=True) is None
    assert secrets.look("anthropic") == Kept(place=Place.NOWHERE)
    assert not secrets.delete("anthropic")
    assert keyring.state is Lock.EMPTY
    secrets.set("anthropic", KEY)
    assert secrets.get("anthropic") == Secret(KEY)


def test_a_keyring_that_keeps_nothing_is_found_out(secrets: Secrets, keyring: FakeKeyring) -> None:
    keyring.keeps = False
    assert code_of(lambda: secrets.set("anthropic", KEY)) is ErrorCode.KEYRING_FAILED


def test_a_failure_of_the_library_is_a_sentence_without_its_text(
    secrets: Secrets, keyring: FakeKeyring
) -> None:
    keyring.fails = ValueError(f"cannot write {KEY}")
    with pytest.raises(AppError) as raised:
        secrets.set("anthropic", KEY)
    assert raised.value.code is ErrorCode.KEYRING_FAILED
    assert "ValueError" in raised.value.what
    assert KEY not in "".join(traceback.format_exception(raised.value))


def test_a_frozen_keyring_is_given_up(secrets: Secrets, keyring: FakeKeyring) -> None:
    keyring.freeze()
    began = time.monotonic()
    assert code_of(lambda: secrets.set("anthropic", KEY)) is ErrorCode.KEYRING_SILENT
    assert code_of(lambda: secrets.get("anthropic")) is ErrorCode.KEYRING_SILENT
    assert secrets.look("anthropic").place is Place.UNKNOWN
    assert probe(lambda: keyring).answer is KeyringAnswer.SILENT
    stuck = [t for t in threading.enumerate() if t.name == "keyring" and t.is_alive()]
    assert len(stuck) <= 2, "the questions wait for each other, and end"
    keyring.thaw()
    assert time.monotonic() - began < 15
    secrets.set("anthropic", KEY)
    assert keyring.kept == {"anthropic": KEY}


@pytest.mark.parametrize("state", [Lock.OPEN, Lock.LOCKED])
def test_waiting_can_be_stopped_and_keeps_nothing(keyring: FakeKeyring, state: Lock) -> None:
    secrets, cancel = Secrets(lambda: keyring), CancelToken()
    keyring.state = state
    keyring.freeze()
    threading.Timer(0.1, cancel.cancel).start()
    assert code_of(lambda: secrets.set("anthropic", KEY, cancel=cancel)) is ErrorCode.CANCELLED
    assert code_of(lambda: secrets.look("anthropic", cancel=cancel)) is ErrorCode.CANCELLED
    keyring.thaw()
    assert secrets.get("anthropic", may_ask=True) is None
    assert keyring.kept == {}


def test_the_help_fits_the_desktop() -> None:
    cases = {
        Desktop.WINDOWS: ({}, "win32"),
        Desktop.MACOS: ({}, "darwin"),
        Desktop.NONE: ({"XDG_CURRENT_DESKTOP": "GNOME"}, "linux"),
        Desktop.GNOME: ({"DISPLAY": ":0", "XDG_CURRENT_DESKTOP": "ubuntu:GNOME"}, "linux"),
        Desktop.KDE: ({"WAYLAND_DISPLAY": "w", "XDG_CURRENT_DESKTOP": "KDE"}, "linux"),
        Desktop.OTHER: ({"DISPLAY": ":0"}, "linux"),
    }
    for where, (variables, platform) in cases.items():
        assert keyring_help.desktop(variables, platform) is where
    assert set(cases) == set(Desktop)
    for each in (keyring_help.missing, keyring_help.still_locked):
        assert len({each(where).todo for where in Desktop}) == len(Desktop)
