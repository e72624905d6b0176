"""The host's own side, in this process: commands in, reports out, in batches."""

from __future__ import annotations

import io
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

import pytest

from app.core.events import (
    Cancelled,
    Done,
    Event,
    Failed,
    FinishReason,
    Notice,
    Progress,
    ReasoningDelta,
    Started,
    TextDelta,
    Usage,
)
from app.core.privacy import SealPart, SealReport
from app.engine import host, jobs, protocol
from app.engine.fake import scripted_answer
from app.engine.host import Host, Outbox
from app.engine.jobs import GenerateJob, LoadedModel
from app.engine.protocol import Events, Greeting, Hello, Loaded, Proved
from app.engine.prover import HostProver
from app.process import frames
from app.process.frames import FrameWriter
from app.process.plain import Plain, ProtocolError
from tests.fakes.hosts import scripted_job
from tests.fakes.scripted_session import ScriptedSession

SEAL = SealReport((SealPart("nothing", holds=True),))
USAGE = next(event for event in scripted_answer("a") if isinstance(event, Usage))


class Recorder(FrameWriter):
    """Keeps the frames instead of writing them."""

    def __init__(self) -> None:
        self.frames: list[Plain] = []

    def write(self, frame: Plain) -> None:
        frames.encode(frame)
        self.frames.append(frame)

    @property
    def batches(self) -> list[list[Event]]:
        reports = [protocol.report_from(frame) for frame in self.frames]
        return [list(report.events) for report in reports if isinstance(report, Events)]


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def outbox(recorder: Recorder, clock: Clock) -> Outbox:
    outbox = Outbox(recorder, clock)
    outbox.begin(1)
    return outbox


def test_the_first_delta_goes_at_once(outbox: Outbox, recorder: Recorder) -> None:
    outbox.add(Progress(read=1, total=1))
    outbox.add(TextDelta("first"))
    assert recorder.batches == [[Progress(read=1, total=1)], [TextDelta("first")]]


def test_deltas_that_come_fast_travel_together(
    outbox: Outbox, recorder: Recorder, clock: Clock
) -> None:
    for number in range(7):
        outbox.add(TextDelta(str(number)))
        clock.now += 0.007
    assert [len(batch) for batch in recorder.batches] == [1, 5]


def test_slow_deltas_do_not_wait(outbox: Outbox, recorder: Recorder, clock: Clock) -> None:
    for number in range(3):
        outbox.add(ReasoningDelta(str(number)))
        clock.now += 0.05
    assert [len(batch) for batch in recorder.batches] == [1, 1, 1]


def test_everything_else_takes_the_held_deltas_with_it(outbox: Outbox, recorder: Recorder) -> None:
    sent: list[Event] = [
        TextDelta("a"),
        TextDelta("b"),
        Notice(sentence="One."),
        TextDelta("c"),
        USAGE,
        Done(FinishReason.STOP),
    ]
    for event in sent:
        outbox.add(event)
    assert recorder.batches == [sent[:1], sent[1:3], sent[3:]]


def test_nothing_follows_the_end_of_a_job(outbox: Outbox, recorder: Recorder) -> None:
    outbox.add(Cancelled())
    outbox.add(TextDelta("late"))
    outbox.add(Done(FinishReason.STOP))
    assert recorder.batches == [[Cancelled()]]


def test_a_loaded_model_is_reported_behind_what_came_before(
    outbox: Outbox, recorder: Recorder
) -> None:
    outbox.add(TextDelta("a"))
    outbox.add(TextDelta("b"))
    model = LoadedModel(
        model_id="m",
        folder="/m",
        device="cpu",
        device_note="",
        context_limit=1,
        load_s=0,
        rss_bytes=1,
    )
    outbox.loaded(model)
    assert recorder.batches == [[TextDelta("a")], [TextDelta("b")]]
    assert protocol.report_from(recorder.frames[-1]) == Loaded(model)


class Served:
    """A host that runs on threads of this process, at the other end of two pipes."""

    def __init__(self, make_session: host.MakeSession) -> None:
        commands, self._commands = pipe()
        self._reports, reports = pipe()
        self._streams = [commands, self._commands, self._reports, reports]
        self.error: Exception | None = None
        self.host = Host(commands, FrameWriter(reports), make_session, HostProver(SEAL, Path("/m")))
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def tell(self, frame: Plain) -> None:
        FrameWriter(self._commands).write(frame)

    def hear(self) -> object:
        frame = frames.read(self._reports)
        assert frame is not None
        return protocol.report_from(frame)

    def answer(self) -> list[Event]:
        events: list[Event] = []
        while not events or not isinstance(events[-1], Done | Failed | Cancelled):
            report = self.hear()
            if isinstance(report, Events):
                events.extend(report.events)
        return events

    def hang_up(self) -> None:
        if not self._commands.closed:
            self._commands.close()
        self._thread.join(20)
        assert not self._thread.is_alive()
        for thread in threading.enumerate():
            if thread.name == "generation":
                thread.join(20)
        for stream in self._streams:
            stream.close()

    def _serve(self) -> None:
        try:
            self.host.serve()
        except ProtocolError as error:
            self.error = error


