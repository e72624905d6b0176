"""The frames between the engine client and its host, built and taken apart in one place.

The client says hello first, with what the host needs to know to seal itself; the sealed host
answers with a greeting. The client sends `generate` and `cancel`; closing the pipe asks the host
to end. The host sends `loaded` and `events`. On `prove` it tries what its seal has to refuse, in
between two jobs, and sends the `proof`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.core.events import Event
from app.core.privacy import SealReport
from app.core.proof import ProcessProof
from app.engine import jobs
from app.engine.jobs import GenerateJob, LoadedModel
from app.process import plain
from app.process.plain import Plain, ProtocolError

VERSION = 3
"""Rises with every change of a frame's shape."""


@dataclass(frozen=True, slots=True)
class Hello:
    """The first frame: the host serves the model in this folder on this device and no other."""

    version: int
    model_folder: str
    device: str


@dataclass(frozen=True, slots=True)
class Greeting:
    """The host's first frame: its version, and how far it could seal itself."""

    version: int
    seal: SealReport


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
class Prove:
    """Try what the seal has to refuse; `private` are files that the host may not read."""

    private: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Proved:
    """What came of the attempts."""

    proof: ProcessProof


@dataclass(frozen=True, slots=True)
class Loaded:
    """A model is in memory."""

    model: LoadedModel


@dataclass(frozen=True, slots=True)
class Events:
    """The next events of a job, in order."""

    number: int
    events: tuple[Event, ...]


def hello(model_folder: str, device: str) -> Plain:
    """From the client, first: the one model folder and the wanted device of this host."""
    return {"is": "hello", "version": VERSION, "model_folder": model_folder, "device": device}


def greeting(seal: SealReport) -> Plain:
    """From the host, first: it is sealed as far as `seal` says, and waits for jobs."""
    return {"is": "greeting", "version": VERSION, "seal": plain.to_plain(seal)}


def generate(number: int, job: GenerateJob) -> Plain:
    """From the client: answer `job`."""
    return {"is": "generate", "number": number, "job": jobs.to_plain(job)}


def cancel(number: int) -> Plain:
    """From the client: stop the jobs up to `number`."""
    return {"is": "cancel", "number": number}


def prove(private: Sequence[str]) -> Plain:
    """From the client: try what the seal has to refuse."""
    return {"is": "prove", "private": list(private)}


def proved(proof: ProcessProof) -> Plain:
    """From the host: what came of the attempts."""
    return {"is": "proved", "proof": plain.to_plain(proof)}


def loaded(model: LoadedModel) -> Plain:
    """From the host: a model is in memory."""
    return {"is": "loaded", "model": jobs.loaded_to_plain(model)}


def events(number: int, plain_events: Sequence[Plain]) -> Plain:
    """From the host: events that `jobs.event_to_plain` made."""
    return {"is": "events", "number": number, "events": list(plain_events)}


def command_from(frame: Plain) -> Hello | Generate | Cancel | Prove:
    """What the client asks; raises `ProtocolError` for anything else."""
    match frame:
        case {"is": "hello", "version": int(version)} if version != VERSION:
            return Hello(version, "", "")  # the rest may have any shape
        case {
            "is": "hello",
            "version": int(version),
            "model_folder": str(folder),
            "device": str(device),
        }:
            return Hello(version, folder, device)
        case {"is": "generate", "number": int(number), "job": job}:
            return Generate(number, jobs.from_plain(job))
        case {"is": "cancel", "number": int(number)}:
            return Cancel(number)
        case {"is": "prove", "private": list(paths)} if all(isinstance(p, str) for p in paths):
            return Prove(tuple(paths))
    raise ProtocolError("an unknown command")


def report_from(frame: Plain) -> Greeting | Loaded | Events | Proved:
    """What the host says; raises `ProtocolError` for anything else."""
    match frame:
        case {"is": "hello" | "greeting", "version": int(version)} if version != VERSION:
            return Greeting(version, SealReport())  # version 1 said hello
        case {"is": "greeting", "version": int(version), "seal": seal}:
            return Greeting(version, plain.from_plain(SealReport, seal))
        case {"is": "loaded", "model": model}:
            return Loaded(jobs.loaded_from_plain(model))
        case {"is": "events", "number": int(number), "events": list(items)}:
            return Events(number, tuple(jobs.event_from_plain(item) for item in items))
        case {"is": "proved", "proof": proof}:
            return Proved(plain.from_plain(ProcessProof, proof))
    raise ProtocolError("an unknown report")
