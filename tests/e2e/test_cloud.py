"""The real program asks a provider: through the courier, with a key that no place shows.

The provider is a stand-in on this machine, the keyring GNOME's, everything else is what runs
on a person's desk. The key and a phrase of the question are looked for in every file that the
program wrote, in the command lines and variables of its processes, and in what they say.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from app.network.journal.reader import Journal
from app.settings.secrets import Secrets
from tests.e2e.traces import Place, Running, driving, exposed, running
from tests.fakes.clouds import Script, StandInCloud
from tests.fakes.secret_service import SecretServiceSession

KEY = "sk-ant-CANARY-0815-of-the-cloud"
PHRASE = "the patient of room twelve CANARY"
COMMAND = "import sys, app.__main__ as program; sys.exit(program.main())"
SLOW = Script(pieces=("word ",) * 400, pause_s=0.05)
# A part of every process that has loaded one of the providers' libraries.
LIBRARY = "pydantic_core"

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the Secret Service is Linux's")


@pytest.fixture
def place(tmp_path: Path) -> Place:
    root = tmp_path / "place"
    root.mkdir()
    return Place(root)


@pytest.fixture
def keyring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    with SecretServiceSession(tmp_path) as session:
        for name, value in session.environment.items():
            monkeypatch.setenv(name, value)
        for secret in ("anthropic", "openrouter", "huggingface", "openai"):
            Secrets().set(secret, KEY)
        name = "DBUS_SESSION_BUS_ADDRESS"
        yield {name: session.environment[name]}


@pytest.fixture
def cloud() -> Iterator[StandInCloud]:
    with StandInCloud() as server:
        server.key = KEY
        yield server


def switch_on(place: Place, cloud: StandInCloud, **more: object) -> None:
    settings: dict[str, object] = {"cloud.on": True}
    for name in ("anthropic", "openrouter", "huggingface", "own"):
        path = "" if name == "anthropic" else "/v1"
        settings |= {
            f"cloud.{name}": True,
            f"cloud.{name}_model": "small",
            f"cloud.{name}_address": f"{cloud.address}{path}",
        }
    settings["cloud.monthly_limit_usd"] = 0.0
    place.home.mkdir(mode=0o700, exist_ok=True)
    (place.home / "settings.json").write_text(json.dumps({**settings, **more}))


def ask(
    place: Place, keyring: dict[str, str], provider: str = "anthropic", *more: str
) -> tuple[int, str, str]:
    arguments = ("ask", "-", "--provider", provider, "--json", "--verbose", *more)
    with running(place, *arguments, code=COMMAND, more=keyring) as program:
        out, errors = program.process.communicate(PHRASE, timeout=120)
    return program.process.returncode, out, errors


def search(place: Place, program: Running | None = None) -> None:
    """Neither the key nor the phrase is in any file, and no process shows them."""
    for secret in (KEY, PHRASE):
        assert place.found(secret) == []
        for process in program.processes() if program is not None else ():
            assert exposed(process, secret) == []


def has_loaded(process: psutil.Process, library: str) -> bool:
    return library in Path(f"/proc/{process.pid}/maps").read_text()


@pytest.mark.parametrize("name", ["anthropic", "openrouter", "huggingface", "openai-compatible"])
def test_a_provider_answers_and_no_place_shows_key_or_question(
    place: Place, keyring: dict[str, str], cloud: StandInCloud, name: str
) -> None:
    switch_on(place, cloud)
    code, out, errors = ask(place, keyring, name)
    assert code == 0, errors
    document = json.loads(out)
    assert document["text"] == "Hello there."
    assert (document["provider"], document["model"]) == (name, "small")
    assert document["device"] == cloud.host
    (asked,) = cloud.requests
    assert asked.headers["authorization"] == f"Bearer {KEY}"
    (record,) = list(Journal(place.home / "journal").records())
    assert (record.port, record.outcome) == (cloud.port, "done")
    assert record.purpose == ("local-server" if "openai" in name else "cloud-answer")
    assert KEY not in out + errors
    assert PHRASE not in out + errors
    search(place)


def test_while_it_answers_only_the_courier_has_the_library(
    place: Place, keyring: dict[str, str], cloud: StandInCloud
) -> None:
    switch_on(place, cloud)
    cloud.enqueue(SLOW)
    arguments = ("ask", "-", "--provider", "anthropic")
    with running(place, *arguments, code=COMMAND, more=keyring) as program:
        assert program.process.stdin is not None
        assert program.process.stdout is not None
        program.process.stdin.write(PHRASE)
        program.process.stdin.close()
        program.process.stdin = None
        assert program.process.stdout.read(4) == "word"
        own, *others = program.processes()
        (courier,) = [process for process in others if "--courier" in process.cmdline()]
        assert has_loaded(courier, LIBRARY)
        assert not has_loaded(own, LIBRARY)
        assert not any(has_loaded(p, LIBRARY) for p in others if p != courier)
        search(place, program)
        program.process.send_signal(signal.SIGINT)
        out, errors = program.process.communicate(timeout=30)
    assert program.process.returncode == 130, errors
    assert cloud.hung_up.wait(5), "the stream itself was closed"
    assert KEY not in out + errors
    search(place)


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"cloud.on": False}, "cloud-off"),
        ({"cloud.anthropic": False}, "cloud-off"),
        ({"privacy.level": "sealed"}, "sealed"),
        ({"cloud.monthly_limit_usd": 1.0}, "cost-limit"),
        (
            {"cloud.monthly_limit_usd": 0.001, "cloud.anthropic_model": "claude-opus-5"},
            "cost-limit",
        ),
    ],
    ids=["cloud off", "provider off", "sealed", "no price", "limit"],
)
def test_each_switch_alone_is_enough(
    place: Place, keyring: dict[str, str], cloud: StandInCloud, more: dict[str, object], code: str
) -> None:
    switch_on(place, cloud, **more)
    exit_code, out, errors = ask(place, keyring)
    assert exit_code == 1, errors
    assert json.loads(out)["error"]["code"] == code
    assert cloud.requests == []
    assert list(Journal(place.home / "journal").records()) == []


def test_a_wrong_key_is_told_without_it(
    place: Place, keyring: dict[str, str], cloud: StandInCloud
) -> None:
    switch_on(place, cloud)
    cloud.key = "another"
    exit_code, out, errors = ask(place, keyring)
    assert exit_code == 1
    assert json.loads(out)["error"]["code"] == "access-refused"
    assert KEY not in out + errors
    search(place)


def test_the_list_of_models_is_asked_for_only_when_wanted(
    place: Place, keyring: dict[str, str], cloud: StandInCloud
) -> None:
    prices = {"prompt": "0.000002", "completion": "0.00001"}
    cloud.models = [{"id": "a/large", "context_length": 8192, "pricing": prices}, {"id": "b/small"}]
    switch_on(place, cloud)
    for arguments in (("status",), ("costs",), ("models", "openrouter", "--kept")):
        with running(place, "cloud", *arguments, code=COMMAND, more=keyring) as program:
            program.process.communicate(timeout=60)
    assert cloud.requests == []
    command = ("cloud", "models", "openrouter", "--json")
    with running(place, *command, code=COMMAND, more=keyring) as program:
        out, errors = program.process.communicate(timeout=60)
    assert program.process.returncode == 0, errors
    large, small = json.loads(out)["models"]
    assert (large["id"], large["context"]) == ("a/large", 8192)
    assert (large["input_usd"], large["output_usd"]) == (2.0, 10.0)
    assert small["input_usd"] is None
    search(place)


# Drives the window from inside: chooses the model, writes, and agrees to what is shown. What it
# prints, a line each: "ready", "shown TEXT", "part", "answer STATE PLACE", "chip WORDS".
DRIVER = driving("""
from app.ui.chat.preview import SendingQuestion

