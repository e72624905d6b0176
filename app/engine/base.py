"""What every engine is, real or scripted: blocking, for one worker thread."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from app.core.events import Event
from app.core.handoff import CancelToken
from app.core.proof import ProcessProof
from app.core.status import EngineStatus
from app.engine.jobs import GenerateJob


class Engine(Protocol):
    """Runs models on this machine, one answer at a time."""

    def generate(self, job: GenerateJob, cancel: CancelToken) -> Iterator[Event]:
        """The events of one answer, loading the model first where that is needed.

        Failures are `Failed` events. A cancelled token ends the stream with `Cancelled`
        within 300 ms, whatever the model does. Closing the iterator early stops the answer.
        """

    def prove(self, model_folder: str, device: str, private: Sequence[str]) -> ProcessProof:
        """Have the process that runs the model try what its seal has to refuse.

        The model is in its memory where the last answer came from it, otherwise none is.
        `private` are files of the person that it may not read. Raises `AppError`.
        """

    def unload(self) -> None:
        """Give the model's memory back; the next answer loads it again."""

    def status(self) -> EngineStatus:
        """What the engine does now; cheap, and callable from any thread."""

    def close(self) -> None:
        """End whatever runs; the engine may not be used afterwards."""
