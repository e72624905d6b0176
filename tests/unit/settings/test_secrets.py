"""Asking for the keyring: only known backends, and never for ever."""

from __future__ import annotations

import sys
import threading
import types
from collections.abc import Callable

import pytest

from app.settings import secrets
from app.settings.secrets import KeyringAnswer, probe


def backend(module: str, class_name: str, priority: Callable[[], float]) -> types.ModuleType:
    made = types.ModuleType(module)

    class Meta(type):
        @property
        def priority(cls) -> float:
            return priority()

    setattr(made, class_name, Meta(class_name, (), {"__module__": module}))
    return made


@pytest.fixture
def no_backend(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every known backend is absent, as if its module could not be imported."""
    for module, _ in secrets._BACKENDS.values():
        monkeypatch.setitem(sys.modules, module, None)


def test_no_backend_means_no_keyring(no_backend: None) -> None:
    state = probe()
    assert state.answer is KeyringAnswer.NONE
    assert state.backend == ""


@pytest.mark.parametrize(
    ("priority", "answer"),
    [(5.0, KeyringAnswer.USABLE), (0.5, KeyringAnswer.NONE), (-1.0, KeyringAnswer.NONE)],
)
def test_a_known_backend_counts_by_its_priority(
    no_backend: None,
    monkeypatch: pytest.MonkeyPatch,
    priority: float,
    answer: KeyringAnswer,
) -> None:
    name = "keyring.backends.kwallet"
    monkeypatch.setitem(sys.modules, name, backend(name, "DBusKeyring", lambda: priority))
    assert probe().answer is answer


def test_a_backend_that_fails_is_passed_over(
    no_backend: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails() -> float:
        raise RuntimeError("no D-Bus")

    first, second = "keyring.backends.SecretService", "keyring.backends.libsecret"
    monkeypatch.setitem(sys.modules, first, backend(first, "Keyring", fails))
    monkeypatch.setitem(sys.modules, second, backend(second, "Keyring", lambda: 4.8))
    assert probe().backend == "libsecret"


def test_an_impostor_in_a_known_place_is_refused(
    no_backend: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = "keyring.backends.SecretService"
    impostor = types.ModuleType(place)
    impostor.Keyring = backend("evil", "Keyring", lambda: 9.0).Keyring  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, place, impostor)
    assert probe().answer is KeyringAnswer.NONE


def test_a_frozen_keyring_is_given_up() -> None:
    release = threading.Event()
    state = probe(0.05, lambda _module, _name: release.wait(30))
    release.set()
    assert state.answer is KeyringAnswer.SILENT


def test_the_environment_cannot_name_a_backend(
    no_backend: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    assert probe().answer is KeyringAnswer.NONE
