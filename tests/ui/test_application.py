"""The program itself, in a process of its own: its start, its two starts, and its ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).parents[2]
PROGRAM = """
import sys
from app.process import environment
environment.apply()
from pathlib import Path
from app.logs import Logging
from app.paths import Paths
from app.ui.application import run

paths = Paths.find(Path(sys.argv[1]))
paths.create()
logging = Logging(paths.logs)

def begun(window, assembly):
    print("begun", flush=True)
    exec(sys.argv[2], {"window": window, "assembly": assembly})

try:
    code = run(paths, logging, begun)
finally:
    logging.close()
print("ended", flush=True)
sys.exit(code)
"""
SCREEN = Path(__file__).parent / "screen.json"
WAIT_S = 60


class Start:
    """One start of the program over `folder`; `then` runs when its services are there."""

    def __init__(self, folder: Path, then: str = "") -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(folder), then],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env={
                **os.environ,
                "XDG_RUNTIME_DIR": str(folder.parent),
                "QT_QPA_PLATFORM": f"offscreen:configfile={SCREEN}",
            },
        )

    def wait_for(self, word: str) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.strip() == word:
                return
        pytest.fail(f"it never said {word}: {self.process.stderr and self.process.stderr.read()}")

    def end(self) -> tuple[int, str, str]:
        """The exit code and the rest of what it said."""
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        # Not `communicate`: it passes over what `wait_for` has read ahead.
        with self.process.stdout as out, self.process.stderr as err:
            said, complained = out.read(), err.read()
        return self.process.wait(WAIT_S), said, complained


@pytest.fixture
def folder(private_home: Path) -> Iterator[Path]:
    yield private_home
    left = [
        p
        for p in psutil.process_iter(["cmdline"])
        if str(private_home) in (p.info["cmdline"] or [])
    ]
    for process in left:
        process.kill()
    assert not left, "a process was left behind"


def noise(words: str) -> str:
    """What was said on standard error, without the offscreen platform's own remarks."""
    return "\n".join(
        line for line in words.splitlines() if "This plugin does not support" not in line
    )


def test_it_closes_when_the_person_closes_it(folder: Path) -> None:
    start = Start(folder, "window.close()")
    start.wait_for("begun")
    code, out, err = start.end()
    assert (code, out.strip(), noise(err)) == (0, "ended", "")
    assert not (folder / "logs" / "tacit.log").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_closes_when_it_is_asked_to(folder: Path, number: signal.Signals) -> None:
    start = Start(folder)
    start.wait_for("begun")
    start.process.send_signal(number)
    code, out, err = start.end()
    assert (code, out.strip(), noise(err)) == (0, "ended", "")


def test_a_second_start_ends_at_once_and_well(folder: Path) -> None:
    first = Start(folder)
    first.wait_for("begun")
    second = Start(folder)
    code, out, err = second.end()
    assert (code, out.strip(), noise(err)) == (0, "ended", "")
    assert first.process.poll() is None
    first.process.terminate()
    assert first.end()[0] == 0


def test_after_a_kill_it_starts_again_with_what_was_written(folder: Path) -> None:
    write = "window.chat.composer.type_text('half a thought')"
    first = Start(folder, write)
    first.wait_for("begun")
    draft = "from app.store.history import History; import sys, pathlib;"
    read = (
        draft + "h = History(pathlib.Path(sys.argv[1])); h.open(read_only=True);"
        "print(h.draft(None)); h.close()"
    )
    history = folder / "history.db"
    for _ in range(200):
        found = subprocess.run(
            [sys.executable, "-c", read, str(history)],
            capture_output=True, text=True, cwd=ROOT, check=False,
        )  # fmt: skip
        if "half a thought" in found.stdout:
            break
    first.process.kill()
    first.end()
    again = Start(
        folder,
        "from PySide6.QtCore import QTimer\n"
        "def look():\n"
        "    text = window.chat.composer.text\n"
        "    if text: print(text, flush=True); window.close()\n"
        "    else: QTimer.singleShot(20, look)\n"
        "look()",
    )
    again.wait_for("begun")
    code, out, _ = again.end()
    assert (code, out.split("\n")[0]) == (0, "half a thought")


def test_an_error_nobody_caught_is_said_in_the_window_and_ends_nothing(folder: Path) -> None:
    start = Start(
        folder,
        "from PySide6.QtCore import QTimer\n"
        "def fail():\n"
        "    raise ValueError('a secret word')\n"
        "def look():\n"
        "    print(window.strip.sentence, flush=True); window.close()\n"
        "QTimer.singleShot(0, fail)\n"
        "QTimer.singleShot(300, look)",
    )
    start.wait_for("begun")
    code, out, err = start.end()
    assert code == 0
    assert "Something went wrong inside Tacit (ValueError)" in out
    log = (folder / "logs" / "tacit.log").read_text()
    assert "secret" not in out + err + log


def test_geometry_and_side_list_come_back(folder: Path) -> None:
    change = (
        "window.resize(900, 640); window.shell.set_side_wanted(wanted=False);"
        "from PySide6.QtCore import QTimer; QTimer.singleShot(50, window.close)"
    )
    start = Start(folder, change)
    start.wait_for("begun")
    assert start.end()[0] == 0
    again = Start(
        folder,
        "print(window.height(), window.shell.side_wanted, flush=True); window.close()",
    )
    again.wait_for("begun")
    code, out, _ = again.end()
    assert (code, out.split("\n")[0]) == (0, "640 False")


def ended(folder: Path, before: str, *, act: str = "") -> subprocess.CompletedProcess[str]:
    """The program at its end, with the lines `before` run before its own."""
    program = PROGRAM.replace("paths = Paths.find", f"{before}paths = Paths.find", 1)
    return subprocess.run(
        [sys.executable, "-c", program, str(folder), act],
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=WAIT_S,
        check=False,
    )


def test_the_window_has_its_style_before_it_is_shown(folder: Path) -> None:
    done = ended(
        folder,
        "from PySide6.QtWidgets import QApplication\n"
        "import app.ui.window.main_window as m\n"
        "shown = m.MainWindow.show\n"
        "def show(window):\n"
        "    print('styled', bool(QApplication.instance().styleSheet()), flush=True)\n"
        "    shown(window)\n"
        "m.MainWindow.show = show\n",
        act="window.close()",
    )
    assert (done.returncode, done.stdout.split("\n")[0]) == (0, "styled True")


def test_services_that_cannot_be_built_leave_a_window_that_says_so(folder: Path) -> None:
    done = ended(
        folder,
        "import app.bootstrap\n"
        "def broken(*_, **__): raise RuntimeError('inside')\n"
        "app.bootstrap.build = broken\n"
        "from PySide6.QtCore import QTimer\n"
        "import app.ui.window.main_window as m\n"
        "said = m.MainWindow.say\n"
        "def say(window, sentence):\n"
        "    said(window, sentence); print(window.strip.sentence, flush=True)\n"
        "    QTimer.singleShot(0, window.close)\n"
        "m.MainWindow.say = say\n",
    )
    assert done.returncode == 0
    assert "Something went wrong inside Tacit (RuntimeError)" in done.stdout
