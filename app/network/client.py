"""The courier as the window and the commands hold it."""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, Protocol, cast

from app.core.cancel import CancelToken
from app.core.egress import CourierStatus, Opening
from app.core.errors import AppError, ErrorCode
from app.network import launch, protocol
from app.network.faults import stopped
from app.network.policy import Policy
from app.network.protocol import Done, Failed, Hello, Item, Openings
from app.network.verb import A, P, R, Verb
from app.network.verbs.folders import OPEN_FOLDER, OpenFolder
from app.network.verbs.links import OPEN_LINK, OpenLink
from app.process.child import Child, ChildEnd
from app.process.plain import Plain, ProtocolError

log = logging.getLogger(__name__)

_LEAVE_S = 5.0
_CANCEL_S = 3.0


class Link(Protocol):
    """The way to a courier; `app.process.child.Child` is the real one."""

    pid: int

    def send(self, frame: Plain) -> None:
        """Hand over a frame; raises `ProtocolError` for what cannot be one."""

    def stop(self, grace_s: float) -> None:
        """Have the courier end, and wait until it is gone."""


Connect = Callable[[Callable[[Plain], None], Callable[[ChildEnd], None]], Link]


def start(policy: Policy, folder: Path, command: Sequence[str] | None = None) -> CourierClient:
    """Start a courier and attach to it; see `launch.launch`. Raises `AppError`."""
    return attach(launch.launch(folder, command), policy)


def attach(process: launch.Launched, policy: Policy) -> CourierClient:
    """The client of a courier that was launched and has no other."""

    def connect(on_frame: Callable[[Plain], None], on_end: Callable[[ChildEnd], None]) -> Link:
        return Child("courier", process, on_frame=on_frame, on_end=on_end)

    return CourierClient(connect, policy)


