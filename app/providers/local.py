"""The models on this machine as a provider: the engine's blocking side made async."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Sequence
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from app.core.errors import AppError
from app.core.events import Cancelled, Event, Failed, Started, Terminal
from app.core.handoff import CancelToken, Worker
from app.core.messages import ChatRequest
from app.core.proof import ProcessProof
from app.core.status import EngineStatus
from app.core.tasks import Tasks
from app.engine.base import Engine
from app.engine.jobs import GenerateJob
from app.models.placement import Placement
from app.providers.turns import Turns

_log = logging.getLogger(__name__)


class Model(Protocol):
    """What has to be known of an installed model to run it."""

    @property
    def id(self) -> str:
        """What the person and the engine know it by."""

    @property
    def folder(self) -> Path:
        """Where its files lie."""


class LocalProvider:
    """Answers requests on this machine, one at a time; the others wait in the order they came.

    `library` finds an installed model by its id, the default one for "", and raises
    `AppError`; `check` raises it for a model whose files are not what they should be. Both
    may read the disk and are called on the worker before every answer, and so is
    `fingerprint`, which gives the SHA-256 of a model's folder as its manifest has it ("" where
    there is none), to be kept with the answer. `worker` belongs to the engine alone. `device`
    gives the wanted device, `placement` what a person decided for one model by its id,
    `idle_unload_s` the seconds without a question after which the model's memory is given back
    (0: never). All methods belong to one event loop.
    """

    name = "onnx"
    is_local = True

    def __init__(
        self,
        engine: Engine,
        *,
        library: Callable[[str], Model],
        check: Callable[[Model, CancelToken], object] | None = None,
        fingerprint: Callable[[Path], str] | None = None,
        worker: Worker,
        device: Callable[[], str],
        placement: Callable[[str], Placement] = lambda _model_id: Placement(),
        idle_unload_s: Callable[[], float],
    ) -> None:
        self._engine = engine
        self._library = library
        self._check = check
        self._fingerprint = fingerprint
        self._worker = worker
        self._device = device
        self._placement = placement
        self._idle_unload_s = idle_unload_s
        self._turns = Turns()
        self._tasks = Tasks(_report_fault)
        self._active: set[CancelToken] = set()
        self._idle_timer: asyncio.TimerHandle | None = None
        self._allowed: set[str] = set()
        self._is_closed = False

    def stream(self, request: ChatRequest, cancel: CancelToken) -> AsyncIterator[Event]:
        """See `app.providers.base.Provider`."""
        return self.stream_on(None, request, cancel)

    async def stream_on(
        self, placement: Placement | None, request: ChatRequest, cancel: CancelToken
    ) -> AsyncIterator[Event]:
        """`stream`, with the model placed otherwise than was decided for it (None: as decided)."""
        self._stop_idle_timer()
        self._active.add(cancel)
        try:
            if not await self._turns.enter(cancel):
                yield Cancelled()
                return
            try:
                async with aclosing(self._run(placement, request, cancel)) as events:
                    async for event in events:
                        yield event
            finally:
                self._turns.leave()
        finally:
            self._active.discard(cancel)
            self._start_idle_timer()

    def allow_load(self, model: str) -> None:
        """Load this model at the next request, although an earlier load of it went wrong."""
        self._allowed.add(model)

    def status(self) -> EngineStatus:
        """What the engine does now; cheap."""
        return self._engine.status()

    async def prove(
        self, private: Sequence[Path], *, folder: Path, load: ChatRequest | None = None
    ) -> ProcessProof:
        """Have the process of the model try what its seal has to refuse; raises `AppError`.

        `private` are files that it may not read. With `load` the model of that request is
        brought into memory first, by answering it unseen. Without a model to load or in
        memory, a process for the models below `folder` is asked.
        """
        self._stop_idle_timer()
        await self._turns.enter(CancelToken())
        try:
            return await self._worker.call(lambda: self._prove(private, folder, load))
        finally:
            self._turns.leave()
            self._start_idle_timer()

    async def unload(self) -> None:
        """Give the model's memory back, after the answers that are under way."""
        await self._unload(lambda: True)

    async def close(self) -> None:
        """Stop what runs and end the engine; the worker stays with its owner."""
        self._is_closed = True
        self._stop_idle_timer()
        for cancel in list(self._active):
            cancel.cancel()
        await self._tasks.close()
        await self._worker.call(self._engine.close)

    async def _run(
        self, placement: Placement | None, request: ChatRequest, cancel: CancelToken
    ) -> AsyncGenerator[Event, None]:
        """The engine's events; whatever is raised below becomes the terminal event."""
        over = False
        try:
            blocking = self._worker.iterate(
                lambda token: self._generate(request, token, placement), cancel
            )
            async with aclosing(blocking) as events:
                async for event in events:
                    over = isinstance(event, Terminal)
                    yield event
        except AppError as error:
            if not over:
                yield _failure(error, cancel)
        except Exception as error:  # noqa: BLE001  (a fault must not end the program)
            _report_fault(error)
            if not over:
                yield _failure(_FAULT, cancel)

    def _prove(
        self, private: Sequence[Path], folder: Path, load: ChatRequest | None
    ) -> ProcessProof:
        """Runs on the worker thread."""
        if load is not None:
            for event in self._generate(load, CancelToken()):
                if isinstance(event, Failed):
                    raise event.error
        status, device = self._engine.status(), self._device()
        if status.model_id:
            folder = self._library(status.model_id).folder
            device = self._placement(status.model_id).device or device
        return self._engine.prove(str(folder), device, [str(path) for path in private])

    def _generate(
        self, request: ChatRequest, cancel: CancelToken, placement: Placement | None = None
    ) -> Iterator[Event]:
        """Runs on the worker thread."""
        model = self._library(request.model)
        if self._check is not None:
            self._check(model, cancel)
        placed = self._placement(model.id) if placement is None else placement
        job = GenerateJob(
            model_folder=str(model.folder),
            model_id=model.id,
            device=request.device or placed.device or self._device(),
            messages=request.messages,
            parameters=request.parameters,
            context_limit=placed.limit(request.context_limit),
            force_load=model.id in self._allowed,
            threads=placed.threads,
        )
        self._allowed.discard(model.id)
        model_hash = self._fingerprint(model.folder) if self._fingerprint is not None else ""
        for event in self._engine.generate(job, cancel):
            if isinstance(event, Started):
                event = replace(event, model_hash=model_hash)  # noqa: PLW2901
            yield event

    def _start_idle_timer(self) -> None:
        self._stop_idle_timer()
        delay_s = self._idle_unload_s()
        if delay_s > 0 and not self._active and not self._is_closed:
            loop = asyncio.get_running_loop()
            self._idle_timer = loop.call_later(delay_s, self._unload_idle)

    def _stop_idle_timer(self) -> None:
        if self._idle_timer is not None:
            self._idle_timer.cancel()
            self._idle_timer = None

    def _unload_idle(self) -> None:
        self._tasks.start("idle-unload", self._unload(lambda: not self._active))

    async def _unload(self, still_wanted: Callable[[], bool]) -> None:
        await self._turns.enter(CancelToken())
        try:
            if still_wanted():
                await self._worker.call(self._engine.unload)
        finally:
            self._turns.leave()


_FAULT = AppError(
    "The answer could not be given because of a fault in Tacit.", "Send the message again."
)


def _failure(error: AppError, cancel: CancelToken) -> Event:
    return Cancelled() if cancel.is_cancelled else Failed(error)


def _report_fault(error: BaseException) -> None:
    # The kind only: the text of an exception may hold words of the conversation.
    _log.error("the local provider met a fault: %s", type(error).__name__)
