"""Two models answer one question: at the same time where the memory holds both.

Apart from `bootstrap`, because only the page that compares and its command need it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import dataclass

from app.bootstrap import Services, turn_options
from app.core.cancel import CancelToken
from app.core.errors import AppError, ErrorCode
from app.core.events import Event
from app.core.handoff import Worker
from app.core.messages import ChatRequest, GenerationParameters, Message, Role
from app.core.tasks import Tasks
from app.engine.base import Engine
from app.engine.client import EngineClient
from app.local_models import local_provider
from app.models import page
from app.models.fit import USUAL_CONTEXT, gigabytes
from app.models.library import InstalledModel
from app.models.machine import examine
from app.providers.local import LocalProvider

_RESERVE_BYTES = 500_000_000
_CLOSING_S = 10.0

SideEvent = tuple[int, Event]
"""0 for the first model, 1 for the second, and what happened there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrangement:
    """Whether both answer at the same time, and a sentence that says why."""

    together: bool
    sentence: str


class Comparison:
    """One question to two models. `events` may be used once.

    `one_by_one` has them answer one after the other even where both fit, so that neither
    slows the other down. `system` are other instructions than the settings' (None), `parameters`
    others than theirs. `engine` makes the second engine, which runs beside the usual one.
    """

    def __init__(
        self,
        services: Services,
        models: tuple[str, str],
        question: str,
        *,
        system: str | None = None,
        one_by_one: bool = False,
        parameters: GenerationParameters | None = None,
        engine: Callable[[], Engine] | None = None,
    ) -> None:
        self._services = services
        self._ids = models
        self._options = options = turn_options(services.settings)
        system = options.system_prompt if system is None else system
        said = [Message(Role.SYSTEM, system)] if system.strip() else []
        self._messages = (*said, Message(Role.USER, question))
        self._parameters = parameters or options.parameters
        self._one_by_one = one_by_one
        self._engine = engine or self._second_engine

    async def arrange(self) -> Arrangement:
        """How they are going to answer; raises `AppError` for models that cannot."""
        if self._ids[0] == self._ids[1]:
            raise AppError(
                "Both are the same model.", "Choose two different ones.", code=ErrorCode.USAGE
            )
        return await self._services.engine_worker.call(self._arrange)

    async def events(
        self, arrangement: Arrangement, cancel: CancelToken
    ) -> AsyncGenerator[SideEvent, None]:
        """What happens on both sides until each has ended; a failure ends one side only."""
        local = self._services.local
        if not arrangement.together:
            for side in (0, 1):
                async for event in self._ask(local, side, cancel):
                    yield side, event
            return
        worker = Worker("second-engine")
        services = self._services
        second = local_provider(self._engine(), worker, services.models, services.settings)
        try:
            # The model that is in memory already answers there.
            loaded = services.engine_status().model_id == self._ids[1]
            providers = (second, local) if loaded else (local, second)
            async with aclosing(self._both(providers, cancel)) as events:
                async for item in events:
                    yield item
        finally:
            await second.close()
            worker.close(_CLOSING_S)

    async def _both(
        self, providers: tuple[LocalProvider, LocalProvider], cancel: CancelToken
    ) -> AsyncGenerator[SideEvent, None]:
        arrived: asyncio.Queue[SideEvent | None] = asyncio.Queue()

        async def ask(side: int) -> None:
            try:
                async for event in self._ask(providers[side], side, cancel):
                    arrived.put_nowait((side, event))
            finally:
                arrived.put_nowait(None)

        tasks = Tasks(lambda _error: None)  # a provider's failures are events
        try:
            for side in (0, 1):
                tasks.start(f"compare {side}", ask(side))
            running = 2
            while running:
                if (item := await arrived.get()) is None:
                    running -= 1
                else:
                    yield item
        finally:
            await tasks.close()

    async def _ask(
        self, provider: LocalProvider, side: int, cancel: CancelToken
    ) -> AsyncIterator[Event]:
        model_id = self._ids[side]
        provider.allow_load(model_id)  # it was asked for by name
        request = ChatRequest(
            messages=self._messages,
            model=model_id,
            parameters=self._parameters,
            context_limit=self._options.context_limit,
        )
        async for event in provider.stream(request, cancel):
            yield event

    def _arrange(self) -> Arrangement:
        """Runs on the worker thread: reads small files, and asks the system for its memory."""
        services = self._services
        models = [services.library.get(model_id) for model_id in self._ids]
        if self._one_by_one:
            return Arrangement(
                together=False,
                sentence="They answer one after the other, so that neither slows the other down.",
            )
        status = services.engine_status()
        needs = [0 if model.id == status.model_id else self._need(model) for model in models]
        free = examine(services.library.main).memory_available
        if status.model_id not in self._ids:
            free += status.rss_bytes  # what is in memory makes room
        return decide(sum(needs), free)

    def _need(self, model: InstalledModel) -> int:
        """Bytes that the model takes with the context that it is going to have."""
        placed = self._services.models.shelf.records.placement(model.id)
        need = page.read(model.folder, placed.device or "cpu").need
        if need is None:
            return model.size_bytes
        wanted = placed.limit(self._options.context_limit) or USUAL_CONTEXT
        return need.memory_for(min(need.context, wanted))

    def _second_engine(self) -> Engine:
        paths = self._services.paths
        # A folder of its own: each engine marks there what it loads.
        return EngineClient(run_dir=None if paths.keeps_nothing else paths.run / "second")


def decide(need: int, free: int) -> Arrangement:
    """Whether `need` more bytes go into `free` ones, a reserve aside; 0 free is unknown."""
    if free and need + _RESERVE_BYTES > free:
        return Arrangement(
            together=False,
            sentence=(
                f"They answer one after the other: together they need {gigabytes(need)} of "
                f"memory, and {gigabytes(free)} are free."
            ),
        )
    return Arrangement(
        together=True,
        sentence=(
            f"They answer at the same time and share the processor, so each is slower than "
            f"alone. Both fit into memory: {gigabytes(need)} more are needed, "
            f"{gigabytes(free)} are free."
        ),
    )