class CourierClient:
    """Speaks with one courier; see `app.network.base.Courier`.

    A courier that ended is not started again: a sealed process could start a sealed one only.
    """

    def __init__(self, connect: Connect, policy: Policy) -> None:
        self._lock = threading.Lock()
        self._openings: tuple[Opening, ...] = ()
        self._is_gone = self._is_ending = False
        self._calls: dict[int, SimpleQueue[object]] = {}
        self._number = 0
        self._watchers: list[Callable[[], None]] = []
        self._ready = threading.Event()
        self._link = connect(self._take_in, self._take_end)
        self._ready.set()
        self._link.send(protocol.hello())
        self.configure(policy)

    def status(self) -> CourierStatus:
        """The process and what its gateway is open for, as it reported itself."""
        with self._lock:
            if self._is_gone:
                return CourierStatus()
            return CourierStatus(pid=self._link.pid, openings=self._openings)

    def on_change(self, call: Callable[[], None]) -> Callable[[], None]:
        """Call it after each change of the status, on the reader thread; returns its removal."""
        with self._lock:
            self._watchers.append(call)
        return lambda: self._forget(call)

    def configure(self, policy: Policy) -> None:
        """What the person has set now."""
        self._link.send(protocol.policy(policy))

    def stream(
        self, verb: Verb[A, P, R], arguments: A, cancel: CancelToken
    ) -> Generator[P | R, None, None]:
        """The items of one call and, last, its result; see `app.network.base.Courier`."""
        with contextlib.closing(self._call(verb, arguments, cancel)) as reports:
            for report in reports:
                yield cast("P | R", report.value)

    def run(
        self,
        verb: Verb[A, P, R],
        arguments: A,
        cancel: CancelToken,
        tell: Callable[[P], None] = lambda _item: None,
    ) -> R:
        """The result of one call; its items go to `tell`."""
        with contextlib.closing(self._call(verb, arguments, cancel)) as reports:
            for report in reports:
                if isinstance(report, Done):
                    return cast("R", report.value)
                tell(cast("P", report.value))
        raise AssertionError("a call ends with its result or an error")

    def open_link(self, url: str, *, allowed_by: str) -> None:
        """Show an https address in the person's browser."""
        self.run(OPEN_LINK, OpenLink(url=url, allowed_by=allowed_by), CancelToken())

    def open_folder(self, path: str) -> None:
        """Show a folder in the person's file manager."""
        self.run(OPEN_FOLDER, OpenFolder(path=path), CancelToken())

    def end(self) -> None:
        """End the courier for good, and wait until its process is gone."""
        with self._lock:
            self._is_ending = True
        self._link.stop(_LEAVE_S)

    def _call(
        self, verb: Verb[Any, Any, Any], arguments: object, cancel: CancelToken
    ) -> Generator[Item | Done, None, None]:
        """The reports of one call with their values decoded; the last one is `Done`."""
        if cancel.is_cancelled:
            raise stopped()
        reports: SimpleQueue[object] = SimpleQueue()
        number = self._register(reports)
        is_over = False
        forget = cancel.on_cancel(lambda: reports.put(_STOP))
        try:
            self._link.send(protocol.call(number, verb.name, verb.arguments.encode(arguments)))
            for report in self._reports(reports, number):
                if isinstance(report, Item):
                    yield Item(number, _decoded(verb.item.decode, report.value))
                else:
                    is_over = True
                    yield Done(number, _decoded(verb.result.decode, report.value))
        except AppError as error:
            is_over = error.code is not ErrorCode.CANCELLED
            raise
        finally:
            forget()
            with self._lock:
                self._calls.pop(number, None)
            if not is_over:
                self._link.send(protocol.cancel(number))

    def _register(self, reports: SimpleQueue[object]) -> int:
        with self._lock:
            if self._is_ending or self._is_gone:
                raise _gone(on_purpose=self._is_ending)
            self._number += 1
            self._calls[self._number] = reports
            return self._number

    def _reports(self, reports: SimpleQueue[object], number: int) -> Iterator[Item | Done]:
        """What comes in for a call, up to its result; raises `AppError` for any other end."""
        deadline: float | None = None
        while True:
            left = None if deadline is None else max(0.0, deadline - time.monotonic())
            try:
                report = reports.get(timeout=left)
            except Empty:  # it waits for the network where nothing can wake it
                raise stopped() from None
            match report:
                case Item():
                    yield report
                case Done():
                    yield report
                    return
                case Failed(_, error):
                    raise error
                case ChildEnd():
                    raise _gone(on_purpose=self._is_ending)
                case _:
                    self._link.send(protocol.cancel(number))
                    deadline = time.monotonic() + _CANCEL_S

    def _take_in(self, frame: Plain) -> None:
        report = protocol.report_from(frame)
        match report:
            case Hello(version):
                if version != protocol.VERSION:
                    raise ProtocolError("the courier speaks another version")
            case Openings(serial, openings):
                with self._lock:
                    self._openings = openings
                self._tell_watchers()
                self._ready.wait()
                self._link.send(protocol.seen(serial))
            case Item(number) | Done(number) | Failed(number):
                with self._lock:
                    reports = self._calls.get(number)
                if reports is not None:
                    reports.put(report)

    def _take_end(self, end: ChildEnd) -> None:
        with self._lock:
            self._is_gone = True
            self._openings = ()
            waiting = list(self._calls.values())
        for reports in waiting:
            reports.put(end)
        self._tell_watchers()

    def _tell_watchers(self) -> None:
        with self._lock:
            watchers = list(self._watchers)
        for call in watchers:
            try:
                call()
            except Exception:  # a view that is gone must not silence the courier's reports
                log.exception("a watcher of the courier failed")

    def _forget(self, call: Callable[[], None]) -> None:
        with self._lock, contextlib.suppress(ValueError):
            self._watchers.remove(call)


_STOP = object()


def _gone(*, on_purpose: bool) -> AppError:
    what = (
        "Tacit is sealed: nothing of it can reach the network any more."
        if on_purpose
        else "The part of Tacit that may use the network has ended unexpectedly."
    )
    return AppError(what, "Restart Tacit to allow connections again.", code=ErrorCode.SEALED)


def _decoded(decode: Callable[[object], Any], value: object) -> Any:
    try:
        return decode(value)
    except ProtocolError:
        raise AppError(
            "The part of Tacit that may use the network sent something unknown.",
            "Close Tacit and start it again.",
        ) from None
