"""`tacit history encrypt|decrypt|encryption`, and every other command over encrypted chats."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.cli import history_encryption, history_keys
from app.cli.main import main
from app.core.history_key import HistoryKey
from app.core.messages import Role
from app.logs import Logging
from app.paths import Paths
from app.settings.history_keys import HistoryKeys
from app.settings.keyrings import Lock
from app.settings.secrets import Secrets
from app.store.connecting import key_id_of
from app.store.history import History
from tests.fakes.keyring import FakeKeyring
from tests.fakes.protection import unsealed

WORD = "Zwiebelfisch"
Tacit = Callable[..., tuple[int, str, str]]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def no_window(_paths: Paths, _logging: Logging) -> int:
    raise AssertionError


@pytest.fixture
def keyring(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeKeyring]:
    made = FakeKeyring()

    def keys() -> HistoryKeys:
        return HistoryKeys(Secrets(lambda: made, deadline_s=0.2))

    monkeypatch.setattr(history_keys, "system_keys", keys)
    monkeypatch.setattr(history_encryption, "system_keys", keys)
    yield made
    made.thaw()


@pytest.fixture
def tacit(
    keyring: FakeKeyring, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Tacit:
    """Runs `tacit history ...`; `typed` is what comes from a terminal, `hidden` from a prompt
    that does not show it."""

    def run(*arguments: str, typed: str | None = None, hidden: str = "") -> tuple[int, str, str]:
        monkeypatch.setattr("sys.stdin", io.StringIO() if typed is None else Terminal(typed))
        monkeypatch.setattr(history_keys, "asked", lambda _question: hidden)
        code = main(["history", *arguments], no_window, unsealed)
        out, err = capsys.readouterr()
        return code, out, err

    return run


@pytest.fixture
def home(private_home: Path) -> Path:
    history = History(private_home / "history.db")
    history.open()
    conversation = history.create_conversation(f"{WORD} title")
    history.add_message(conversation.id, None, Role.USER, f"{WORD} text")
    history.close()
    return private_home


@pytest.fixture
def encrypted(home: Path, tacit: Tacit, tmp_path: Path) -> HistoryKey:
    """The chats are encrypted, and a person has the recovery key."""
    file = tmp_path / "recovery.txt"
    code, out, _ = tacit("encrypt", "--recovery-file", str(file), "--json")
    assert code == 0
    document = json.loads(out)
    assert (document["encrypted"], document["conversations"]) == (True, 1)
    groups = re.findall(r"\b[0-9A-Z]{4}\b", file.read_text())
    return HistoryKey.from_recovery("".join(groups))


def words_in(home: Path) -> list[str]:
    files = [file for file in home.rglob("*") if file.is_file()]
    return [file.name for file in files if WORD.encode() in file.read_bytes()]


def test_encrypted_chats_leave_no_word_and_open_by_the_keyring(
    encrypted: HistoryKey, home: Path, tacit: Tacit, tmp_path: Path
) -> None:
    assert words_in(home) == []
    for command in (("list",), ("search", WORD), ("check",), ("backup", str(tmp_path / "b.zip"))):
        code, _, err = tacit(*command)
        assert (code, err) == (0, ""), command
    assert WORD in tacit("list")[1]
    assert tacit("restore", str(tmp_path / "b.zip"))[0] == 0
    assert key_id_of(home / "history.db") == encrypted.id
    assert words_in(home) == []
    state = json.loads(tacit("encryption", "--json")[1])
    assert state == {"encrypted": True, "key_in_keyring": True, "unfinished": False}


def test_on_a_terminal_the_recovery_key_is_shown_and_asked_for(
    home: Path, tacit: Tacit, monkeypatch: pytest.MonkeyPatch, keyring: FakeKeyring
) -> None:
    key = HistoryKey(bytes(range(32)))
    monkeypatch.setattr(HistoryKey, "new", lambda: key)

    class Chosen:
        def sample(self, _places: range, _count: int) -> list[int]:
            return [12, 3]

    monkeypatch.setattr("secrets.SystemRandom", Chosen)
    code, _, err = tacit("encrypt", typed="AAAA\n")
    assert code == 2
    assert "nothing was encrypted" in err
    assert key_id_of(home / "history.db") is None
    assert not keyring.kept, "a key for nothing is not left behind"
    groups = key.groups()
    code, out, err = tacit("encrypt", typed=f"{groups[3].lower()}\n{groups[12]}\n")
    assert (code, out) == (0, "Encrypted 1 conversations and 0 copies.\n")
    assert all(group in err for group in groups)
    assert key_id_of(home / "history.db") == key.id


def test_somebody_has_to_save_the_recovery_key(
    home: Path, tacit: Tacit, tmp_path: Path, keyring: FakeKeyring
) -> None:
    assert tacit("encrypt")[0] == 2
    assert tacit("encrypt", "--json", typed="")[0] == 2
    there = tmp_path / "there.txt"
    there.write_text("mine")
    assert tacit("encrypt", "--recovery-file", str(there))[0] == 2
    assert there.read_text() == "mine"
    assert tacit("encrypt", "--recovery-file", str(tmp_path / "no" / "file"))[0] == 2
    assert key_id_of(home / "history.db") is None
    assert not keyring.kept


def test_without_a_keyring_nothing_is_encrypted(
    home: Path, tacit: Tacit, tmp_path: Path, keyring: FakeKeyring
) -> None:
    keyring.keeps = False
    code, _, err = tacit("encrypt", "--recovery-file", str(tmp_path / "r.txt"))
    assert code == 1
    assert "keyring" in err
    assert not (tmp_path / "r.txt").exists()
    assert key_id_of(home / "history.db") is None


def test_twice_is_said(encrypted: HistoryKey, tacit: Tacit, tmp_path: Path) -> None:
    code, _, err = tacit("encrypt", "--recovery-file", str(tmp_path / "again.txt"))
    assert code == 2
    assert "encrypted already" in err
    assert tacit("decrypt")[0] == 0
    code, _, err = tacit("decrypt")
    assert code == 2
    assert "is not encrypted" in err


def test_decrypting_says_what_that_means(encrypted: HistoryKey, home: Path, tacit: Tacit) -> None:
    code, out, _ = tacit("decrypt", "--json")
    assert code == 0
    assert json.loads(out)["encrypted"] is False
    assert words_in(home)
    assert WORD in tacit("list")[1]
    state = json.loads(tacit("encryption", "--json")[1])
    assert state == {"encrypted": False, "key_in_keyring": None, "unfinished": False}


@pytest.mark.parametrize("command", [("list",), ("check",), ("delete", "--empty-trash")])
def test_without_the_keyring_the_recovery_key_opens_them(
    encrypted: HistoryKey, tacit: Tacit, keyring: FakeKeyring, command: tuple[str, ...]
) -> None:
    keyring.kept.clear()
    code, out, err = tacit(*command, typed="", hidden=encrypted.recovery())
    assert code == 0, err
    assert "does not hold their key" in err
    assert encrypted.recovery() not in out + err
    code, _, err = tacit(*command, typed="", hidden=HistoryKey.new().recovery())
    assert code == 2
    assert "another history" in err
    code, _, err = tacit(*command, typed="", hidden="nonsense")
    assert code == 2
    assert "nonsense" not in err


def test_without_a_terminal_it_is_said_what_to_do(
    encrypted: HistoryKey, home: Path, tacit: Tacit, keyring: FakeKeyring
) -> None:
    keyring.state = Lock.LOCKED
    before = (home / "history.db").read_bytes()
    code, out, err = tacit("list", "--json")
    error = json.loads(out)["error"]
    assert (code, error["code"]) == (1, "store-locked")
    assert "is locked" in error["what"]
    assert "On a terminal" in error["todo"]
    assert "Traceback" not in err
    assert keyring.asked == 0
    assert (home / "history.db").read_bytes() == before
    code, out, _ = tacit("encryption", "--json")
    assert code == 0
    assert json.loads(out)["encrypted"] is True


def test_doctor_says_whether_they_are_encrypted(
    encrypted: HistoryKey,
    keyring: FakeKeyring,
    capsys: pytest.CaptureFixture[str],
) -> None:
    main(["doctor", "--json"], no_window, unsealed)
    found = json.loads(capsys.readouterr().out)["history"]
    assert found["encrypted"] is True
    assert found["verdict"] == "fine"
    keyring.kept.clear()
    main(["doctor", "--json"], no_window, unsealed)
    found = json.loads(capsys.readouterr().out)["history"]
    assert found["verdict"] == "problem"
    assert "encrypted" in " ".join(found["lines"])
