"""One host process as the client sees it: what it has reported, and waiting for more."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path

from app.core.events import Event, Terminal
from app.core.privacy import SealReport
from app.core.proof import ProcessProof
from app.engine import protocol
from app.engine.jobs import GenerateJob, LoadedModel
from app.engine.memory import HUGE_PAGES
from app.engine.protocol import Events, Greeting, Loaded, Proved
from app.process.child import Child, ChildEnd
from app.process.plain import Plain, ProtocolError
from app.process.spawn import child_environment, with_pipes

Item = Event | LoadedModel


class HostLink:
    """A started host and its reports. It is sealed for one model folder and one device.

    Reports are taken in on the child's reader thread; the client waits for them on its
    worker thread. `wake` and the attributes may be used from any thread. `end_told` is for
    the client: whether the person has been told, or has wished, that this host ended.
    """

    def __init__(
        self, command: Sequence[str], folder: Path, *, model_folder: str, device: str
    ) -> None:
        self.model_folder = model_folder
        self.device = device
        self.seal: SealReport | None = None
        self.proof: ProcessProof | None = None
        self.is_foreign = False
        self.loaded: LoadedModel | None = None
        self.end: ChildEnd | None = None
        self.end_told = False
        self._changed = threading.Condition()
        self._items: deque[Item] = deque()
        self._number = 0
        self._finished = 0
        self._deadline: threading.Timer | None = None
        self._child = Child(
            "engine-host",
            with_pipes(command, child_environment() | HUGE_PAGES, folder),
            on_frame=self._take_in,
            on_end=self._take_end,
        )
        self.pid = self._child.pid
        self._child.send(protocol.hello(model_folder, device))

    @property
    def greeted(self) -> bool:
        """Whether the host has sealed itself and waits for jobs."""
        return self.seal is not None

    def is_for(self, model_folder: str, device: str) -> bool:
        """Whether the host can serve this model there: it may read no other's folder."""
        used = self.loaded.device if self.loaded is not None else self.device
        return model_folder == self.model_folder and device in {self.device, used}

    @property
    def is_draining(self) -> bool:
        """Whether a stopped job still occupies the host."""
        return self._finished < self._number

    @property
    def has_news(self) -> bool:
        """Whether something can be taken, or nothing will come any more."""
        return bool(self._items) or self.end is not None

    def wait(self, until: Callable[[], bool], timeout_s: float) -> bool:
        """Sleep until `until()` holds; it is asked after each report and each `wake`."""
        with self._changed:
            return self._changed.wait_for(until, timeout_s)

    def wake(self) -> None:
        """Have `wait` ask its condition again."""
        with self._changed:
            self._changed.notify_all()

    def take(self) -> list[Item]:
        """Everything reported for the present job since the last call."""
        with self._changed:
            items = list(self._items)
            self._items.clear()
        return items

    def submit(self, job: GenerateJob) -> None:
        """Send the next job; raises `ProtocolError` where it cannot be sent."""
        with self._changed:
            self._number += 1
            self._items.clear()
        try:
            self._child.send(protocol.generate(self._number, job))
        except ProtocolError:
            self._finished = self._number
            raise

    def prove(self, private: Sequence[str]) -> None:
        """Ask the host to try what its seal has to refuse; the answer becomes `proof`."""
        self.proof = None
        self._child.send(protocol.prove(private))

    def cancel(self) -> None:
        """Ask the host to stop the present job."""
        self._child.send(protocol.cancel(self._number))

    def abandon(self, limit_s: float) -> None:
        """Let the stopped job end unseen; a host that takes longer than `limit_s` is killed."""
        with self._changed:
            if self.is_draining and self.end is None and self._deadline is None:
                self._deadline = threading.Timer(limit_s, self.kill)
                self._deadline.name = "engine-host-deadline"
                self._deadline.daemon = True
                self._deadline.start()

    def kill(self) -> None:
        """End the host at once; its end is reported later."""
        self._child.kill()

    def stop(self, grace_s: float) -> None:
        """Ask the host to end and wait; after `grace_s` seconds it is killed."""
        self._child.stop(grace_s)

    def _take_in(self, frame: Plain) -> None:
        report = protocol.report_from(frame)
        with self._changed:
            match report:
                case Greeting(version, seal):
                    self.is_foreign = version != protocol.VERSION
                    if self.is_foreign:
                        raise ProtocolError("the host speaks another version")
                    self.seal = seal
                case Proved(proof):
                    self.proof = proof
                case Loaded(model):
                    self.loaded = model
                    self._items.append(model)
                case Events(number, events):
                    self._take_events(number, events)
            self._changed.notify_all()

    def _take_events(self, number: int, events: Sequence[Event]) -> None:
        if number != self._number:
            return
        self._items.extend(events)
        if events and isinstance(events[-1], Terminal):
            self._finished = number
            self._end_deadline()

    def _take_end(self, end: ChildEnd) -> None:
        with self._changed:
            self.end = end
            self._end_deadline()
            self._changed.notify_all()

    def _end_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
