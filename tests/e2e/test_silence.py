"""The running program opens no internet socket, looks up no name and keeps no usage database.

Every process of the program runs under strace, in a network namespace of its own where the
system permits that, without CI and without the variables that the checks themselves have set:
the libraries send nothing under CI, so that a program that forgot to silence them would pass.
Uploads start about 9.5 s after a model is loaded; TACIT_SILENCE_WAIT_S says how long to wait.
"""

from __future__ import annotations

import contextlib
import functools
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.e2e.strace import TRACES_OF_TELEMETRY, loud_environment

ROOT = Path(__file__).parent.parent.parent
WAIT_S = min(float(os.environ.get("TACIT_SILENCE_WAIT_S", "15")), 45.0)
PATIENCE_S = 120.0
CALLS = "socket,connect,sendto,sendmsg,bind,io_uring_setup,openat"
QUESTION = "What is the capital of France?"

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="strace is there on Linux only"
)

# Enters by the program's own door, types a question into the composer as soon as the window takes
# one, and presses Enter, as a person does.
TYPING = f"""
import sys
import app.__main__ as program
import qasync
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPlainTextEdit, QTextEdit

def ask():
    boxes = [w for w in QApplication.allWidgets()
             if isinstance(w, QTextEdit | QPlainTextEdit) and w.isVisible() and not w.isReadOnly()]
    if len(boxes) == 1:
        if not boxes[0].toPlainText():
            QTest.keyClicks(boxes[0], {QUESTION!r})
        QTest.keyClick(boxes[0], Qt.Key.Key_Return)
        if not boxes[0].toPlainText():
            return
    # The window is not ready to take a question yet.
    QTimer.singleShot(500, ask)

run_forever = qasync.QEventLoop.run_forever
def start(loop):
    QTimer.singleShot(1000, ask)
    return run_forever(loop)
qasync.QEventLoop.run_forever = start
sys.argv[1:] = []
sys.exit(program.main())
"""
LOADING = """
import sys, time
import onnxruntime_genai as og
model = og.Model(sys.argv[1])
time.sleep(3)
"""


@functools.cache
def own_network() -> tuple[str, ...]:
    """The command that gives a process a network of its own, or none where that is refused."""
    for command in (("unshare", "-n"), ("unshare", "-rn")):
        with contextlib.suppress(OSError):
            if subprocess.run([*command, "true"], check=False, capture_output=True).returncode == 0:
                return command
    return ()


@dataclass
class Watch:
    """A process under strace, and what is known of it."""

    process: subprocess.Popen[str]
    log: Path
    home: Path

    def calls(self) -> list[str]:
        if not self.log.exists():  # strace has not begun
            return []
        return self.log.read_text(encoding="utf-8", errors="replace").splitlines()

    def findings(self) -> list[str]:
        """Whatever a silent program does not do, in words."""
        found = []
        for call in self.calls():
            if match := re.search(r"\bsocket\((AF_\w+|0x\w+|\d+)", call):
                if match[1] not in {"AF_UNIX", "AF_LOCAL"}:
                    found.append(f"a socket of another family: {call}")
            elif "io_uring_setup(" in call:
                found.append(f"io_uring, which can open sockets unseen: {call}")
            elif re.search(r'"/etc/(resolv\.conf|hosts)"|connect\(.*[rR]esolve', call):
                found.append(f"a name was looked up: {call}")
            elif any(trace in call for trace in TRACES_OF_TELEMETRY):
                found.append(f"a usage database: {call}")
        found += [
            f"a usage database: {path.relative_to(self.home)}"
            for path in self.home.rglob("*")
            if any(trace in path.name for trace in TRACES_OF_TELEMETRY)
        ]
        return found

    def wait_for(self, condition: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while not condition():
            assert self.process.poll() is None, f"the program ended before: {what}"
            assert time.monotonic() < deadline, f"waited too long for: {what}"
            time.sleep(0.1)

    def has_loaded(self) -> bool:
        return any("model.onnx.data" in call and "= -1" not in call for call in self.calls())

    def first_process(self) -> int:
        """The process that strace started, as the log names it."""
        return int(self.calls()[0].split()[0])


@dataclass
class Watcher:
    """Starts programs under strace with a home of their own."""

    home: Path
    log: Path
    log_of_errors: Path

    @contextlib.contextmanager
    def start(self, *command: str, more: Mapping[str, str] | None = None) -> Iterator[Watch]:
        environment = loud_environment() | {"HOME": str(self.home), **(more or {})}
        watched = ["strace", "-f", "-qq", "--seccomp-bpf", "-s", "200", "-o", str(self.log)]
        with (
            self.log_of_errors.open("w", encoding="utf-8") as errors,
            subprocess.Popen(
                [*own_network(), *watched, "-e", f"trace={CALLS}", "--", *command],
                cwd=ROOT,
                env=environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                start_new_session=True,
            ) as process,
        ):
            try:
                yield Watch(process, self.log, self.home)
            finally:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)


