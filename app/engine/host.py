"""The engine host: the process in which a model runs, started by `app.engine.client`.

It hears which model it is for and seals itself before anything else exists in it. The main
thread then reads commands, a worker thread runs the model, so that a wish to stop is heard
between two steps of the model. The process ends at once when its input ends.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import SimpleQueue
from typing import BinaryIO, Protocol

from app.core.errors import AppError, ErrorCode
from app.core.events import Event, Failed, ReasoningDelta, Terminal, TextDelta, Usage
from app.core.privacy import SealReport
from app.core.proof import ProcessProof
from app.engine import jobs, protocol
from app.engine.jobs import GenerateJob, LoadedModel
from app.engine.protocol import Cancel, Generate, Hello, Prove
from app.engine.prover import HostProver
from app.process import environment, frames, lifetime
from app.process.frames import FrameWriter
from app.process.plain import Plain, ProtocolError
from app.process.seal.seal import seal_host
from app.process.streams import claim_standard_streams

BATCH_S = 0.033
"""Deltas that come closer together than this travel in one frame."""

_EXIT_PROTOCOL = 3


class Session(Protocol):
    """What runs a model; `app.engine.generation.ModelSession` is the real one."""

    def run(self, job: GenerateJob, stop: Callable[[], bool]) -> Iterator[Event]:
        """The events of one answer, ending early once `stop()` is true."""


MakeSession = Callable[[Callable[[LoadedModel], None]], Session]


def sealed(hello: Hello) -> SealReport:
    """Seal this process for the model that `hello` names."""
    return seal_host(Path(hello.model_folder), graphics=hello.device != "cpu")


def main(
    make_session: MakeSession | None = None, seal: Callable[[Hello], SealReport] = sealed
) -> int:
    """Serve the client at the other end of the standard streams until it hangs up.

    The arguments are for tests.
    """
    environment.apply()
    lifetime.begin()
    commands, reports = claim_standard_streams()
    try:
        hello = read_hello(commands)
        if hello is not None:
            writer = FrameWriter(reports)
            prover = HostProver(seal(hello), Path(hello.model_folder))
            Host(commands, writer, make_session or _model_session, prover).serve()
    except ProtocolError:
        end(_EXIT_PROTOCOL)
    end(0)
    return 0


def end(code: int) -> None:
    """End the process now, whatever its other threads do in native code."""
    os._exit(code)


def read_hello(commands: BinaryIO) -> Hello | None:
    """What the client says first, None where it hung up; raises `ProtocolError` for nonsense."""
    frame = frames.read(commands)
    if frame is None:
        return None
    hello = protocol.command_from(frame)
    if not isinstance(hello, Hello) or hello.version != protocol.VERSION:
        raise ProtocolError("the client speaks another version")
    return hello


class Host:
    """Reads commands, has them done one after the other, and reports."""

    def __init__(
        self,
        commands: BinaryIO,
        reports: FrameWriter,
        make_session: MakeSession,
        prover: HostProver,
    ) -> None:
        self._commands = commands
        self._reports = reports
        self._make_session = make_session
        self._prover = prover
        self._work: SimpleQueue[Generate | Prove | None] = SimpleQueue()
        self._cancelled = 0

    def serve(self) -> None:
        """Obey until the client closes the pipe; raises `ProtocolError` for nonsense."""
        self._reports.write(protocol.greeting(self._prover.seal))
        threading.Thread(target=self._generate, name="generation", daemon=True).start()
        try:
            while (frame := frames.read(self._commands)) is not None:
                self._obey(protocol.command_from(frame))
        finally:
            self._cancelled = sys.maxsize
            self._work.put(None)

    def _obey(self, command: Hello | Generate | Cancel | Prove) -> None:
        match command:
            case Hello():
                raise ProtocolError("the client said hello twice")
            case Prove(private):
                self._prover.try_on_older_thread(private)
                self._work.put(command)
            case Generate():
                self._work.put(command)
            case Cancel(number):
                self._cancelled = max(self._cancelled, number)

    def _generate(self) -> None:
        outbox = Outbox(self._reports)
        session = self._make_session(outbox.loaded)
        while (command := self._work.get()) is not None:
            if isinstance(command, Prove):
                outbox.proved(self._prover.prove(command.private, model=outbox.model_id))
            else:
                self._answer(session, outbox, command)

    def _answer(self, session: Session, outbox: Outbox, command: Generate) -> None:
        number = command.number
        outbox.begin(number)
        try:
            for event in session.run(command.job, lambda: self._cancelled >= number):
                outbox.add(event)
        except MemoryError:
            outbox.add(Failed(_OUT_OF_MEMORY))
        except Exception:  # noqa: BLE001  (its text could hold words of the conversation)
            outbox.add(Failed(_FAULT))
        else:
            outbox.add(Failed(_FAULT))  # dropped, unless the session forgot to end its answer


class Outbox:
    """Reports the events of one job after the other; deltas in batches, all else at once.

    The first delta of an answer goes at once as well. What follows the end of a job is
    dropped.
    """

    def __init__(
        self, reports: FrameWriter, clock: Callable[[], float] = time.perf_counter
    ) -> None:
        self._reports = reports
        self._clock = clock
        self._number = 0
        self._held: list[Plain] = []
        self._sent_at = -BATCH_S
        self._over = True
        self.model_id = ""

    def begin(self, number: int) -> None:
        """The events that follow belong to the job `number`."""
        self._number = number
        self._sent_at = -BATCH_S
        self._over = False

    def add(self, event: Event) -> None:
        """Report `event`, at the latest together with the next one."""
        if self._over:
            return
        self._held.append(jobs.event_to_plain(event))
        if isinstance(event, TextDelta | ReasoningDelta | Usage):
            if self._clock() - self._sent_at < BATCH_S:
                return
            self._flush()
            self._sent_at = self._clock()
            return
        self._over = isinstance(event, Terminal)
        self._flush()

    def loaded(self, model: LoadedModel) -> None:
        """Report a model that is in memory now."""
        self.model_id = model.model_id
        self._flush()
        self._write(protocol.loaded(model))

    def proved(self, proof: ProcessProof) -> None:
        """Report what came of the attempts to get out."""
        self._write(protocol.proved(proof))

    def _flush(self) -> None:
        if self._held:
            held, self._held = self._held, []
            self._write(protocol.events(self._number, held))

    def _write(self, frame: Plain) -> None:
        try:
            self._reports.write(frame)
        except OSError:
            end(0)  # nobody listens any more


_OUT_OF_MEMORY = AppError(
    "There was not enough memory for this answer.",
    "Close other programs, start a shorter conversation or choose a smaller model.",
    code=ErrorCode.OUT_OF_MEMORY,
)
_FAULT = AppError(
    "The model could not answer because of a fault in Tacit.",
    "Send the message again, or choose another model.",
)


def _model_session(on_loaded: Callable[[LoadedModel], None]) -> Session:
    from app.engine.bounds import HostBounds
    from app.engine.generation import ModelSession
    from app.engine.runtime import GenaiRuntime

    return ModelSession(on_loaded, runtime=GenaiRuntime(HostBounds()))
