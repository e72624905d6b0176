"""One job on its way through a host: its events, its time limits, its stopping."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from enum import Enum, auto
from pathlib import Path

from app.core.events import (
    Cancelled,
    Done,
    Event,
    Failed,
    Loading,
    ReasoningDelta,
    Started,
    Terminal,
    TextDelta,
)
from app.core.handoff import CancelToken
from app.engine.jobs import GenerateJob, LoadedModel
from app.engine.link import HostLink, Item
from app.engine.supervision import Limits, Supervisor, crash_error, hung_error
from app.process.child import ChildEnd


class _Phase(Enum):
    """Where a job stands; each phase has its own limit."""

    PREPARING = auto()
    LOADING = auto()
    READING = auto()
    DECODING = auto()


class Turn:
    """Follows one job of a host, on the client's worker thread."""

    def __init__(
        self,
        link: HostLink,
        job: GenerateJob,
        *,
        supervisor: Supervisor,
        limits: Limits,
        clock: Callable[[], float],
    ) -> None:
        self._link = link
        self._job = job
        self._supervisor = supervisor
        self._clock = clock
        self._limits = limits
        self._limit_s = {
            _Phase.PREPARING: limits.prepare_s,
            _Phase.LOADING: limits.load_limit_s(Path(job.model_folder)),
            _Phase.READING: limits.read_s,
            _Phase.DECODING: limits.decode_s,
        }
        self._phase = _Phase.PREPARING
        self._is_loading = False

    @property
    def is_loading(self) -> bool:
        """Whether the model is still to be brought into memory."""
        return self._is_loading

    def events(self, cancel: CancelToken) -> Iterator[Event]:
        """Send the job and yield what comes back; a terminal event is last.

        Raises `FrameTooLargeError` for a job that cannot be sent.
        """
        self._link.submit(self._job)
        loaded = self._link.loaded
        self._set_loading(loaded is None or loaded.folder != self._job.model_folder)
        over = False
        try:
            for event in self._follow(cancel):
                over = isinstance(event, Terminal)
                yield event
        finally:
            if not over:  # the caller lost interest
                self._let_go()

    def _follow(self, cancel: CancelToken) -> Iterator[Event]:
        stop_by = math.inf
        while True:
            if cancel.is_cancelled and stop_by == math.inf:
                stop_by = self._ask_to_stop()
            if self._clock() >= stop_by:
                self._let_go()
                yield Cancelled()
                return
            if not self._wait(cancel, stop_by):
                if stop_by < math.inf:
                    continue
                yield self._hung()
                return
            end = self._link.end  # read first: all items were reported before the end
            for event in self._notice(self._link.take()):
                yield event
                if isinstance(event, Terminal):
                    return
            if end is not None:
                yield self._crashed(end)
                return

    def _wait(self, cancel: CancelToken, stop_by: float) -> bool:
        """Sleep until there is something to do; False when the time is up."""
        if stop_by < math.inf:
            return self._link.wait(lambda: self._link.has_news, stop_by - self._clock())
        return self._link.wait(
            lambda: self._link.has_news or cancel.is_cancelled, self._limit_s[self._phase]
        )

    def _notice(self, items: list[Item]) -> Iterator[Event]:
        """The events among `items`, after each has moved the phase."""
        for item in items:
            match item:
                case LoadedModel():
                    self._set_loading(False)
                    self._phase = _Phase.PREPARING
                    continue
                case Loading():
                    self._set_loading(True)
                    self._phase = _Phase.LOADING
                case Started():
                    self._set_loading(False)
                    self._phase = _Phase.READING
                case TextDelta() | ReasoningDelta():
                    self._phase = _Phase.DECODING
                case Done() | Cancelled() | Failed():
                    self._set_loading(False)
                    self._supervisor.answered(self._job.model_id)
            yield item

    def _set_loading(self, loading: bool) -> None:
        if loading == self._is_loading:
            return
        self._is_loading = loading
        if loading:
            self._supervisor.load_begins(self._job.model_id)
        else:
            self._supervisor.load_ended()

    def _ask_to_stop(self) -> float:
        """Ask the host to stop; the time by which it has to have answered."""
        if self._is_loading:
            return self._clock()  # loading cannot be interrupted, and nothing would be lost
        self._link.cancel()
        return self._clock() + self._limits.cancel_s

    def _let_go(self) -> None:
        """Leave a job that nobody waits for: it may end in its own time, but not load."""
        if self._is_loading:
            self._link.end_told = True
            self._link.kill()
            self._set_loading(False)
        elif self._link.is_draining:
            self._link.cancel()
            self._link.abandon(self._limits.drain_s)

    def _hung(self) -> Failed:
        self._link.end_told = True
        self._link.kill()
        self._supervisor.crashed(self._job.model_id)
        return Failed(hung_error())

    def _crashed(self, end: ChildEnd) -> Failed:
        self._link.end_told = True
        self._supervisor.crashed(self._job.model_id)
        return Failed(crash_error(end, loading=self._is_loading))