@pytest.fixture
def watcher(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Watcher:
    assert shutil.which("strace"), "Install strace: without it nothing proves the silence."
    if not own_network():
        with capsys.disabled():
            sys.stdout.write("\nNo network namespace is permitted here: watched by strace alone.\n")
    home = tmp_path / "home"
    home.mkdir()
    return Watcher(home, tmp_path / "calls.txt", tmp_path / "errors.txt")


@pytest.fixture
def with_model(watcher: Watcher, starter_model: Path) -> Watcher:
    models = watcher.home / ".local" / "share" / "tacit" / "models"
    shutil.copytree(starter_model, models / "starter")
    return watcher


def test_a_question_on_the_command_line_is_silent(with_model: Watcher) -> None:
    command = (sys.executable, "-m", "app", "ask", QUESTION, "--max-tokens", "12")
    with with_model.start(*command) as watch:
        out, _ = watch.process.communicate(timeout=PATIENCE_S)
    assert watch.process.returncode == 0, with_model.log_of_errors.read_text(encoding="utf-8")
    assert out.strip()
    assert watch.has_loaded()
    assert watch.findings() == []


def test_a_conversation_in_the_terminal_stays_silent(with_model: Watcher) -> None:
    with with_model.start(sys.executable, "-m", "app", "chat", "--max-tokens", "8") as watch:
        assert watch.process.stdin is not None
        watch.process.stdin.write(f"{QUESTION}\n")
        watch.process.stdin.flush()
        watch.wait_for(watch.has_loaded, "the model to be loaded")
        time.sleep(WAIT_S)
        out, _ = watch.process.communicate(timeout=PATIENCE_S)
    assert watch.process.returncode == 0, with_model.log_of_errors.read_text(encoding="utf-8")
    assert out.strip()
    assert watch.findings() == []


def test_the_window_stays_silent(with_model: Watcher) -> None:
    offscreen = {"QT_QPA_PLATFORM": "offscreen"}
    with with_model.start(sys.executable, "-c", TYPING, more=offscreen) as watch:
        watch.wait_for(watch.has_loaded, "the model to be loaded")
        time.sleep(WAIT_S)
        os.kill(watch.first_process(), signal.SIGTERM)
        watch.process.communicate(timeout=PATIENCE_S)
    assert watch.process.returncode == 0, with_model.log_of_errors.read_text(encoding="utf-8")
    assert watch.findings() == []


@pytest.mark.parametrize(
    "act",
    [
        "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM)",
        "import socket; socket.socket(socket.AF_INET6, socket.SOCK_STREAM)",
        "import socket; socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)",
        "open('/etc/hosts').close()",
        "import pathlib; (pathlib.Path.home() / 'DeveloperTools').mkdir()",
        "import os, socket; os.fork() or socket.socket(socket.AF_INET, socket.SOCK_STREAM)",
    ],
)
def test_the_watch_sees_what_it_is_there_to_see(watcher: Watcher, act: str) -> None:
    with watcher.start(sys.executable, "-c", act) as watch:
        watch.process.communicate(timeout=PATIENCE_S)
    assert len(watch.findings()) >= 1


def test_the_runtime_without_the_quiet_environment_is_caught(
    watcher: Watcher, starter_model: Path
) -> None:
    if not own_network():
        pytest.skip("without a network namespace this would really send something")
    with watcher.start(sys.executable, "-c", LOADING, str(starter_model)) as watch:
        watch.process.communicate(timeout=PATIENCE_S)
    assert watch.process.returncode == 0, watcher.log_of_errors.read_text(encoding="utf-8")
    assert any("usage database" in finding for finding in watch.findings())
