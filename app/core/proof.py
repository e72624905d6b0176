"""What a proof of the seal found: attempts to get out, what the kernel answered, and facts."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """Something that a sealed process must not be able to do, and was asked to do.

    `name` says it in plain words, `expected` what a sealed process is answered, `said` what
    the kernel answered now; `held` is whether that is a refusal.
    """

    name: str
    expected: str
    said: str
    held: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessProof:
    """What was tried inside one running process, and what the kernel says about it.

    `facts` are pairs of a name and a value. A process in which nothing was tried proves
    nothing.
    """

    name: str
    pid: int | None = None
    attempts: tuple[Attempt, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()

    @property
    def holds(self) -> bool:
        """Whether something was tried, and all of it was refused."""
        return bool(self.attempts) and all(attempt.held for attempt in self.attempts)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofReport:
    """A whole proof. `made` is UTC in ISO 8601; `commands` let a sceptic check it from outside."""

    made: str = ""
    processes: tuple[ProcessProof, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    commands: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether every process was examined and held."""
        return bool(self.processes) and all(process.holds for process in self.processes)

    @property
    def attempts(self) -> tuple[Attempt, ...]:
        """Those of all processes."""
        return tuple(attempt for process in self.processes for attempt in process.attempts)

    @property
    def summary(self) -> str:
        """The result in one sentence."""
        tried = len(self.attempts)
        broken = sum(not attempt.held for attempt in self.attempts)
        if not tried:
            return "Nothing was tried, so nothing is proven."
        if broken:
            return f"The proof fails: {broken} of {tried} attempts were not refused."
        if not self.holds:
            return "The proof fails: in one of the processes nothing was tried."
        return f"The proof holds: all {tried} attempts were refused."

    def as_text(self) -> str:
        """The report for a person, as lines of plain text."""
        lines = ["Tacit: proof of the seal", *([self.made] if self.made else []), self.summary]
        for process in self.processes:
            lines += ["", f"{process.name}{_pid(process.pid)}"]
            lines += [_line(attempt) for attempt in process.attempts]
            lines += [f"  {name}: {value}" for name, value in process.facts]
        if self.facts:
            lines += ["", "Facts", *(f"  {name}: {value}" for name, value in self.facts)]
        if self.commands:
            lines += ["", "To check it from outside", *(f"  {line}" for line in self.commands)]
        return "\n".join(lines) + "\n"

    def as_plain(self) -> dict[str, Any]:
        """The report as plain values, for JSON."""
        return {
            "holds": self.holds,
            "summary": self.summary,
            "made": self.made,
            "processes": [
                {**asdict(process), "facts": dict(process.facts), "holds": process.holds}
                for process in self.processes
            ],
            "facts": dict(self.facts),
            "commands": list(self.commands),
        }


def _line(attempt: Attempt) -> str:
    word = "held" if attempt.held else f"NOT HELD, expected: {attempt.expected}"
    return f"  [{word}] {attempt.name}: {attempt.said}"


def _pid(pid: int | None) -> str:
    return f" (process {pid})" if pid is not None else ""
