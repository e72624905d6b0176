"""Finding models for the window: the catalogue and the hub are asked on workers, and stoppable."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol, TypeVar

from PySide6.QtCore import QObject, Signal

from app.core.cancel import CancelToken
from app.core.errors import AppError, ErrorCode
from app.core.handoff import Worker
from app.core.tasks import Tasks
from app.models.downloads.values import DownloadStatus, Kind, Plan, State
from app.models.library import InstalledModel
from app.models.listing import Address, FoundRepository
from app.models.offers import Key, KnownModel, Offer, OfferedRepository
from app.ui.discover.values import Asked, Looked, OfferState, Search
from app.ui.downloads.controller import DownloadsController
from app.ui.models_controller import ModelsController

_CLOSING_S = 5.0

T = TypeVar("T")


class Offers(Protocol):
    """What there is to download; everything but `host` and `address` blocks, and raises
    `AppError`."""

    def host(self) -> str:
        """Which server is asked."""

    def address(self, text: str, /) -> Address:
        """The repository that a text names; raises `AppError`."""

    def known(self) -> tuple[KnownModel, ...]:
        """The catalogue."""

    def search(self, query: str, cancel: CancelToken, /) -> tuple[FoundRepository, ...]:
        """Repositories of the hub."""

    def look(self, where: Address, cancel: CancelToken, /) -> OfferedRepository:
        """The variants in a repository."""

    def plan(self, offer: Offer, cancel: CancelToken, /) -> Plan:
        """What is to be downloaded."""


class DiscoverController(QObject):
    """Holds no widget.

    Signals:
        known_changed: `known` was read, or `known_problem` says why not.
        search_changed: `search` is another one now.
        offers_changed: what `state_of` says of some offer.
    """

    known_changed = Signal()
    search_changed = Signal()
    offers_changed = Signal()

    def __init__(
        self,
        offers: Offers,
        downloads: DownloadsController,
        models: ModelsController,
        tasks: Tasks,
    ) -> None:
        super().__init__()
        self._offers = offers
        self._downloads = downloads
        self._models = models
        self._tasks = tasks
        # A hub that is slow to answer keeps nobody from reading the catalogue.
        self._local = Worker("catalogue")
        self._hub = Worker("hub")
        self._asked: dict[Key, Asked] = {}
        self._cancels: dict[object, CancelToken] = {}
        self.known: tuple[KnownModel, ...] = ()
        self.known_problem: AppError | None = None
        self.search = Search()
        downloads.changed.connect(self.offers_changed)
        models.changed.connect(self.offers_changed)

    @property
    def host(self) -> str:
        """Which server is asked, as a person knows it."""
        return self._offers.host()

    def state_of(self, offer: Offer) -> OfferState:
        """What is under way with `offer`, or came of it."""
        return OfferState(
            asked=self._asked.get(offer.key, Asked()),
            download=_download_of(offer.key, self._downloads.statuses),
            installed=installed(offer.key, self._models.usable),
        )

    def model_of(self, status: DownloadStatus) -> str:
        """The id of the model that a finished download became."""
        plan = status.plan
        found = installed((plan.repository.casefold(), plan.folder), self._models.found)
        is_new = found is not None and found.commit == plan.commit
        return found.id if found is not None and is_new else plan.model_id

    def refresh(self) -> None:
        """Read the catalogue, and what this computer has free now."""
        self._tasks.start("read the catalogue", self._read_known())

    def start_search(self, text: str) -> None:
        """Search the hub for a part of a name, or look at the repository that `text` names."""
        self.stop_search()
        words = " ".join(text.split())
        if "/" not in words:
            self._set(Search(query=words, asked=Asked(is_busy=bool(words))))
            if words:
                self._tasks.start("search the hub", self._search(words, self._token("search")))
            return
        try:
            where = self._offers.address(words)
        except AppError as error:
            self._set(Search(query=words, is_address=True, asked=Asked(problem=error)))
            return
        self._set(Search(query=words, is_address=True))
        self.look(where)

    def stop_search(self) -> None:
        """Wait for no answer of the hub any more, and show none."""
        for name in [name for name in self._cancels if isinstance(name, str)]:
            self._cancels.pop(name).cancel()
        self._set(Search())

    def look(self, where: Address) -> None:
        """Ask which variants a repository has."""
        self._look_at(Looked(where=where, asked=Asked(is_busy=True)))
        name = f"look at {where.repository}"
        self._tasks.start(name, self._look(where, self._token(name)))

    def close_look(self, where: Address) -> None:
        """Show the variants of a repository no more."""
        if self.search.is_address:
            self.stop_search()
            return
        if (cancel := self._cancels.pop(f"look at {where.repository}", None)) is not None:
            cancel.cancel()
        looked = {k: v for k, v in self.search.looked.items() if k != where.repository}
        self._set(replace(self.search, looked=looked))

    def download(self, offer: Offer) -> None:
        """Have it listed, and downloaded where nothing stands against that."""
        if not self._asked.get(offer.key, Asked()).is_busy:
            self._say(offer.key, Asked(is_busy=True))
            self._tasks.start("plan a download", self._download(offer, self._token(offer.key)))

    def stop(self, offer: Offer) -> None:
        """Wait no longer for the hub to list it."""
        if (cancel := self._cancels.get(offer.key)) is not None:
            cancel.cancel()

    async def close(self) -> None:
        """Stop asking, and end the workers."""
        for cancel in self._cancels.values():
            cancel.cancel()
        for worker in (self._local, self._hub):
            # Its last job may wait for a keyring's dialog: the window does not wait with it.
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(worker.call(lambda: None), _CLOSING_S)
            worker.close(0)

    async def _read_known(self) -> None:
        offers = self._offers
        try:
            self.known = await self._local.call(offers.known)
            self.known_problem = None
        except AppError as error:
            self.known_problem = error
        self.known_changed.emit()

    async def _search(self, words: str, cancel: CancelToken) -> None:
        offers = self._offers
        found, problem = await self._ask(lambda: offers.search(words, cancel))
        if not cancel.is_cancelled:
            self._set(replace(self.search, asked=Asked(problem=problem), found=found or ()))

    async def _look(self, where: Address, cancel: CancelToken) -> None:
        offers = self._offers
        offered, problem = await self._ask(lambda: offers.look(where, cancel))
        if not cancel.is_cancelled:
            self._look_at(Looked(where=where, asked=Asked(problem=problem), offered=offered))

    async def _download(self, offer: Offer, cancel: CancelToken) -> None:
        offers = self._offers
        plan, problem = await self._ask(lambda: offers.plan(offer, cancel))
        if plan is not None:
            try:
                await self._downloads.add(plan)
            except AppError as error:
                problem = error
        self._cancels.pop(offer.key, None)
        self._say(offer.key, Asked(problem=problem))

    async def _ask(self, question: Callable[[], T]) -> tuple[T | None, AppError | None]:
        """The hub's answer, or why there is none; neither where the person stopped it."""
        try:
            return await self._hub.call(question), None
        except AppError as error:
            return None, None if error.code is ErrorCode.CANCELLED else error

    def _token(self, name: object) -> CancelToken:
        if (before := self._cancels.get(name)) is not None:
            before.cancel()
        cancel = self._cancels[name] = CancelToken()
        return cancel

    def _say(self, key: Key, asked: Asked) -> None:
        self._asked[key] = asked
        self.offers_changed.emit()

    def _look_at(self, looked: Looked) -> None:
        repository = looked.where.repository
        self._set(replace(self.search, looked={**self.search.looked, repository: looked}))

    def _set(self, search: Search) -> None:
        if search != self.search:
            self.search = search
            self.search_changed.emit()


def installed(key: Key, models: Sequence[InstalledModel]) -> InstalledModel | None:
    """The model on this computer that came from there."""
    for model in models:
        if model.repository and (model.repository.casefold(), model.variant) == key:
            return model
    return None


def _download_of(key: Key, statuses: Sequence[DownloadStatus]) -> DownloadStatus | None:
    for status in statuses:
        plan = status.plan
        is_meant = (plan.repository.casefold(), plan.folder) == key and plan.kind is Kind.INSTALL
        if is_meant and status.state is not State.DONE:
            return status
    return None