def pipe() -> tuple[BinaryIO, BinaryIO]:
    read_end, write_end = os.pipe()
    return os.fdopen(read_end, "rb"), os.fdopen(write_end, "wb")


@pytest.fixture
def serve() -> Iterator[Callable[..., Served]]:
    served: list[Served] = []

    def make(make_session: host.MakeSession = ScriptedSession) -> Served:
        served.append(Served(make_session))
        return served[-1]

    yield make
    for each in served:
        each.hang_up()


def test_the_host_greets_and_answers_one_job_after_the_other(serve: Callable[..., Served]) -> None:
    served = serve()
    assert served.hear() == Greeting(protocol.VERSION, SEAL)
    served.tell(protocol.generate(1, scripted_job("one")))
    served.tell(protocol.generate(2, scripted_job("two")))
    first, second = served.answer(), served.answer()
    assert TextDelta("one") in first
    assert isinstance(second[0], Started)  # loaded already
    assert TextDelta("two") in second


def test_a_job_is_stopped_before_it_begins_and_while_it_runs(serve: Callable[..., Served]) -> None:
    served = serve()
    served.hear()
    served.tell(protocol.generate(1, scripted_job("forever")))
    while TextDelta("more ") not in getattr(served.hear(), "events", ()):
        pass
    served.tell(protocol.generate(2, scripted_job("forever")))
    served.tell(protocol.cancel(2))
    assert served.answer()[-1] == Cancelled()
    assert served.answer()[-1] == Cancelled()
    served.tell(protocol.generate(3, scripted_job("three")))
    assert isinstance(served.answer()[-1], Done)


def test_a_fault_of_the_session_is_a_sentence_without_its_words(
    serve: Callable[..., Served],
) -> None:
    served = serve()
    served.hear()
    served.tell(protocol.generate(1, scripted_job("raise")))
    failed = served.answer()[-1]
    assert isinstance(failed, Failed)
    assert "fault in Tacit" in failed.error.what
    assert "secret" not in str(failed.error)
    served.tell(protocol.generate(2, scripted_job("two")))
    assert isinstance(served.answer()[-1], Done)


def test_an_answer_without_an_end_is_given_one(serve: Callable[..., Served]) -> None:
    served = serve()
    served.hear()
    served.tell(protocol.generate(1, scripted_job("forget")))
    assert isinstance(served.answer()[-1], Failed)


def test_want_of_memory_is_said(serve: Callable[..., Served]) -> None:
    class Starved:
        def __init__(self, on_loaded: object) -> None: ...

        def run(self, job: GenerateJob, stop: Callable[[], bool]) -> Iterator[Event]:
            raise MemoryError

    served = serve(Starved)
    served.hear()
    served.tell(protocol.generate(1, scripted_job("one")))
    failed = served.answer()[-1]
    assert isinstance(failed, Failed)
    assert failed.error.code == "out-of-memory"


@pytest.mark.parametrize("frame", [{"is": "nonsense"}, protocol.hello("/again", "cpu")])
def test_a_client_that_speaks_otherwise_is_left(serve: Callable[..., Served], frame: Plain) -> None:
    served = serve()
    served.tell(frame)
    served._thread.join(20)
    assert isinstance(served.error, ProtocolError)


def test_job_and_event_codecs_are_those_of_the_client(recorder: Recorder) -> None:
    outbox = Outbox(recorder)
    outbox.begin(5)
    for event in scripted_answer("a b c"):
        outbox.add(event)
    assert [event for batch in recorder.batches for event in batch] == scripted_answer("a b c")
    assert all(frame["number"] == 5 for frame in recorder.frames)
    assert jobs.from_plain(jobs.to_plain(scripted_job("x"))) == scripted_job("x")


def test_the_first_frame_says_what_the_host_is_for() -> None:
    def first(*sent: Plain) -> Hello | None:
        return host.read_hello(io.BytesIO(b"".join(frames.encode(frame) for frame in sent)))

    assert first(protocol.hello("/m", "cpu")) == Hello(protocol.VERSION, "/m", "cpu")
    assert first() is None
    for other in (protocol.cancel(1), {"is": "hello", "version": protocol.VERSION + 1}):
        with pytest.raises(ProtocolError):
            first(other)


def test_a_proof_comes_between_two_jobs_and_says_which_model_is_there(
    serve: Callable[..., Served],
) -> None:
    served = serve()
    served.hear()
    served.tell(protocol.generate(1, scripted_job("one")))
    served.tell(protocol.prove([]))
    served.tell(protocol.generate(2, scripted_job("two")))
    assert isinstance(served.answer()[-1], Done)
    proved = served.hear()
    assert isinstance(proved, Proved)
    assert proved.proof.model == "scripted"
    assert SEAL.parts[0] in proved.proof.seal.parts
    assert proved.proof.pid == os.getpid()
    by = {attempt.by for attempt in proved.proof.attempts}
    assert {"the main thread, older than the model", "the thread that runs the model"} <= by
    assert isinstance(served.answer()[-1], Done)
