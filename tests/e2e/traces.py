"""A program that runs in folders of its own, and the search for what it left in them."""

from __future__ import annotations

import base64
import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[2]
FAKE_KEY = "sk-ant-fake-0123456789abcdefCANARY"
SCREEN = ROOT / "tests" / "ui" / "screen.json"

_BEFORE = """
import asyncio, sys
import app.__main__ as program
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from app.ui.window import assembly as made

GIVEN = sys.stdin.readline().strip()
begin = made.Assembly.begin

def begun(assembly):
    begin(assembly)
    assembly.parts.tasks.start("drive", drive(assembly))

async def until(condition):
    while not condition():
        await asyncio.sleep(0.05)
"""
_AFTER = """
made.Assembly.begin = begun
sys.exit(program.main())
"""


def driving(drive: str) -> str:
    """The program with a coroutine `drive(assembly)` that works its window from inside.

    `drive` is its source, with what it needs besides. It has `until` to wait with, and as
    `GIVEN` the first line that the program was told.
    """
    return _BEFORE + drive + _AFTER


# Drives the window from inside, through its own widgets, as soon as the services are there.
# What it prints, a line each: "ready", "typed", "part", "answer STATE", "title TITLE".
DRIVER = driving("""
from PySide6.QtWidgets import QLabel

async def answers(assembly):
    def read(history):
        return [
            message
            for conversation in history.conversations()
            for message in history.path(conversation.id)
            if message.role == "assistant"
        ]
    return await assembly._services.history.run(read)

async def drive(assembly):
    window = assembly._window
    edit = window.chat.composer.edit
    await until(lambda: assembly.is_history_open and window.chat.is_bound)
    await until(lambda: window.isVisible())
    print("ready", flush=True)
    QTest.keyClicks(edit, GIVEN)
    await asyncio.sleep(1.0)  # the draft is saved
    print("typed", flush=True)
    while edit.toPlainText():
        QTest.keyClick(edit, Qt.Key.Key_Return)
        await asyncio.sleep(0.5)
    said = False
    while True:
        found = await answers(assembly)
        if found and found[0].text and not said:
            said = True
            print("part", flush=True)
        if found and found[0].state != "streaming":
            break
        await asyncio.sleep(0.1)
    shown = [w.text() for w in window.findChildren(QLabel) if w.isVisible()]
    print("title", window.windowTitle(), flush=True)
    print("labels", " | ".join(" ".join(text.split()) for text in shown), flush=True)
    print("answer", found[0].state, flush=True)
""")


@dataclass
class Place:
    """Folders for one program: its data, its home, its temporary files, where it is started."""

    root: Path
    home: Path = field(init=False)

    def __post_init__(self) -> None:
        self.home = self.root / "data"
        for folder in ("user", "tmp", "runtime", "cwd"):
            (self.root / folder).mkdir(mode=0o700)

    def environment(self, more: Mapping[str, str] | None = None) -> dict[str, str]:
        """The variables of a desktop user, with an API key among them."""
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("XDG_", "TACIT_", "PYTEST"))
        }
        return {
            **kept,
            "HOME": str(self.root / "user"),
            "TMPDIR": str(self.root / "tmp"),
            "XDG_RUNTIME_DIR": str(self.root / "runtime"),
            "TACIT_HOME": str(self.home),
            "ANTHROPIC_API_KEY": FAKE_KEY,
            "PYTHONPATH": str(ROOT),
            "PYTHONDONTWRITEBYTECODE": "1",
            "QT_QPA_PLATFORM": f"offscreen:configfile={SCREEN}",
            **(more or {}),
        }

    def found(self, secret: str, *, but: tuple[str, ...] = ()) -> list[str]:
        """The files below the place that hold the secret, in whatever coding."""
        return sorted(
            name
            for file in self.root.rglob("*")
            if file.is_file()
            and not (name := str(file.relative_to(self.root))).startswith(but)
            and holds(file, secret)
        )


class Running:
    """A program that reads its lines from standard input and says where it stands."""

    def __init__(
        self,
        place: Place,
        *arguments: str,
        code: str = DRIVER,
        more: Mapping[str, str] | None = None,
        umask: int = -1,
    ) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-c", code, *arguments],
            cwd=place.root / "cwd",
            env=place.environment(more),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            umask=umask,
        )

    def say(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()

    def wait_for(self, word: str) -> str:
        """What follows `word` on the line that begins with it."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            first, _, rest = line.strip().partition(" ")
            if first == word:
                return rest
        raise AssertionError(f"it ended before it said {word}: {self.errors()}")

    def errors(self) -> str:
        assert self.process.stderr is not None
        return self.process.stderr.read()

    def processes(self) -> list[psutil.Process]:
        """The program and what it started."""
        first = psutil.Process(self.process.pid)
        return [first, *first.children(recursive=True)]

    def host(self) -> psutil.Process:
        (host,) = [p for p in self.processes() if "--engine-host" in p.cmdline()]
        return host


@contextlib.contextmanager
def running(place: Place, *arguments: str, **options: object) -> Iterator[Running]:
    """A `Running` program that is surely gone at the end, with all it started."""
    program = Running(place, *arguments, **options)  # type: ignore[arg-type]
    with program.process:
        try:
            yield program
        finally:
            everything = program.processes() if program.process.poll() is None else []
            for process in everything:
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.kill()


def holds(file: Path, secret: str) -> bool:
    content = file.read_bytes()
    return any(coded in content for coded in codings(secret))


def codings(secret: str) -> list[bytes]:
    """The secret as files may hold it; of base64 what does not depend on its place."""
    plain = secret.encode()
    shifted = [base64.b64encode(b"x" * shift + plain)[4:-4] for shift in range(3)]
    return [plain, secret.encode("utf-16-le"), plain.hex().encode(), *shifted]


def exposed(process: psutil.Process, secret: str, *, variables: bool = True) -> list[str]:
    """Where the system shows the secret to others: the process's command line, its variables.

    A file that nobody but root may read shows nothing.
    """
    found = []
    for name in ("cmdline", "environ") if variables else ("cmdline",):
        with contextlib.suppress(OSError):
            content = Path(f"/proc/{process.pid}/{name}").read_bytes()
            if any(coded in content for coded in codings(secret)):
                found.append(f"{name} of {process.pid}")
    return found
