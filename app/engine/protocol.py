"""The frames between the engine client and its host, built and taken apart in one place.

The host says hello first, then the client. The client sends `generate` and `cancel`; closing
the pipe asks the host to end. The host sends `loaded` and `events`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.core.events import Event
from app.engine import jobs
from app.engine.jobs import GenerateJob, LoadedModel
from app.process.plain import Plain, ProtocolError

VERSION = 1
"""Rises with every change of a frame's shape."""


@dataclass(frozen=True, slots=True)
class Hello:
    """The first frame in either direction."""

    version: int


@dataclass(frozen=True, slots=True)
class Generate:
    """Answer `job`; `number` rises with each job of a host."""

    number: int
    job: GenerateJob


@dataclass(frozen=True, slots=True)
class Cancel:
    """The jobs up to `number` are no longer wanted."""

    number: int


@dataclass(frozen=True, slots=True)
class Loaded:
    """A model is in memory."""

    model: LoadedModel


@dataclass(frozen=True, slots=True)
class Events:
    """The next events of a job, in order."""

    number: int
    events: tuple[Event, ...]


def hello() -> Plain:
    """The first frame, from both sides."""
    return {"is": "hello", "version": VERSION}


def generate(number: int, job: GenerateJob) -> Plain:
    """From the client: answer `job`."""
    return {"is": "generate", "number": number, "job": jobs.to_plain(job)}


def cancel(number: int) -> Plain:
    """From the client: stop the jobs up to `number`."""
    return {"is": "cancel", "number": number}


def loaded(model: LoadedModel) -> Plain:
    """From the host: a model is in memory."""
    return {"is": "loaded", "model": jobs.loaded_to_plain(model)}


def events(number: int, plain_events: Sequence[Plain]) -> Plain:
    """From the host: events that `jobs.event_to_plain` made."""
    return {"is": "events", "number": number, "events": list(plain_events)}


def command_from(frame: Plain) -> Hello | Generate | Cancel:
    """What the client asks; raises `ProtocolError` for anything else."""
    match frame:
        case {"is": "hello", "version": int(version)}:
            return Hello(version)
        case {"is": "generate", "number": int(number), "job": job}:
            return Generate(number, jobs.from_plain(job))
        case {"is": "cancel", "number": int(number)}:
            return Cancel(number)
    raise ProtocolError("an unknown command")


def report_from(frame: Plain) -> Hello | Loaded | Events:
    """What the host says; raises `ProtocolError` for anything else."""
    match frame:
        case {"is": "hello", "version": int(version)}:
            return Hello(version)
        case {"is": "loaded", "model": model}:
            return Loaded(jobs.loaded_from_plain(model))
        case {"is": "events", "number": int(number), "events": list(items)}:
            return Events(number, tuple(jobs.event_from_plain(item) for item in items))
    raise ProtocolError("an unknown report")
