"""Searches while the person types: only the last wish counts, and pages follow on demand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QObject, QTimer, Signal

from app.core.errors import AppError
from app.core.tasks import Tasks
from app.store.filters import Filters
from app.store.history import History
from app.store.search import SearchHit, SearchPage
from app.store.values import Conversation
from app.store.worker import HistoryWorker
from app.ui.side.filter_panel import NOTHING, Chosen

PAGE = 50
# A little longer than between two keys of somebody who types fast.
_PAUSE_MS = 60
_AGAIN_MS = 1_000


class SearchController(QObject):
    """Holds no widget.

    Signals:
        found(object list of SearchHit, bool has_more, bool is_complete): what is wanted now.
        more_found(object list of SearchHit, bool has_more): what follows it.
        failed(object AppError): the store could not do it.
    """

    found = Signal(object, bool, bool)
    more_found = Signal(object, bool)
    failed = Signal(object)

    def __init__(self, history: HistoryWorker, tasks: Tasks) -> None:
        super().__init__()
        self._history = history
        self._tasks = tasks
        self._typed = ""
        self._chosen = NOTHING
        self._count = 0
        self._round = 0
        self._is_running = False
        self._is_loading = False
        self._told: SearchPage | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._begin)

    def search(self, typed: str, chosen: Chosen = NOTHING) -> None:
        """Look for this, once the person pauses."""
        self._typed, self._chosen = typed, chosen
        self._round += 1
        self._told = None
        self._timer.start(_PAUSE_MS)

    def again(self) -> None:
        """Something was changed: look for the same."""
        if self._round:
            self.search(self._typed, self._chosen)

    def more(self) -> None:
        """Read the next page; nothing happens while one is being read."""
        if not self._is_loading:
            self._is_loading = True
            self._tasks.start("search on", self._more(self._round))

    def _begin(self) -> None:
        # One at a time: those who type fast would fill the history's queue.
        if not self._is_running:
            self._is_running = True
            self._tasks.start("search", self._search())

    async def _search(self) -> None:
        try:
            done = -1
            while done != self._round and not self._timer.isActive():
                done = self._round
                page = await self._page(0)
                if page is not None and done == self._round:
                    self._tell(page)
        finally:
            self._is_running = False

    def _tell(self, page: SearchPage) -> None:
        if page != self._told:
            self._told = page
            self._count = len(page.hits)
            self._is_loading = False
            self.found.emit(list(page.hits), page.has_more, page.is_complete)
        if not page.is_complete:
            # An import, for example, is being made findable: what comes of it is shown, too.
            self._timer.start(_AGAIN_MS)

    async def _more(self, round_: int) -> None:
        page = await self._page(self._count)
        if round_ != self._round:
            return
        self._is_loading = False
        if page is not None:
            self._count += PAGE
            self.more_found.emit(list(page.hits), page.has_more)

    async def _page(self, offset: int) -> SearchPage | None:
        filters = self._chosen.filters(datetime.now().astimezone())
        try:
            return await self._history.run(_job(self._typed, filters, offset))
        except AppError as error:
            self.failed.emit(error)
            return None


def _job(typed: str, filters: Filters, offset: int) -> Callable[[History], SearchPage]:
    if typed:
        return lambda store: store.search(typed, filters, limit=PAGE, offset=offset, is_typing=True)

    def listed(store: History) -> SearchPage:
        found = store.conversations(PAGE + 1, offset, filters=filters)
        return SearchPage(tuple(map(_as_hit, found[:PAGE])), has_more=len(found) > PAGE)

    return listed


def _as_hit(conversation: Conversation) -> SearchHit:
    return SearchHit(
        conversation_id=conversation.id,
        title=conversation.title,
        folder_id=conversation.folder_id,
        message_id=None,
        role=None,
        at=conversation.updated_at,
        snippet=conversation.title,
        marks=(),
    )
