"""The window for the self-test: it opens, says that it closes, and closes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol

from app.logs import Logging
from app.paths import Paths
from app.process.start import Protection

if TYPE_CHECKING:
    from app.ui.application import RunWindow
    from app.ui.window.assembly import Assembly
    from app.ui.window.main_window import MainWindow


class OpenWindow(Protocol):
    """The program's own way to open its window."""

    def __call__(
        self, paths: Paths, logging: Logging, window: Callable[[], RunWindow] = ...
    ) -> int:
        """Stay until it is closed; `window` imports what opens it."""


def main(
    arguments: Sequence[str],
    open_window: OpenWindow,
    protect: Callable[[str, Callable[[], None] | None], Protection],
) -> int:
    """Open the window over the data folder `arguments[0]`, as the program does, and close it."""
    from app.cli.main import main as command_line

    def opened(paths: Paths, logging: Logging) -> int:
        return open_window(paths, logging, _window)

    return command_line(["--data-dir", *arguments], opened, protect)


def _window() -> RunWindow:
    from functools import partial

    from app.ui.application import run

    return partial(run, begun=_close)


def _close(window: MainWindow, _assembly: Assembly) -> None:
    """Everything is there; what is only needed with an answer is asked for here."""
    from app.ui.markdown.highlight import COMMON_LANGUAGES, prepare

    unknown = [language for language in COMMON_LANGUAGES if not prepare(language)]
    if unknown:
        raise RuntimeError(f"code in {unknown} cannot be coloured")
    print("closing", flush=True)  # noqa: T201  (the self-test waits for this word)
    window.close_wanted.emit()
