"""The time between the first paint and the end: the loop, the services, and a clean close."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from qasync import QEventLoop

from app.core.handoff import Worker
from app.ui.application import Begun, Program
from app.ui.ending import on_signals
from app.ui.window.main_window import MainWindow

if TYPE_CHECKING:  # heavy: imported on a thread while the window answers
    from app.ui.window.assembly import Assembly

_CLOSING_S = 20.0


def serve(program: Program, begun: Begun | None) -> None:
    """Run the loop until the window is to be closed and everything behind it has ended."""
    window, logging = program.window, program.logging
    assert window is not None, "shown before"
    loop = QEventLoop(program.application)
    loop.set_exception_handler(logging.on_loop_error)
    tell_before = logging.tell
    # From whatever thread it comes: only the loop's own thread may touch the window.
    logging.tell = lambda words: loop.call_soon_threadsafe(window.say, words)
    on_signals(loop, program.close, window)
    try:
        with loop:
            loop.run_until_complete(_serve(program, window, begun))
    finally:
        logging.tell = tell_before


async def _serve(program: Program, window: MainWindow, begun: Begun | None) -> None:
    closing = asyncio.Event()
    program.on_closing(closing.set)
    try:
        assembly = await _assemble(program, window)
    except Exception as error:  # noqa: BLE001  (said in the window, which can still be closed)
        program.logging.report(error, "the start")
        await closing.wait()
        return
    assembly.begin()
    program.on_opening(assembly.open)
    if begun is not None:
        begun(window, assembly)
    await closing.wait()
    geometry = window.geometry_text()
    # Gone at once for the person; what was written is stored out of sight.
    window.hide()
    async with asyncio.timeout(_CLOSING_S):
        await assembly.close(geometry)


async def _assemble(program: Program, window: MainWindow) -> Assembly:
    worker = Worker("start")
    try:
        await worker.call(_import_heavy)
        from app.ui.privacy.connecting import sources_of
        from app.ui.window.assembly import Assembly

        services = await worker.call(lambda: program.build(program.settings))
    finally:
        worker.close()
    return Assembly(
        window,
        services,
        sources_of(services),
        lambda error: program.logging.report(error, "a task"),
    )


def _import_heavy() -> None:
    import app.bootstrap
    import app.ui.privacy.connecting
    import app.ui.window.assembly  # noqa: F401
