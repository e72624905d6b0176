"""The real window, which prints "usable" and "ready" and stays open until it is ended.

Run as a module with the data folder as its argument. `usable` means that the window is on
the screen and takes what is typed (what is sent that early goes out as soon as it can);
`ready` that the services are behind it. The first line of standard input is the recovery key of an
encrypted history, or empty.
"""

from app.process import environment

environment.apply()

import sys  # noqa: E402  (nothing may be imported before the environment is quiet)
from functools import partial  # noqa: E402
from typing import TYPE_CHECKING  # noqa: E402

if TYPE_CHECKING:
    from app.logs import Logging
    from app.paths import Paths
    from app.ui.application import RunWindow
    from app.ui.window.main_window import MainWindow


def main() -> int:
    """Open the window over the folder named on the command line, the way `tacit` does."""
    from app.__main__ import protect
    from app.cli.main import main as command_line

    return command_line(["--data-dir", sys.argv[1]], open_window, protect)


def open_window(paths: "Paths", logging: "Logging") -> int:
    """Open the window as the program does; its moments go to standard output."""
    from app.__main__ import open_window as program

    return program(paths, logging, _window)


def _window() -> "RunWindow":
    from app.ui.application import run
    from app.ui.window.main_window import MainWindow

    if recovery := sys.stdin.readline().strip():
        _know(recovery)
    shown = MainWindow.show

    def show(window: "MainWindow") -> None:
        window.painted.connect(lambda: print("usable", flush=True))
        shown(window)

    MainWindow.show = show  # type: ignore[method-assign, assignment]
    return partial(run, begun=lambda _window, _assembly: print("ready", flush=True))


def _know(recovery: str) -> None:
    """Have the window find the key of its history without a keyring."""
    from app.core.history_key import HistoryKey
    from app.settings.history_keys import HistoryKeys
    from app.settings.secrets import Secrets

    key = HistoryKey.from_recovery(recovery)
    found = HistoryKeys.__init__

    def know(self: HistoryKeys, secrets: Secrets) -> None:
        found(self, secrets)
        self.remember(key)

    HistoryKeys.__init__ = know  # type: ignore[method-assign]


if __name__ == "__main__":
    sys.exit(main())
