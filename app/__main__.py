"""Starts the window, a command, the engine host or the courier, and imports only that."""

from app.process import environment

environment.apply()

import contextlib  # noqa: E402  (nothing may be imported before the environment is quiet)
import gc  # noqa: E402
import sys  # noqa: E402
from typing import TYPE_CHECKING  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from app.bootstrap import Services
    from app.core.opening import Opening
    from app.core.proof import Attempt
    from app.logs import Logging
    from app.network.launch import Launched
    from app.paths import Paths
    from app.process.start import Protection
    from app.settings.settings import Settings
    from app.ui.application import RunWindow

ENGINE_HOST = "--engine-host"
ATTEMPT_FROM_CHILD = "--attempt-from-child"
COURIER = "--courier"
TRY_WINDOW = "--try-window"
BENCH_PROGRAM = "--bench-program"
INTERRUPTED = 130


def main() -> int:
    """The whole program; returns its exit code."""
    try:
        return _start()
    except KeyboardInterrupt:  # before the command line was there to deal with it
        return INTERRUPTED


def _start() -> int:
    arguments = sys.argv[1:]
    if arguments[:1] == [ENGINE_HOST]:
        from app.engine import host

        return host.main()
    if arguments[:1] == [ATTEMPT_FROM_CHILD]:
        from app.process.proof import children

        return children.main()
    if arguments[:1] == [COURIER]:
        from app import courier

        return courier.be()
    if arguments[:1] == [TRY_WINDOW]:
        from app.selftest import window

        return window.main(arguments[1:], open_window, protect)
    if arguments[:1] == [BENCH_PROGRAM]:
        from app.bench import programs

        return programs.run(arguments[1:])
    from app.cli.main import main as command_line

    return command_line(arguments, open_window, protect, try_through_qt)


def the_window() -> "RunWindow":
    """What opens the window; imports Qt."""
    from app.ui.application import run

    return run


def open_window(
    paths: "Paths",
    logging: "Logging",
    window: "Callable[[], RunWindow]" = the_window,
    *,
    opening: "Opening | None" = None,
) -> int:
    """Start the courier, seal this process, open the window and stay until it is closed.

    `window` imports what opens it, for a benchmark that looks closer; `opening` is what it was
    started for. Raises `AppError` where the system lacks a screen or a library that Qt needs.
    """
    from app import courier as couriers
    from app.cli import display
    from app.core.egress import CourierStatus
    from app.core.privacy import PrivacyFacts

    with contextlib.ExitStack() as ending:
        # What is imported on the way to the screen stays: looking for garbage is lost time.
        gc.disable()
        ending.callback(gc.enable)
        launched: Launched | None = None

        def launch_courier() -> None:
            nonlocal launched
            launched = couriers.launch_where_wanted(paths)

        protection = protect(display.needs_network(), launch_courier, desktop=True)
        status = CourierStatus()
        if launched is not None:
            from app.network import launch

            ending.callback(launch.end, launched)
            status = CourierStatus(pid=launched.pid)

        def build(settings: "Settings") -> "Services":
            from app.bootstrap import build

            courier = None
            if launched is not None:
                courier = couriers.attach(launched, paths, settings)
                ending.callback(courier.end)
            return build(paths, settings=settings, protection=protection, courier=courier)

        if problem := display.problem():
            raise problem
        try:
            run = window()
        except ImportError as error:
            raise display.import_failed(error) from error
        facts = PrivacyFacts(window=protection.report, courier=status)
        return run(paths, logging, facts=facts, build=build, opening=opening)


def protect(
    unsealed: str = "", before: "Callable[[], None] | None" = None, *, desktop: bool = False
) -> "Protection":
    """Shut this process in, after `before`; `unsealed` says why the network stays open to it.

    `desktop` says that it has a window.
    """
    from app.process import start

    return start.protect(unsealed, desktop=desktop, before=before)


def try_through_qt() -> "Sequence[Attempt]":
    """Attempts to get out through Qt, for the proof; none where it is not installed."""
    try:
        from app.ui.proof import try_through_qt as attempts
    except ImportError:
        return ()
    return attempts()


if __name__ == "__main__":
    sys.exit(main())
