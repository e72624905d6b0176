"""Keeps what the window says of privacy true: facts in, one announcement out."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from app.core.errors import AppError
from app.core.handoff import Worker
from app.core.privacy import PrivacyFacts, SealPart, SealReport
from app.core.status import EngineStatus
from app.core.tasks import Tasks
from app.ui.privacy.sources import PrivacySources

_TICK_MS = 5_000
_SHOWN_S = 1.0
_CLOSING_S = 5.0
# Who allowed it, in the journal's words: asked in the window, answered there.
_BY = "you"


class PrivacyController(QObject):
    """Holds no widget. Make it in the running loop, on the thread of the window.

    What lets more leave is shown before it happens: the courier waits until its change was
    shown. What lets less leave is shown once it has been read from the facts.

    Signals:
        changed(object PrivacyFacts): something else holds now.
        ending_changed: the courier is being ended, or that is over.
        failed(object AppError): ending the courier did not work.
    """

    changed = Signal(object)
    ending_changed = Signal()
    failed = Signal(object)

    def __init__(
        self, sources: PrivacySources, engine: Callable[[], EngineStatus], tasks: Tasks
    ) -> None:
        super().__init__()
        self._sources = sources
        self._engine = engine
        self._tasks = tasks
        self._loop = asyncio.get_running_loop()
        self._thread = threading.get_ident()
        self._worker = Worker("privacy")
        self._is_examining = False
        self._is_closed = False
        self.is_ending = False
        self._window = sources.seal
        self.facts = PrivacyFacts(window=sources.seal, courier=sources.status())
        self._forget: Callable[[], None] = lambda: None
        if sources.courier is not None:
            self._forget = sources.courier.on_change(self._on_courier)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.look)
        self._timer.start(_TICK_MS)
        self.refresh()

    @property
    def has_courier(self) -> bool:
        """Whether a process lives that may connect."""
        return self.facts.courier.pid is not None

    def refresh(self) -> None:
        """Read what is known without waiting, and announce what is new."""
        status = self._engine()
        facts = PrivacyFacts(
            window=self._window,
            host=status.seal if status.pid is not None else None,
            courier=self._sources.status(),
        )
        if facts != self.facts:
            self.facts = facts
            self.changed.emit(facts)

    def look(self) -> None:
        """Read everything again, also what the system has to be asked for."""
        self.refresh()
        if self._sources.examine is not None and not self._is_examining and not self._is_closed:
            self._is_examining = True
            self._tasks.start("examine the seal", self._examine(self._sources.examine))

    def end_courier(self) -> None:
        """End the courier: from then on nothing can leave until the next start."""
        if self._sources.courier is not None and not self.is_ending:
            self.is_ending = True
            self.ending_changed.emit()
            self._tasks.start("end the courier", self._end())

    async def open_link(self, url: str) -> None:
        """Hand an https address to the browser; raises `AppError` where that fails."""
        courier = self._sources.courier
        if courier is None or courier.status().pid is None:
            raise AppError(
                "The link was not opened: nothing can leave this computer any more.",
                "Copy the address into your browser.",
            )
        await self._worker.call(lambda: courier.open_link(url, allowed_by=_BY))

    async def close(self) -> None:
        """Hear of nothing any more, and end the worker. Closing twice does nothing more."""
        if self._is_closed:
            return
        self._is_closed = True
        self._timer.stop()
        self._forget()
        # Its last job may be waiting for a process: the window does not wait with it for ever.
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._worker.call(lambda: None), _CLOSING_S)
        self._worker.close(0)

    def _on_courier(self, *_said: object) -> None:
        """Runs on any thread; returns when the window shows what is, or cannot show it."""
        if threading.get_ident() == self._thread:
            self.refresh()
            return
        shown = threading.Event()

        def show() -> None:
            try:
                if not self._is_closed:
                    self.refresh()
            finally:
                shown.set()

        with contextlib.suppress(RuntimeError):  # the loop has ended: nobody is looking
            self._loop.call_soon_threadsafe(show)
            shown.wait(_SHOWN_S)

    async def _examine(self, examine: Callable[[], SealReport]) -> None:
        try:
            self._window = await self._worker.call(examine)
        except OSError as error:
            part = SealPart("seal looked at again", holds=False, detail=str(error.strerror))
            self._window = SealReport((*self._sources.seal.parts, part))
        finally:
            self._is_examining = False
        self.refresh()

    async def _end(self) -> None:
        courier = self._sources.courier
        assert courier is not None, "checked before"
        try:
            await self._worker.call(courier.end)
            if courier.status().pid is not None:
                raise AppError("The courier has not ended.", "Close Tacit to be sure that it does.")
        except AppError as error:
            self.failed.emit(error)
        finally:
            self.is_ending = False
            self.refresh()
            self.ending_changed.emit()