async def drive(assembly):
    window, chat = assembly._window, assembly.parts.chat
    await until(lambda: assembly.is_history_open and window.chat.is_bound)
    await until(lambda: assembly.parts.models.usable and window.isVisible())
    chat.begin_with("cloud:anthropic:small")
    print("ready", flush=True)
    QTest.keyClicks(window.chat.composer.edit, GIVEN)
    QTest.keyClick(window.chat.composer.edit, Qt.Key.Key_Return)
    await until(lambda: window.findChildren(SendingQuestion))
    (question,) = window.findChildren(SendingQuestion)
    print("shown", question.text.toPlainText().replace("\\n", " "), flush=True)
    question.send.click()
    await until(lambda: "word" in "".join(row.text for row in window.chat.transcript.board.rows))
    print("chip", window.windowTitle(), flush=True)
    print("part", flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
    chat.stop()
    await until(lambda: not chat.is_busy)
    def read(history):
        return history.path(history.conversations()[0].id)[-1]
    answer = await assembly._services.history.run(read)
    print("answer", answer.state, answer.device, answer.provenance.is_local, flush=True)
""")


def test_the_window_shows_asks_and_marks_and_no_place_shows_the_key(
    place: Place, keyring: dict[str, str], cloud: StandInCloud, model_template: Path
) -> None:
    shutil.copytree(model_template, place.home / "models" / "starter", copy_function=os.link)
    switch_on(place, cloud)
    cloud.enqueue(SLOW)
    history = ("data/history.db",)
    with running(place, code=DRIVER, more=keyring) as program:
        program.say(PHRASE)
        program.wait_for("ready")
        assert program.wait_for("shown") == f"You: {PHRASE}"
        assert "cloud: Anthropic" in program.wait_for("chip")
        program.wait_for("part")
        for process in program.processes():
            assert exposed(process, KEY) == []
            assert exposed(process, PHRASE) == []
            assert has_loaded(process, LIBRARY) == ("--courier" in process.cmdline())
        assert place.found(KEY) == []
        assert place.found(PHRASE, but=history) == []
        program.say("stop")
        assert program.wait_for("answer") == f"stopped {cloud.host} False"
        program.process.send_signal(signal.SIGTERM)
        assert program.process.wait(30) == 0
        assert KEY not in program.errors()
    (record,) = list(Journal(place.home / "journal").records())
    assert (record.purpose, record.outcome) == ("cloud-answer", "stopped")
    assert place.found(KEY) == []
    assert place.found(PHRASE, but=history) == []


# Attaches the file named on the first line as if it was dropped, marks it, and asks about it.
# What it prints, a line each: "ready", "row WORDS", "answer STATE MARK ERROR", "left FILES".
ATTACHING = driving("""
from pathlib import Path

async def drive(assembly):
    window, chat = assembly._window, assembly.parts.chat
    await until(lambda: assembly.is_history_open and window.chat.is_bound)
    await until(lambda: assembly.parts.models.usable and window.isVisible())
    chat.begin_with("cloud:anthropic:small")
    print("ready", flush=True)
    window.chat.composer.files_wanted.emit([Path(GIVEN)])
    await until(lambda: window.chat.composer.files)
    (row,) = window.chat.composer.pile.rows
    row.lock.click()
    print("row", row.lock.accessibleName(), flush=True)
    QTest.keyClicks(window.chat.composer.edit, "What does it say?")
    QTest.keyClick(window.chat.composer.edit, Qt.Key.Key_Return)
    await until(lambda: chat.open_id and not chat.is_busy)
    def read(history):
        one = history.conversations()[0]
        return one.mark, history.path(one.id)
    mark, (question, answer) = await assembly._services.history.run(read)
    print("answer", answer.state, mark, answer.error, flush=True)
    print("left", len(window.chat.composer.files), question.files[0].text, flush=True)
""")


def test_nothing_of_a_confidential_file_leaves_the_window(
    place: Place,
    keyring: dict[str, str],
    cloud: StandInCloud,
    model_template: Path,
    tmp_path: Path,
) -> None:
    shutil.copytree(model_template, place.home / "models" / "starter", copy_function=os.link)
    switch_on(place, cloud)
    file = tmp_path / "letter.txt"
    file.write_text(PHRASE, encoding="utf-16")
    with running(place, code=ATTACHING, more=keyring) as program:
        program.say(str(file))
        program.wait_for("ready")
        assert program.wait_for("row").startswith("Confidential: letter.txt")
        said = program.wait_for("answer")
        assert said.startswith("failed confidential")
        assert "A file that belongs to this question is marked confidential." in said
        assert program.wait_for("left") == f"0 {PHRASE}"
        for process in program.processes():
            assert exposed(process, PHRASE) == []
        program.process.send_signal(signal.SIGTERM)
        assert program.process.wait(30) == 0
    assert cloud.requests == []
    assert list(Journal(place.home / "journal").records()) == []
    assert place.found(PHRASE, but=("data/history.db",)) == []
