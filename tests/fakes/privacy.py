"""A courier, a journal and a proof that do what a test tells them."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from app.core.egress import CourierStatus, JournalCheck, JournalRecord, Opening, Purpose
from app.core.errors import AppError
from app.core.privacy import SealPart, SealReport
from app.core.proof import (
    Attempt,
    DescriptorCount,
    OutsideCheck,
    ProcessProof,
    Proof,
    QuietVariable,
    ThreadFact,
)

HOLDS = SealReport(
    (
        SealPart("no network sockets", holds=True),
        SealPart("no socket from before", holds=True),
    )
)
FAILED = SealReport(
    (SealPart("no network sockets", holds=False, detail="no network sockets: not permitted"),)
)
UNTRIED = SealReport()
CLOUD = Opening(purpose=Purpose.CLOUD_ANSWER, host="api.example.org", label="Example Cloud")
DOWNLOAD = Opening(purpose=Purpose.STARTER_MODEL, host="files.pythonhosted.org")


class FakeCourier:
    """Keeps the order that a real one keeps: says what it will open, opens, shuts, says so.

    `truth` is what is really open; `watch` is called whenever that has just changed.
    """

    def __init__(self, pid: int | None = 4242) -> None:
        self.truth = CourierStatus(pid=pid)
        self._said = self.truth
        self._callbacks: list[Callable[..., None]] = []
        self.watch: Callable[[CourierStatus], None] = lambda _truth: None
        self.opened: list[str] = []
        self.problem: AppError | None = None
        self.never_ends = False
        self.may_end = threading.Event()
        self.may_end.set()

    def status(self) -> CourierStatus:
        return self._said

    def on_change(self, callback: Callable[..., None]) -> Callable[[], None]:
        self._callbacks.append(callback)
        return lambda: self._callbacks.remove(callback)

    def end(self) -> None:
        assert self.may_end.wait(30)
        if self.problem is not None:
            raise self.problem
        if not self.never_ends:
            self.become(CourierStatus())

    def open_link(self, url: str, *, allowed_by: str) -> None:
        if self.problem is not None:
            raise self.problem
        assert allowed_by
        self.opened.append(url)

    def become(self, truth: CourierStatus) -> None:
        """Another status: what lets more out is said before, what lets less out after."""
        lets_more = len(truth.openings) > len(self.truth.openings) or self.truth.pid is None
        if lets_more or set(truth.openings) - set(self.truth.openings):
            both = tuple(dict.fromkeys((*truth.openings, *self.truth.openings)))
            self._say(CourierStatus(pid=truth.pid, openings=both))
        self.truth = truth
        self.watch(truth)
        self._say(truth)

    def _say(self, status: CourierStatus) -> None:
        if status != self._said:
            self._said = status
            for callback in list(self._callbacks):
                callback()

    @property
    def listeners(self) -> int:
        return len(self._callbacks)


@dataclass(frozen=True)
class MonthTotal:
    month: str
    purpose: Purpose
    connections: int
    sent_bytes: int
    received_bytes: int


@dataclass
class FakeJournal:
    """Records in memory; counts how often and on which thread it was asked."""

    kept: list[JournalRecord] = field(default_factory=list)
    found: JournalCheck | None = None
    problem: AppError | None = None
    asked: list[tuple[Purpose | None, str]] = field(default_factory=list)
    read: int = 0
    threads: set[str] = field(default_factory=set)
    may_read: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.may_read.set()

    def records(
        self, *, purpose: Purpose | None = None, month: str = ""
    ) -> Iterator[JournalRecord]:
        self.asked.append((purpose, month))
        for record in reversed(self.kept):
            assert self.may_read.wait(30)
            self._enter()
            self.read += 1
            if purpose in (None, record.purpose) and record.began.startswith(month):
                yield record

    def totals(self) -> Sequence[MonthTotal]:
        self._enter()
        counts: Counter[tuple[str, Purpose]] = Counter()
        sent: Counter[tuple[str, Purpose]] = Counter()
        received: Counter[tuple[str, Purpose]] = Counter()
        for record in self.kept:
            key = (record.began[:7], record.purpose)
            counts[key] += 1
            sent[key] += record.sent_bytes
            received[key] += record.received_bytes
        return [MonthTotal(*key, counts[key], sent[key], received[key]) for key in counts]

    def check(self) -> JournalCheck:
        self._enter()
        return self.found or JournalCheck(records=len(self.kept), head="ab12cd34" * 8)

    def export(self, file: Path) -> None:
        self._enter()
        file.write_text("".join(json.dumps(asdict(r)) + "\n" for r in self.kept))

    def _enter(self) -> None:
        self.threads.add(threading.current_thread().name)
        if self.problem is not None:
            raise self.problem


def record(
    number: int, began: str = "2026-11-12T14:03:00+00:00", **changed: object
) -> JournalRecord:
    values: dict[str, object] = {
        "number": number,
        "began": began,
        "seconds": 12.5,
        "purpose": Purpose.STARTER_MODEL,
        "host": "files.pythonhosted.org",
        "port": 443,
        "address": "192.0.2.7",
        "peer": "files.pythonhosted.org",
        "sent_bytes": 3_400,
        "received_bytes": 93_000_000,
        "conversation": "",
        "allowed_by": "you",
        "outcome": "done",
    }
    return JournalRecord(**(values | changed))  # type: ignore[arg-type]


def attempt(name: str, by: str = "Python", *, holds: bool = True) -> Attempt:
    said = "EACCES" if holds else "connected"
    part = "no network sockets"
    return Attempt(name=name, by=by, part=part, expected="EACCES", said=said, holds=holds)


def proof(*, holds: bool = True) -> Proof:
    """Five attempts in two processes; without `holds` one of them was not refused."""
    thread = ThreadFact(tid=100, name="tacit", seccomp=2, filters=1, no_new_privileges=True)
    window = ProcessProof(
        role="the window",
        pid=100,
        seal=HOLDS,
        attempts=(
            attempt("connecting by TCP over IPv4"),
            attempt("looking up a name (DNS)", holds=holds),
            attempt("a network socket", "a child process"),
        ),
        threads=(thread,),
        descriptors=(DescriptorCount(kind="local sockets", count=3),),
        quiet=(QuietVariable(name="ORT_DISABLE_TELEMETRY", is_set=True),),
        memory_is_private=True,
    )
    host = ProcessProof(
        role="the process that runs the model",
        pid=101,
        seal=HOLDS,
        model="small-model",
        attempts=(attempt("writing a file"), attempt("running a program")),
        memory_is_private=True,
    )
    return Proof(
        made="2026-11-25T10:00:00+00:00",
        version="0.1",
        system="Linux 6.1 x86_64",
        processes=(window, host),
        notes=("It was tried without a model in memory.",),
        checks=(
            OutsideCheck(command="grep Seccomp: /proc/100/task/*/status", shows="Ends in 2."),
            OutsideCheck(command="ss -tuanp | grep pid=100", shows="Nothing."),
        ),
    )


class FakeProof:
    """An async callable that answers when it is let."""

    def __init__(self, report: Proof | AppError) -> None:
        self.report = report
        self.runs = 0
        self.gate: Callable[[], object] | None = None

    async def __call__(self) -> Proof:
        self.runs += 1
        if self.gate is not None:
            await self.gate()  # type: ignore[misc]
        if isinstance(self.report, AppError):
            raise self.report
        return self.report
