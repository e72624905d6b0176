"""The cloud for the window: what may be chosen, what has to be agreed, what was spent."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

from PySide6.QtCore import QObject, Signal

from app.chat.away import Away
from app.cloud import Cloud, Listed
from app.core.cloud import MonthCost, Preview, Service, reference, split_reference
from app.core.errors import AppError
from app.core.handoff import CancelToken, Worker
from app.core.tasks import Tasks
from app.store.worker import HistoryWorker
from app.ui.settings_bridge import SettingsBridge

T = TypeVar("T")
_GROUP = "cloud."


@dataclass(frozen=True, slots=True, kw_only=True)
class CloudChoice:
    """A model of a service that may answer in a conversation; `id` is what is kept of it."""

    id: str
    model: str
    service: Service


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What was spent; `here` is what the local answers of this month would have cost at the
    price of the model `compared` (None: not known)."""

    months: tuple[MonthCost, ...] = ()
    spent_usd: float = 0.0
    limit_usd: float = 0.0
    compared: str = ""
    here: float | None = None
    problem: AppError | None = None


class Asking(QObject):
    """One preview that waits for its answer.

    Signals:
        over: it has its answer, by the person or because the answer was stopped.
    """

    over = Signal()

    def __init__(self, preview: Preview, answered: Callable[[bool], None]) -> None:
        super().__init__()
        self.preview = preview
        self._answered = answered
        self._is_over = False

    def answer(self, *, agreed: bool) -> None:
        """Go on with it, or not; only the first answer counts."""
        if not self._is_over:
            self._is_over = True
            self._answered(agreed)
            self.over.emit()


class CloudController(QObject):
    """Holds no widget; what blocks runs on its own thread.

    Signals:
        changed: other services or models may be chosen now.
        asked(object Asking): the person has to see what would be sent.
        listed(str name, object Listed, object AppError or None): the list of a service.
        counted(object Spent): what was spent.
    """

    changed = Signal()
    asked = Signal(object)
    listed = Signal(str, object, object)
    counted = Signal(object)

    def __init__(
        self,
        cloud: Cloud,
        away: Away,
        history: HistoryWorker,
        settings: SettingsBridge,
        tasks: Tasks,
    ) -> None:
        super().__init__()
        self._cloud = cloud
        self._away = away
        self._history = history
        self._tasks = tasks
        self._worker = Worker("cloud")
        self._cancel = CancelToken()
        away.approve = self._approve
        settings.changed.connect(self._on_setting)

    def choices(self, current: str = "") -> tuple[CloudChoice, ...]:
        """What may be chosen now: the model of each service that is switched on, and the
        `current` one where it is another."""
        found = []
        for service in self._cloud.offered():
            named, model = split_reference(current)
            models = [service.model] if service.model else []
            if named == service.name and model not in models:
                models.append(model)
            found += [
                CloudChoice(id=reference(service.name, name), model=name, service=service)
                for name in models
            ]
        return tuple(found)

    def service_of(self, model_id: str) -> Service | None:
        """The service that a conversation's model belongs to, None for one of the library."""
        name, _ = split_reference(model_id)
        try:
            return self._cloud.service(name) if name else None
        except AppError:
            return None

    def name_of(self, model_id: str) -> str:
        """What a model of a service is called, "" for one of the library."""
        name, model = split_reference(model_id)
        return model if name else ""

    def list_of(self, name: str) -> Listed:
        """What a service listed last."""
        return self._cloud.models(name)

    def fetch(self, name: str) -> None:
        """Ask a service for its models, because the person wants to choose one."""
        self._tasks.start("list models", self._fetch(name))

    def count(self) -> None:
        """Add up what was spent."""
        self._tasks.start("count costs", self._count())

    async def close(self) -> None:
        """Agree to nothing more, and end the thread."""
        self._away.approve = None
        self._cancel.cancel()
        await self._worker.call(lambda: None)
        self._worker.close()

    async def _approve(self, preview: Preview, cancel: CancelToken) -> bool:
        """See `app.chat.away.Approve`; the window shows what `asked` brings."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[bool] = loop.create_future()

        def answered(agreed: bool) -> None:
            if not answer.done():
                answer.set_result(agreed)

        asking = Asking(preview, answered)

        def stop() -> None:
            loop.call_soon_threadsafe(lambda: asking.answer(agreed=False))

        forget = cancel.on_cancel(stop)
        try:
            if cancel.is_cancelled:
                return False
            self.asked.emit(asking)
            return await answer
        finally:
            forget()
            asking.answer(agreed=False)

    async def _fetch(self, name: str) -> None:
        cloud, cancel = self._cloud, self._cancel
        try:
            found = await self._worker.call(lambda: cloud.fetch_models(name, cancel))
        except AppError as error:
            self.listed.emit(name, cloud.models(name), error)
        else:
            self.listed.emit(name, found, None)

    async def _count(self) -> None:
        cloud = self._cloud
        try:
            months = await self._worker.call(cloud.months)
            spent = await self._worker.call(cloud.costs.spent)
            compared = await self._worker.call(cloud.comparison)
        except AppError as error:
            self.counted.emit(Spent(problem=error))
            return
        name, here = "", None
        if compared is not None:
            name, price = compared
            here = await self._would_have_cost(price.of)
        self.counted.emit(
            Spent(
                months=months,
                spent_usd=spent,
                limit_usd=cloud.limit_usd,
                compared=name,
                here=here,
            )
        )

    async def _would_have_cost(self, cost: Callable[[int, int], float]) -> float | None:
        now = datetime.now(UTC)
        begin = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0).timestamp()
        end = now.timestamp() + 1
        try:
            sums = await self._history.run(lambda history: history.answered_here(begin, end))
        except AppError:  # no history is open: the costs themselves are told all the same
            return None
        return cost(sums.prompt_tokens, sums.completion_tokens)

    def _on_setting(self, key: str, _value: object) -> None:
        if key.startswith(_GROUP):
            self.changed.emit()
