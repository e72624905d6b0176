"""A secret that was typed, and a key in the environment, are searched for everywhere.

Every byte below the data folder (the history aside, where the secret has to be), the home folder,
the temporary folder and the working folder, where a core file would lie; and the command line
and environment of every process: while the program runs, after it ended, after it was killed, and
after its engine crashed in mid-answer.
"""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from app.settings.settings import Settings
from tests.e2e.traces import FAKE_KEY, Place, Running, exposed, holds, running

PHRASE = "zebra-quince-lantern-4711"
QUESTION = f"My secret word is {PHRASE}. Write a very long story about a fisherman."
HISTORY = ("data/history.db",)

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="searches /proc")


@pytest.fixture
def place(tmp_path: Path, model_template: Path) -> Place:
    root = tmp_path / "place"
    root.mkdir()
    place = Place(root)
    shutil.copytree(model_template, place.home / "models" / "starter", copy_function=os.link)
    # The same long answer each time: one that ends by itself cannot be broken off.
    Settings(place.home / "settings.json").set("generation.temperature", 0.0)
    return place


def search(place: Place, program: Running | None = None) -> None:
    """Nothing is anywhere but in the history; of the key nothing at all."""
    assert place.found(PHRASE, but=HISTORY) == []
    assert place.found(FAKE_KEY) == []
    if program is None:
        return
    for number, process in enumerate(program.processes()):
        assert exposed(process, PHRASE) == []
        # The key stands in the variables of the first process because the person put it there.
        assert exposed(process, FAKE_KEY, variables=number > 0) == []


def test_the_search_finds_what_is_there(place: Place) -> None:
    (place.root / "tmp" / "x").write_text(f"a{PHRASE}b", encoding="utf-16")
    (place.root / "cwd" / "core").write_bytes(b"\0" + PHRASE.encode() + b"\0")
    assert place.found(PHRASE) == ["cwd/core", "tmp/x"]
    command = [sys.executable, "-c", "import time; time.sleep(60)", PHRASE]
    with subprocess.Popen(command, env={"KEY": FAKE_KEY}) as process:
        try:
            shown = psutil.Process(process.pid)
            assert exposed(shown, PHRASE) == [f"cmdline of {process.pid}"]
            assert exposed(shown, FAKE_KEY) == [f"environ of {process.pid}"]
        finally:
            process.kill()


def test_nothing_is_left_while_the_window_runs_and_after_it_ended(place: Place) -> None:
    with running(place) as program:
        program.say(QUESTION)
        program.wait_for("typed")
        search(place, program)
        program.wait_for("part")
        assert len(program.processes()) > 1
        search(place, program)
        program.process.send_signal(signal.SIGTERM)
        assert program.process.wait(30) == 0
        assert PHRASE not in program.errors()
    search(place)
    assert holds(place.home / "history.db", PHRASE), "the search would find it"


def test_nothing_is_left_by_a_kill(place: Place) -> None:
    with running(place) as program:
        program.say(QUESTION)
        program.wait_for("part")
        everything = program.processes()
        program.process.kill()
        psutil.wait_procs(everything, timeout=5)
    search(place)


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGABRT])
def test_nothing_is_left_by_a_crash_of_the_engine(place: Place, number: signal.Signals) -> None:
    with running(place) as program:
        program.say(QUESTION)
        program.wait_for("part")
        program.host().send_signal(number)
        assert program.wait_for("answer") == "failed"
        search(place, program)
        program.process.send_signal(signal.SIGTERM)
        assert program.process.wait(30) == 0
        assert PHRASE not in program.errors()
    search(place)


@pytest.mark.parametrize("command", [("ask", "-"), ("chat",)])
def test_the_commands_keep_nothing(place: Place, command: tuple[str, ...]) -> None:
    with running(
        place,
        *command,
        "--max-tokens",
        "4",
        code="import sys, app.__main__ as program; sys.exit(program.main())",
    ) as program:
        out, errors = program.process.communicate(f"My word is {PHRASE}.\n", timeout=120)
    assert program.process.returncode == 0, errors
    assert out.strip()
    assert place.found(PHRASE) == [], "a command has no history"
    assert not (place.home / "history.db").exists()
    search(place)


def test_a_question_on_standard_input_is_on_no_command_line(place: Place) -> None:
    with running(
        place,
        "ask",
        "-",
        "--max-tokens",
        "400",
        code="import sys, app.__main__ as program; sys.exit(program.main())",
    ) as program:
        assert program.process.stdin is not None
        program.process.stdin.write(QUESTION)
        program.process.stdin.close()
        assert program.process.stdout is not None
        assert program.process.stdout.read(1)
        assert len(program.processes()) > 1
        search(place, program)
        program.process.kill()
    search(place)


def test_everything_is_its_owners_whatever_the_umask(place: Place) -> None:
    with running(place, umask=0) as program:
        program.say(QUESTION)
        program.wait_for("part")
        assert open_to_others(place.home) == []
        program.process.send_signal(signal.SIGTERM)
        assert program.process.wait(30) == 0
    assert open_to_others(place.home) == []
    assert stat.S_IMODE(place.home.stat().st_mode) == 0o700


def open_to_others(home: Path) -> list[str]:
    """What others could open, the model that a person has put there aside."""
    return sorted(
        f"{path.relative_to(home)} {stat.S_IMODE(path.lstat().st_mode):o}"
        for path in home.rglob("*")
        if path.lstat().st_mode & 0o077
        and path.relative_to(home).parts[:2] != ("models", "starter")
    )
