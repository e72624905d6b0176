"""The real window on a screen of its own, driven by key presses, with the real model."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psutil
import pytest

from tests.e2e.desktop import Desktop, wait_until

ROOT = Path(__file__).parents[2]
STORY = "Write a very long story about a fisherman, his boat and a storm."

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Xvfb is there on Linux only")


@pytest.fixture(scope="module")
def desktop() -> Iterator[Desktop]:
    with Desktop() as screen:
        yield screen


class Window:
    """The program with its window open over one data folder."""

    def __init__(self, desktop: Desktop, home: Path, process: subprocess.Popen[bytes]) -> None:
        self.desktop = desktop
        self.home = home
        self.process = process
        desktop.wait_for_window(process.pid)

    def ask(self, text: str) -> None:
        """Type and send. What is sent before the conversation is open stays to be sent again."""
        before = self.questions()
        self.desktop.type(text)

        def sent() -> bool:
            self.desktop.key("Return")
            deadline = time.monotonic() + 3
            while time.monotonic() < deadline and self.questions() == before:
                time.sleep(0.05)
            return self.questions() != before

        wait_until(sent, 30, "the question was never stored")

    def questions(self) -> list[tuple[str, str, str]]:
        return rows(self.home, "SELECT text, '', id FROM message WHERE role = 'user' ORDER BY seq")

    def answers(self) -> list[tuple[str, str, str]]:
        """State, text and error of every answer, oldest first."""
        return rows(
            self.home,
            "SELECT state, text, error FROM message WHERE role = 'assistant' ORDER BY seq",
        )

    def wait_for_answer(self, number: int, *states: str) -> tuple[str, str, str]:
        def ended() -> tuple[str, str, str] | None:
            found = self.answers()
            if len(found) >= number and found[number - 1][0] in states:
                return found[number - 1]
            return None

        answer = wait_until(ended, 90, f"answer {number} never became one of {states}")
        assert answer is not None
        return answer

    def wait_for_text(self, number: int) -> str:
        """The stored part of an answer that is being written."""

        def part() -> str:
            found = self.answers()
            return found[number - 1][1] if len(found) >= number else ""

        return wait_until(part, 90, f"answer {number} never began")

    def hosts(self) -> list[psutil.Process]:
        children = psutil.Process(self.process.pid).children(recursive=True)
        return [child for child in children if "--engine-host" in child.cmdline()]

    def close(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(20)


def rows(home: Path, query: str) -> list[tuple[str, str, str]]:
    file = home / "history.db"
    if not file.exists():
        return []
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=5)) as connection:
        try:
            return connection.execute(query).fetchall()
        except sqlite3.OperationalError:
            return []  # the program has not made its tables yet


def start(desktop: Desktop, home: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "app"],
        cwd=ROOT,
        env={**desktop.environment, "TACIT_HOME": str(home)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


@pytest.fixture
def home(home_with_model: Path) -> Path:
    """A data root whose answers end: a small model may go on and on."""
    for key, value in (("generation.max_tokens", "300"), ("generation.temperature", "0")):
        command = [sys.executable, "-m", "app", "config", "set", key, value]
        environment = {**os.environ, "TACIT_HOME": str(home_with_model)}
        subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)
    return home_with_model


@contextmanager
def window(desktop: Desktop, home: Path) -> Iterator[Window]:
    with start(desktop, home) as process:
        try:
            yield Window(desktop, home, process)
        finally:
            if process.poll() is None:
                process.kill()


def test_a_question_is_answered_and_still_there_after_a_restart(
    desktop: Desktop, home: Path
) -> None:
    with window(desktop, home) as first:
        first.ask("What is the capital of France?")
        _, text, _ = first.wait_for_answer(1, "complete", "cut")
        assert text
        hosts = first.hosts()
        assert len(hosts) == 1
        assert first.close() == 0
        _, alive = psutil.wait_procs(hosts, timeout=3)
        assert alive == []
        assert first.process.stderr is not None
        assert first.process.stderr.read() == b""
    with window(desktop, home) as second:
        second.ask("And of Italy?")
        second.wait_for_answer(2, "complete", "cut")
        assert second.answers()[0][1] == text
        conversations = rows(home, "SELECT title, '', '' FROM conversation")
        assert conversations == [("What is the capital of France?", "", "")], "it came back"
        assert second.close() == 0


def test_kill_of_the_window_in_mid_answer_loses_at_most_a_second(
    desktop: Desktop, home: Path
) -> None:
    with window(desktop, home) as first:
        first.ask(STORY)
        part = first.wait_for_text(1)
        hosts = first.hosts()
        first.process.kill()
        _, alive = psutil.wait_procs(hosts, timeout=3)
        assert alive == [], "the engine host ends with the window"
    with window(desktop, home) as second:
        state, text, _ = second.wait_for_answer(1, "interrupted")
        assert text.startswith(part), state
        second.ask("Say yes.")
        second.wait_for_answer(2, "complete", "cut")
        assert second.close() == 0


def test_kill_of_the_host_in_mid_answer_is_a_sentence_and_the_next_question_works(
    desktop: Desktop, home: Path
) -> None:
    with window(desktop, home) as one:
        one.ask(STORY)
        part = one.wait_for_text(1)
        os.kill(one.hosts()[0].pid, signal.SIGKILL)
        _, text, error = one.wait_for_answer(1, "failed")
        assert text.startswith(part)
        assert "ended unexpectedly" in error
        assert one.process.poll() is None
        one.ask("Say yes.")
        one.wait_for_answer(2, "complete", "cut")
        assert one.close() == 0


def test_closing_while_an_answer_is_written_keeps_it_as_stopped(
    desktop: Desktop, home: Path
) -> None:
    with window(desktop, home) as one:
        one.ask(STORY)
        part = one.wait_for_text(1)
        assert one.close() == 0
        state, text, _ = one.answers()[0]
        assert state == "stopped"
        assert text.startswith(part)


def test_a_second_start_shows_the_first_window_and_ends(desktop: Desktop, home: Path) -> None:
    with window(desktop, home) as first, start(desktop, home) as second:
        assert second.wait(20) == 0
        assert first.process.poll() is None
        assert first.close() == 0


@pytest.mark.parametrize(
    ("name", "damage"),
    [("model.onnx.data", b"short"), ("genai_config.json", b"")],
)
def test_a_damaged_model_is_a_sentence_and_keeps_what_was_typed(
    desktop: Desktop, home: Path, name: str, damage: bytes
) -> None:
    file = home / "models" / "starter" / name
    file.unlink()  # it is a link that other tests share
    file.write_bytes(damage)
    with window(desktop, home) as one:
        desktop.type("What is the capital of France?")
        desktop.key("Return")

        def kept() -> bool:
            drafts = rows(home, "SELECT value, '', '' FROM state")
            return any(
                "capital of France" in row[0] + row[1] for row in [*one.questions(), *drafts]
            )

        wait_until(kept, 30, "what was typed is nowhere")
        if one.questions():
            assert one.wait_for_answer(1, "failed")[2], "a sentence says why"
        assert one.process.poll() is None
        assert one.close() == 0
