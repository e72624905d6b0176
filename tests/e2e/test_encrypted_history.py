"""Encrypted chats with a real keyring: no word on the disk, and a sentence for each trouble."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from app.core.history_key import HistoryKey
from app.core.messages import Role
from app.store.connecting import connect, key_id_of
from app.store.history import History
from tests.e2e.desktop import Desktop, wait_until
from tests.fakes.secret_service import SecretServiceSession

ROOT = Path(__file__).parents[2]
TITLE, WORD, TYPED = "Sauerkrautfass", "Zwiebelfisch", "Wolpertinger"

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the Secret Service is Linux's")


class OneKey:
    def __init__(self, key: HistoryKey) -> None:
        self._key = key

    def find(self, key_id: str) -> HistoryKey:
        return self._key


@pytest.fixture
def desktop() -> Iterator[Desktop]:
    with Desktop() as made:
        yield made


@pytest.fixture
def session(tmp_path: Path, desktop: Desktop) -> Iterator[SecretServiceSession]:
    folder = tmp_path / "session"
    folder.mkdir()
    with SecretServiceSession(folder, display=desktop.display) as made:
        yield made


class Person:
    """Runs commands over one data folder."""

    def __init__(self, home: Path, environment: dict[str, str]) -> None:
        self.home = home
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("XDG_", "DBUS_"))}
        self.environment = {**kept, **environment, "TACIT_HOME": str(home)}

    def tacit(self, *arguments: str, code: int = 0) -> Any:
        done = subprocess.run(
            [sys.executable, "-m", "app", *arguments, "--json"],
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=90,
            check=False,
        )
        assert done.returncode == code, done.stderr
        assert "Traceback" not in done.stderr
        return json.loads(done.stdout)

    def files_with(self, *words: str) -> list[str]:
        """Names of files below the data folder that hold a word, or have it in their name."""
        found = []
        for file in self.home.rglob("*"):
            if file.is_file() and "models" not in file.relative_to(self.home).parts:
                content = file.read_bytes().lower() + file.name.lower().encode()
                found += [file.name for word in words if word.lower().encode() in content]
        return found


@pytest.fixture
def person(home_with_model: Path, session: SecretServiceSession) -> Person:
    history = History(home_with_model / "history.db")
    history.open()
    conversation = history.create_conversation(f"The {TITLE}")
    history.add_message(conversation.id, None, Role.USER, f"What is a {WORD}?")
    history.copies.make_due()
    history.close()
    made = Person(home_with_model, session.environment)
    made.tacit("config", "set", "generation.max_tokens", "40")
    assert set(made.files_with(TITLE, WORD)) >= {"history.db"}
    return made


def encrypt(person: Person, folder: Path) -> HistoryKey:
    file = folder / "recovery.txt"
    person.tacit("history", "encrypt", "--recovery-file", str(file))
    return HistoryKey.from_recovery("".join(re.findall(r"\b[0-9A-Z]{4}\b", file.read_text())))


def test_a_day_with_encrypted_chats_leaves_no_word_on_the_disk(
    person: Person, desktop: Desktop, tmp_path: Path
) -> None:
    key = encrypt(person, tmp_path)
    file = person.home / "history.db"
    assert person.files_with(TITLE, WORD) == []

    def texts() -> list[tuple[str, str]]:
        with closing(connect(file, OneKey(key), mode="mode=ro")) as db:
            rows = db.execute("SELECT text, state FROM message WHERE text LIKE ? OR role != 'user'",
                              (f"%{TYPED}%",)).fetchall()  # fmt: skip
        return [(row["text"], row["state"]) for row in rows]

    with subprocess.Popen(
        [sys.executable, "-m", "app"],
        cwd=ROOT,
        env={**person.environment, "DISPLAY": desktop.display, "QT_QPA_PLATFORM": "xcb"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    ) as window:
        try:
            desktop.wait_for_window(window.pid)

            def sent() -> bool:
                desktop.key("Return")
                return bool(texts())

            desktop.type(f"Say {TYPED}.")
            wait_until(sent, 60, "the question was never stored")
            ends = {"complete", "cut"}
            wait_until(lambda: any(state in ends for _, state in texts()[1:]), 90, "no answer")
            desktop.type(f"a draft of {TYPED}")
            desktop.key("ctrl+k")
            desktop.type(WORD)
            wait_until(lambda: _draft(file, key), 20, "the draft was never kept")
            assert person.files_with(TITLE, WORD, TYPED) == []
            assert person.tacit("history", "search", TYPED)["hits"]
        finally:
            window.terminate()
            window.wait(30)
        assert window.stderr is not None
        assert window.stderr.read() == b""
    assert person.files_with(TITLE, WORD, TYPED) == []
    assert key_id_of(file) == key.id


def _draft(file: Path, key: HistoryKey) -> bool:
    with closing(connect(file, OneKey(key), mode="mode=ro")) as db:
        found = db.execute(
            "SELECT 1 FROM conversation WHERE draft LIKE ?", (f"%{TYPED}%",)
        ).fetchone()
    return found is not None


def test_a_locked_keyring_and_none_at_all_are_said(
    person: Person, session: SecretServiceSession, tmp_path: Path
) -> None:
    encrypt(person, tmp_path)
    content = (person.home / "history.db").read_bytes()
    session.lock()
    error = person.tacit("history", "list", code=1)["error"]
    assert error["code"] == "store-locked"
    assert "is locked" in error["what"]
    session.stop_daemon()
    session.start_daemon()
    assert person.tacit("history", "list")["conversations"][0]["title"] == f"The {TITLE}"
    nobody = Person(person.home, {**session.environment, "DBUS_SESSION_BUS_ADDRESS": "unix:path=/"})
    error = nobody.tacit("history", "list", code=1)["error"]
    assert error["code"] == "store-locked"
    assert "no keyring" in error["what"]
    assert (person.home / "history.db").read_bytes() == content


def test_switched_off_everything_is_there_and_deleting_still_deletes(
    person: Person, tmp_path: Path
) -> None:
    encrypt(person, tmp_path)
    person.tacit("history", "decrypt")
    assert person.files_with(WORD)
    (one,) = person.tacit("history", "list")["conversations"]
    person.tacit("history", "delete", "--erase", one["id"])
    assert person.files_with(TITLE, WORD) == []
