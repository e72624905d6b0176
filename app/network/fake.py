"""A courier in this process, for tests and demonstrations: the same client, no process.

What it is given as handlers decides what it does; links are only noted down.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from queue import SimpleQueue

from app.core.egress import Opening, Purpose
from app.network import protocol
from app.network.client import CourierClient
from app.network.policy import Policy
from app.network.serving import Serving
from app.network.verb import AnyHandler, Handler, Nothing, VerbContext
from app.network.verbs.links import OPEN_LINK, OpenLink
from app.process import frames
from app.process.child import ChildEnd
from app.process.plain import Plain

_JOIN_S = 5.0


class FakeCourier(CourierClient):
    """A courier that does `handlers`. `links` are the addresses that it was asked to show."""

    def __init__(self, handlers: Sequence[AnyHandler] = (), policy: Policy | None = None) -> None:
        self.links: list[str] = []
        self._wire: _InProcess | None = None

        def connect(
            on_frame: Callable[[Plain], None], on_end: Callable[[ChildEnd], None]
        ) -> _InProcess:
            self._wire = _InProcess([*handlers, self._link_handler()], on_frame, on_end)
            return self._wire

        super().__init__(connect, policy or Policy())

    def show(self, *openings: Opening) -> None:
        """Report these openings, as if the gateway had them."""
        assert self._wire is not None
        self._wire.report(protocol.openings(0, openings))

    def die(self) -> None:
        """End as a courier that crashed."""
        assert self._wire is not None
        self._wire.stop(_JOIN_S)

    def _link_handler(self) -> AnyHandler:
        def run(arguments: OpenLink, _context: VerbContext[Nothing]) -> Nothing:
            self.links.append(arguments.url)
            return Nothing()

        return Handler(verb=OPEN_LINK, reach={Purpose.LINK: ()}, run=run)


class _InProcess:
    """A link to a `Serving` here; frames are taken apart and put together as on a pipe.

    One thread stands for the reader of a child, so that reports come in order.
    """

    def __init__(
        self,
        handlers: Sequence[AnyHandler],
        on_frame: Callable[[Plain], None],
        on_end: Callable[[ChildEnd], None],
    ) -> None:
        self.pid = os.getpid()
        self._on_frame = on_frame
        self._on_end = on_end
        self._reports: SimpleQueue[Plain | None] = SimpleQueue()
        self._serving = Serving(self.report, handlers)
        self._stopping = threading.Lock()
        self._thread = threading.Thread(target=self._read, name="fake-courier", daemon=True)
        self._thread.start()

    def report(self, frame: Plain) -> None:
        frames.encode(frame)
        self._reports.put(frame)

    def send(self, frame: Plain) -> None:
        frames.encode(frame)
        if self._thread.is_alive():
            self._serving.obey(protocol.command_from(frame))

    def stop(self, grace_s: float) -> None:
        with self._stopping:
            self._serving.close(grace_s)
            self._reports.put(None)
            self._thread.join()

    def _read(self) -> None:
        while (frame := self._reports.get()) is not None:
            self._on_frame(frame)
        self._on_end(ChildEnd(exit_code=0, protocol_broken=False, killed=False, tail=b""))
