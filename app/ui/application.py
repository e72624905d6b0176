"""Runs the window: on the screen first, everything else behind it, and a clean end."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QCoreApplication, QEventLoop
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from app.core.opening import PLAIN, Opening
from app.core.privacy import PrivacyFacts
from app.logs import Logging
from app.paths import Paths
from app.process import lifetime
from app.settings.settings import Settings
from app.ui.appearance import Appearance
from app.ui.garbage import GuiThreadGarbage
from app.ui.single_instance import SingleInstance
from app.ui.status.privacy import describe
from app.ui.theme import icon
from app.ui.window.main_window import MainWindow

if TYPE_CHECKING:  # heavy: imported when the window is on the screen
    from app.bootstrap import Services
    from app.ui.window.assembly import Assembly

_PAINT_S = 1.0
_PAINT_STEP_MS = 20

Begun = Callable[[MainWindow, "Assembly"], None]
Build = Callable[[Settings], "Services"]


class RunWindow(Protocol):
    """How `run` is called by the program's entry."""

    def __call__(
        self,
        paths: Paths,
        logging: Logging,
        *,
        facts: PrivacyFacts,
        build: Build,
        opening: Opening | None = None,
    ) -> int:
        """See `run`."""


def run(
    paths: Paths,
    logging: Logging,
    begun: Begun | None = None,
    *,
    facts: PrivacyFacts | None = None,
    build: Build | None = None,
    opening: Opening | None = None,
) -> int:
    """Open the window over `paths`, whose folders exist; returns the exit code at its end.

    `begun` is called once the services are behind the window. `facts` is what is known of its
    privacy before (None: nothing shuts this process in), `build` makes the services from the
    settings. `opening` is what the program was started for; a window that is there already
    is told. Raises `AppError` where another window over the same folder is there and does not
    answer.
    """
    application = _application()
    garbage = GuiThreadGarbage(application)
    program = Program(
        application,
        paths,
        logging,
        facts or PrivacyFacts(),
        build or partial(_build, paths),
        opening=opening or PLAIN,
    )
    try:
        if program.show():
            # asyncio alone takes as long to import as the window to be made.
            from app.ui.serving import serve

            serve(program, begun)
    finally:
        program.end()
        garbage.stop()
    return 0


class Program:
    """One start of the window: what is there before and after the services."""

    def __init__(
        self,
        application: QApplication,
        paths: Paths,
        logging: Logging,
        facts: PrivacyFacts,
        build: Build,
        *,
        opening: Opening = PLAIN,
    ) -> None:
        self.application = application
        self.paths = paths
        self.logging = logging
        self.facts = facts
        self.build = build
        self.settings = Settings(paths.settings_file, keep=not paths.keeps_nothing)
        self.window: MainWindow | None = None
        self.is_closing = False
        self._on_closing: list[Callable[[], None]] = []
        self._on_opening: Callable[[Opening], None] | None = None
        self._openings = [opening]
        # A private session runs beside an ordinary window, and locks nothing.
        self._instance = (
            None
            if paths.keeps_nothing
            else SingleInstance(paths.root, paths.run, lambda: self.is_closing, opening)
        )

    def show(self) -> bool:
        """Put the window on the screen; False where another start has one already."""
        if self._instance is not None and not self._instance.acquire():
            return False
        self.settings.load()
        self.window = self._make_window()
        self.window.show()
        deadline = time.monotonic() + _PAINT_S
        # Minimised, or on a screen that nobody looks at, it is never painted.
        while not self.window.is_painted and time.monotonic() < deadline:
            flag = QEventLoop.ProcessEventsFlag.AllEvents
            self.application.processEvents(flag, _PAINT_STEP_MS)
        self._close_memory()
        if self._instance is not None:
            self._instance.listen()
        return True

    def _close_memory(self) -> None:
        """Let no other process look into this one any more, where its seal is in force.

        By now Qt has asked the desktop's portals, which refuse a process that they cannot look
        into, for what it needs at its start. Under Wayland it asks again for every window.
        """
        if self.facts.window.enforced and QGuiApplication.platformName() != "wayland":
            lifetime.keep_memory_private()

    def on_closing(self, call: Callable[[], None]) -> None:
        """Call this when the person or the system wants the window closed."""
        self._on_closing.append(call)
        if self.is_closing:
            call()

    def on_opening(self, call: Callable[[Opening], None]) -> None:
        """Call this with what each start was for, those of before included."""
        self._on_opening = call
        while self._openings:
            call(self._openings.pop(0))

    def _open(self, opening: Opening) -> None:
        self._openings.append(opening)
        if self._on_opening is not None:
            self.on_opening(self._on_opening)

    def close(self) -> None:
        """The window is to be closed."""
        self.is_closing = True
        for call in self._on_closing:
            call()

    def end(self) -> None:
        """Take the window away, and let another start have its place."""
        if self._instance is not None:
            self._instance.release()
        if self.window is not None:
            self.window.close_for_good()
            self.window.deleteLater()
            self.window = None
            self.application.sendPostedEvents()

    def _make_window(self) -> MainWindow:
        settings = self.settings
        look = Appearance(self.application, self.application)
        theme, percent = settings.get("appearance.theme"), settings.get("appearance.text_size")
        look.choose(str(theme), int(percent))
        window = MainWindow(look, describe(self.facts))
        look.dress()
        window.setWindowIcon(icon("lock-keyhole", look.theme.accent))
        window.restore_geometry(str(settings.get("window.geometry")))
        window.shell.set_side_wanted(wanted=bool(settings.get("window.sidebar")))
        window.close_wanted.connect(self.close)
        if self._instance is not None:
            self._instance.show_wanted.connect(window.to_front)
            self._instance.open_wanted.connect(self._open)
        if self.paths.keeps_nothing:
            window.say_private()
        self.application.commitDataRequest.connect(lambda _manager: self.close())
        return window


def _build(paths: Paths, settings: Settings) -> Services:
    from app.bootstrap import build

    return build(paths, settings=settings)


def _application() -> QApplication:
    QCoreApplication.setApplicationName("tacit")
    QGuiApplication.setDesktopFileName("tacit")
    # `setStyle` hands the style back, and PySide makes all names of QStyle at once for it.
    application = QApplication([*sys.argv[:1], "-style", "fusion"])
    application.setQuitOnLastWindowClosed(False)
    return application
