"""A locked keyring with a screen: its own dialog asks the person, and Tacit waits for that."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.core.cancel import CancelToken
from app.core.errors import AppError, ErrorCode
from app.settings.secrets import Secrets
from tests.e2e.desktop import Desktop, wait_until
from tests.fakes.secret_service import PASSWORD, SecretServiceSession

KEY = "sk-ant-0123456789abcdef"

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the Secret Service is Linux's")


@pytest.fixture
def desktop() -> Iterator[Desktop]:
    with Desktop() as made:
        yield made


@pytest.fixture
def secrets(desktop: Desktop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Secrets]:
    """A key is kept for "anthropic", then the keyring is locked."""
    with SecretServiceSession(tmp_path, display=desktop.display) as session:
        for name, value in session.environment.items():
            monkeypatch.setenv(name, value)
        secrets = Secrets()
        secrets.set("anthropic", KEY)
        session.lock()
        yield secrets


class Asked:
    """Reads the key on a thread, as a person who wants it would."""

    def __init__(self, secrets: Secrets) -> None:
        self.cancel = CancelToken()
        self.outcome: list[object] = []
        self._secrets = secrets
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def wait(self) -> object:
        self._thread.join(30)
        assert not self._thread.is_alive()
        return self.outcome[0]

    def _run(self) -> None:
        try:
            kept = self._secrets.get("anthropic", may_ask=True, cancel=self.cancel)
            self.outcome.append(kept.text if kept is not None else None)
        except AppError as error:
            self.outcome.append(error.code)


def dialogs(desktop: Desktop) -> list[str]:
    return desktop.do("search", "--onlyvisible", "--name", "Unlock").split()


def test_the_right_password_opens_it(desktop: Desktop, secrets: Secrets) -> None:
    asked = Asked(secrets)
    wait_until(lambda: dialogs(desktop), 30, "no dialog came")
    desktop.type(PASSWORD)
    desktop.key("Return")
    assert asked.wait() == KEY
    assert secrets.get("anthropic") is not None, "it stays open"


def test_a_person_who_refuses_gets_a_sentence(desktop: Desktop, secrets: Secrets) -> None:
    asked = Asked(secrets)
    wait_until(lambda: dialogs(desktop), 30, "no dialog came")
    desktop.key("Escape")
    assert asked.wait() is ErrorCode.KEYRING_LOCKED


def test_waiting_for_the_dialog_can_be_stopped(desktop: Desktop, secrets: Secrets) -> None:
    asked = Asked(secrets)
    wait_until(lambda: dialogs(desktop), 30, "no dialog came")
    asked.cancel.cancel()
    assert asked.wait() is ErrorCode.CANCELLED


def test_looking_shows_no_dialog(desktop: Desktop, secrets: Secrets) -> None:
    assert secrets.look("anthropic").problem is not None
    with pytest.raises(AppError):
        secrets.get("anthropic")
    assert dialogs(desktop) == []
