"""`tacit keys`: a key goes in unseen, and never comes out again."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.cli import keys
from app.cli.main import main
from app.logs import Logging
from app.paths import Paths
from app.settings.keyrings import Lock
from app.settings.secrets import NAMES, Secrets
from tests.fakes.keyring import FakeKeyring
from tests.fakes.protection import unsealed

KEY = "sk-ant-0123456789abcdef"
Run = Callable[..., tuple[int, str, str]]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def no_window(_paths: Paths, _logging: Logging) -> int:
    raise AssertionError("the window was opened")


@pytest.fixture
def keyring(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeKeyring]:
    made = FakeKeyring()
    monkeypatch.setattr(keys, "_secrets", lambda: Secrets(lambda: made, deadline_s=0.2))
    yield made
    made.thaw()


@pytest.fixture
def run(
    keyring: FakeKeyring,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    private_home: Path,
) -> Iterator[Run]:
    seen: list[str] = []

    def call(*arguments: str, entered: str = "", terminal: bool = False) -> Any:
        monkeypatch.setattr("sys.stdin", Terminal() if terminal else io.StringIO(entered))
        code = main(["keys", *arguments], no_window, unsealed)
        streams = capsys.readouterr()
        seen.extend((streams.out, streams.err))
        return code, streams.out, streams.err

    yield call
    seen += [file.read_text() for file in private_home.rglob("*") if file.is_file()]
    assert not any(KEY in text for text in seen), "no command repeats a key"


def test_a_key_from_standard_input_is_kept_listed_and_deleted(
    run: Run, keyring: FakeKeyring
) -> None:
    assert run("set", "anthropic", entered=f"{KEY}\n")[0] == 0
    assert keyring.kept == {"anthropic": KEY}
    code, out, _ = run("list")
    assert code == 0
    assert [line.split()[0] for line in out.splitlines()[1:]] == list(NAMES)
    [line] = [line for line in out.splitlines() if "kept in your keyring" in line]
    assert line.startswith("anthropic")
    assert run("delete", "anthropic")[0] == 0
    assert keyring.kept == {}
    code, _, err = run("delete", "anthropic")
    assert code == 1
    assert "holds nothing" in err


def test_the_documents(run: Run) -> None:
    assert json.loads(run("set", "proxy", "--json", entered="pass word\n")[1]) == {
        "provider": "proxy", "kept": True,
    }  # fmt: skip
    listed = json.loads(run("list", "--json")[1])["keys"]
    assert {key["provider"]: key["kept"] for key in listed} == {
        name: name == "proxy" for name in NAMES
    }
    assert json.loads(run("delete", "proxy", "--json")[1]) == {"provider": "proxy", "deleted": True}
    code, out, _ = run("delete", "proxy", "--json")
    assert code == 1
    assert json.loads(out)["error"]["code"] == "key-missing"


def test_a_key_is_asked_for_without_showing_it(
    run: Run, keyring: FakeKeyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def ask(prompt: str, stream: object) -> str:
        asked.append(prompt)
        return KEY

    monkeypatch.setattr("getpass.getpass", ask)
    assert run("set", "openrouter", terminal=True)[0] == 0
    assert keyring.kept == {"openrouter": KEY}
    assert len(asked) == 1


def test_a_terminal_that_would_show_it_is_refused(
    run: Run, keyring: FakeKeyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ask(_prompt: str, stream: object) -> str:
        import getpass
        import warnings

        warnings.warn("it would be shown", getpass.GetPassWarning, stacklevel=2)
        return KEY

    monkeypatch.setattr("getpass.getpass", ask)
    code, _, err = run("set", "openrouter", terminal=True)
    assert code == 2
    assert "would show" in err
    assert keyring.kept == {}


@pytest.mark.parametrize(
    "arguments",
    [
        ("set", "anthropic", KEY),
        ("set", "anthropic", KEY, "--json"),
        ("set", "anthropic", f"--key={KEY}"),
        ("set", KEY),
        ("set", KEY, KEY),
        ("delete", KEY),
        ("list", KEY),
        (KEY,),
    ],
)
def test_a_key_in_the_command_is_refused_and_not_repeated(
    run: Run, keyring: FakeKeyring, arguments: tuple[str, ...]
) -> None:
    assert run(*arguments, entered="other")[0] == 2
    assert keyring.kept == {}


@pytest.mark.parametrize("entered", ["", "\n", f"{KEY}\n{KEY}\n", f"{KEY} x"])
def test_what_is_no_key_is_refused(run: Run, keyring: FakeKeyring, entered: str) -> None:
    code, _, err = run("set", "anthropic", entered=entered)
    assert code == 2
    assert "key" in err
    assert keyring.kept == {}


def test_a_locked_keyring(run: Run, keyring: FakeKeyring) -> None:
    keyring.kept["anthropic"] = KEY
    keyring.state, keyring.password_given = Lock.LOCKED, False
    code, out, err = run("list")
    assert code == 0
    assert "kept in your keyring" in out
    assert "locked" in err
    assert keyring.asked == 0
    code, _, err = run("set", "proxy", entered="secret")
    assert code == 1
    assert "still locked" in err


def test_a_frozen_keyring_and_none_at_all(
    run: Run, keyring: FakeKeyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    keyring.freeze()
    code, out, _ = run("list", "--json")
    assert (code, json.loads(out)["error"]["code"]) == (1, "keyring-silent")
    keyring.thaw()
    monkeypatch.setattr(keys, "_secrets", lambda: Secrets(lambda: None))
    for arguments in (("list",), ("set", "anthropic"), ("delete", "anthropic")):
        code, out, _ = run(*arguments, "--json", entered=KEY)
        assert (code, json.loads(out)["error"]["code"]) == (1, "keyring-missing")
