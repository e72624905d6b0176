"""A screen without a monitor and a keyboard without a person, for tests of the real window."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self, TypeVar

T = TypeVar("T")

NEEDED = ("Xvfb", "xdotool")


class Desktop:
    """An X server of its own with key presses and clicks; a context manager.

    Needs the system packages xvfb and xdotool, which the README's test command installs.
    """

    def __init__(self, size: str = "1200x850x24") -> None:
        missing = [name for name in NEEDED if shutil.which(name) is None]
        if missing:
            raise RuntimeError(f"install the system packages for {missing}")
        self._size = size
        self._server: subprocess.Popen[bytes] | None = None
        self.display = ""

    def __enter__(self) -> Self:
        reading, writing = os.pipe()
        # Without -noreset it starts over, refusing everybody, whenever its last client leaves: a
        # look by xdotool could keep the window that is just opening away.
        options = f"-displayfd {writing} -screen 0 {self._size} -nolisten tcp -noreset"
        self._server = subprocess.Popen(
            ["Xvfb", *options.split()],
            pass_fds=(writing,),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(writing)
        with os.fdopen(reading) as number:
            self.display = f":{number.readline().strip()}"
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._server is not None:
            self._server.terminate()
            self._server.wait(10)

    @property
    def environment(self) -> dict[str, str]:
        """The variables a program needs to appear on this screen."""
        kept = {k: v for k, v in os.environ.items() if k not in {"QT_QPA_PLATFORM", "CI"}}
        return {**kept, "DISPLAY": self.display, "QT_QPA_PLATFORM": "xcb"}

    def wait_for_window(self, pid: int, timeout_s: float = 30) -> str:
        """The id of the program's visible window, focused."""
        window = wait_until(lambda: self._window_of(pid), timeout_s, "no window appeared")
        self.do("windowfocus", "--sync", window)
        return window

    def do(self, *command: str) -> str:
        """Run one xdotool command and return what it printed."""
        done = subprocess.run(
            ["xdotool", *command],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
        return done.stdout.strip()

    def type(self, text: str) -> None:
        """Type `text` as a person would."""
        self.do("type", "--delay", "12", text)

    def key(self, *names: str) -> None:
        """Press keys by their X names, for example "Return" or "ctrl+n"."""
        self.do("key", *names)

    def _window_of(self, pid: int) -> str:
        found = self.do("search", "--onlyvisible", "--pid", str(pid), "--name", "Tacit").split()
        return found[-1] if found else ""


def wait_until(condition: Callable[[], T], timeout_s: float, failure: str) -> T:
    """The first true value of `condition`; fails the test when there is none in time."""
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        if value := condition():
            return value
        time.sleep(0.05)
    raise AssertionError(failure)
