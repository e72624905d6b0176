"""The proof of the engine host: attempts on its oldest thread and on the one with the model."""

from __future__ import annotations

from pathlib import Path

from app.core.privacy import SealReport
from app.core.proof import Attempt, ProcessProof

ROLE = "the process that runs the model"
_OLDER = "the main thread, older than the model"
_MODEL = "the thread that runs the model"


class HostProver:
    """Tries what the seal has to refuse. `model` is the folder that the host is sealed for.

    What is needed for that is imported when it is wanted: a host starts quickly.
    """

    def __init__(self, seal: SealReport, model: Path) -> None:
        self.seal = seal
        self._model = model
        self._tried: tuple[Attempt, ...] = ()

    def try_on_older_thread(self, private: tuple[str, ...]) -> None:
        """On the main thread, before `prove`: `private` are files that must be unreadable."""
        from app.process.proof import own

        self._tried = own.prove_host_thread(_OLDER, model=self._model, private=private)

    def prove(self, private: tuple[str, ...], *, model: str) -> ProcessProof:
        """On the thread that runs `model` ("" where none is in memory): all the rest."""
        from app.process.proof import own

        tried = own.prove_host_thread(_MODEL, model=self._model, private=private)
        return own.prove_host(self.seal, (*self._tried, *tried), role=ROLE, model=model)
