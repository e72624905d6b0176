"""The proof that nothing leaves: what was tried inside the running processes, and what came of it.

Plain values, so that the command line and the window show the same. A proof holds only where
everything in it does; `failures` names what does not, with the part of the seal it belongs to.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from app.core.privacy import SealReport

FILTERED = 2
"""What the kernel calls a thread under a seccomp filter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """Something that the seal has to refuse, tried by the process itself.

    `name` says in plain words what was tried, `by` who tried it. `part` is the part of the
    seal that refuses it. `said` is the answer: an error's name, or what was let through.
    """

    name: str
    by: str
    part: str
    expected: str
    said: str
    holds: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadFact:
    """One thread: `seccomp` is the kernel's mode (2: filtered), `filters` how many there are."""

    tid: int
    name: str
    seccomp: int
    filters: int
    no_new_privileges: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DescriptorCount:
    """How many open descriptors of a kind there are; `is_network` for sockets that reach out."""

    kind: str
    count: int
    is_network: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietVariable:
    """A variable that silences a library, and whether native code of the process sees it."""

    name: str
    is_set: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Something that does not hold: the part of the seal, and a clause that says what."""

    part: str
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessProof:
    """One process. `role` says what it is for, `model` which model is in its memory ("": none).

    `memory_is_private`: no core dump can hold it.
    """

    role: str
    pid: int
    seal: SealReport
    model: str = ""
    attempts: tuple[Attempt, ...] = ()
    threads: tuple[ThreadFact, ...] = ()
    descriptors: tuple[DescriptorCount, ...] = ()
    quiet: tuple[QuietVariable, ...] = ()
    memory_is_private: bool = False

    @property
    def failures(self) -> tuple[Failure, ...]:
        """Everything that does not hold of this process."""
        return tuple(self._failures())

    def _failures(self) -> Iterator[Failure]:
        yield from self._of_seal()
        for attempt in self.attempts:
            if not attempt.holds:
                what = f"{attempt.name} ({attempt.by}): {attempt.said}"
                yield Failure(part=attempt.part, what=what)
        yield from self._observed()

    def _of_seal(self) -> Iterator[Failure]:
        for part in self.seal.parts:
            if not part.holds:
                yield Failure(part=part.name, what=part.detail or "it was not put in force")
        if not self.seal.parts:
            yield Failure(part="the seal", what=self.seal.reason)

    def _observed(self) -> Iterator[Failure]:
        for thread in self.threads:
            if thread.seccomp != FILTERED:
                yield Failure(part="threads", what=f"thread {thread.name} is not filtered")
            if not thread.no_new_privileges:
                yield Failure(part="threads", what=f"thread {thread.name} may gain privileges")
        for kind in self.descriptors:
            if kind.is_network:
                yield Failure(part="no socket from before", what=f"{kind.kind} is open")
        if not self.memory_is_private:
            yield Failure(part="private memory", what="a core dump could hold conversations")
        for variable in self.quiet:
            if not variable.is_set:
                yield Failure(part="quiet libraries", what=f"{variable.name} is not set")


@dataclass(frozen=True, slots=True, kw_only=True)
class TelemetryFile:
    """A file in which the runtime collects usage data: `written` is UTC in ISO 8601,
    `is_ours` whether that was since this program started."""

    path: str
    written: str
    is_ours: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OutsideCheck:
    """A command by which anybody sees the same from outside, and what it shows."""

    command: str
    shows: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """All of it. `made` is UTC in ISO 8601; `notes` are sentences on what could not be tried."""

    made: str
    version: str
    system: str
    processes: tuple[ProcessProof, ...]
    telemetry: tuple[TelemetryFile, ...] = ()
    notes: tuple[str, ...] = ()
    checks: tuple[OutsideCheck, ...] = field(default=())

    @property
    def failures(self) -> tuple[Failure, ...]:
        """Everything that does not hold, each with the process it was found in."""
        found = [
            Failure(part=failure.part, what=f"{process.role}: {failure.what}")
            for process in self.processes
            for failure in process.failures
        ]
        found += [
            Failure(
                part="quiet libraries",
                what=f"{file.path} was written since Tacit started, by it or by another program",
            )
            for file in self.telemetry
            if file.is_ours
        ]
        return tuple(found)

    @property
    def holds(self) -> bool:
        """Whether everything was refused that has to be, in every process."""
        return bool(self.processes) and not self.failures

    @property
    def sentence(self) -> str:
        """The result in one sentence."""
        if self.holds:
            tried = sum(len(process.attempts) for process in self.processes)
            count = len(self.processes)
            where = "one process" if count == 1 else f"{count} processes"
            return f"Proved: all {tried} attempts to get out of {where} were refused."
        if not self.failures:
            return "Not proved: no process could be asked."
        first = self.failures[0]
        return f"Not proved: “{first.part}” does not hold ({first.what})."
