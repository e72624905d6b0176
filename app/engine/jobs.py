"""What the engine's two processes say to each other: the job, the loaded model, the events."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from app.core import events
from app.core.events import Event
from app.core.messages import GenerationParameters, Message
from app.process import plain
from app.process.plain import ProtocolError

INSTEAD = "The answer comes from the processor: "
"""How the note of a model begins that is not on the device that was asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerateJob:
    """One question for a model on this machine.

    `model_folder` is absolute; `model_id` is what the person knows the model by. `device` is
    the wanted one: "auto", "cpu", "cuda", "dml" or that of a plugin. `context_limit` caps the
    context in tokens below the model's own. `force_load` loads a model although an earlier load
    of it ended the engine. `threads` of the processor compute, 0 for the usual number.
    """

    model_folder: str
    model_id: str
    device: str
    messages: tuple[Message, ...]
    parameters: GenerationParameters
    context_limit: int | None = None
    force_load: bool = False
    threads: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedModel:
    """A model that is in memory now.

    `device` is the one in use ("cpu", "cuda", "dml"), `device_note` says in a sentence why it
    is not the wanted one ("" where it is). `context_limit` is in tokens, `load_s` in seconds,
    `rss_bytes` the resident size of the engine's process after loading.
    """

    model_id: str
    folder: str
    device: str
    device_note: str
    context_limit: int
    load_s: float
    rss_bytes: int


_EVENTS: dict[str, type[Any]] = {
    kind.__name__: kind
    for kind in (
        events.Loading,
        events.Started,
        events.Notice,
        events.Progress,
        events.TextDelta,
        events.ReasoningDelta,
        events.Usage,
        events.Done,
        events.Cancelled,
        events.Failed,
    )
}


def to_plain(job: GenerateJob) -> plain.Plain:
    """The job as plain JSON values."""
    return _fields(job)


def from_plain(value: object) -> GenerateJob:
    """The job that `to_plain` was given; raises `ProtocolError` for anything else."""
    return plain.from_plain(GenerateJob, value)


def loaded_to_plain(model: LoadedModel) -> plain.Plain:
    """The loaded model as plain JSON values."""
    return _fields(model)


def loaded_from_plain(value: object) -> LoadedModel:
    """The model that `loaded_to_plain` was given; raises `ProtocolError` for anything else."""
    return plain.from_plain(LoadedModel, value)


def event_to_plain(event: Event) -> plain.Plain:
    """The event as plain JSON values, its type under "event"."""
    return {"event": type(event).__name__, **_fields(event)}


def event_from_plain(value: object) -> Event:
    """The event that `event_to_plain` was given; raises `ProtocolError` for anything else."""
    if not isinstance(value, dict):
        raise ProtocolError("an event is no dictionary")
    parts = dict(value)
    kind = _EVENTS.get(str(parts.pop("event", "")))
    if kind is None:
        raise ProtocolError("an event of an unknown type")
    event: Event = plain.from_plain(kind, parts)
    return event


def _fields(value: object) -> plain.Plain:
    result: plain.Plain = plain.to_plain(value)
    return result
