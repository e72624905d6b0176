"""The window's downloads: one after the other on a thread, each stoppable, none forgotten."""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto

from app.core.cancel import CancelToken
from app.core.errors import AppError, ErrorCode
from app.models.downloads.ledger import Ledger
from app.models.downloads.values import DownloadStatus, Plan, Progress, State
from app.models.downloads.work import PASSING, SEALED, Downloader, outcome

log = logging.getLogger(__name__)

_TELL_S = 0.2
_JOIN_S = 10.0


class _Wish(Enum):
    """Why a running download is stopped."""

    PAUSE = auto()
    DELETE = auto()
    LEAVE = auto()


@dataclass(slots=True)
class _Item:
    """A download of this queue; guarded by the queue's lock."""

    plan: Plan
    state: State
    problem: AppError | None = None
    progress: Progress = field(default_factory=lambda: Progress(files=()))
    cancel: CancelToken | None = None
    wish: _Wish = _Wish.LEAVE

    def status(self) -> DownloadStatus:
        return DownloadStatus(
            plan=self.plan, state=self.state, progress=self.progress, problem=self.problem
        )


class DownloadQueue:
    """Does what is queued once it is started; goes on where an ended program stopped.

    `status` and `on_change` are cheap; the other methods write a small file or wait, so a
    window calls them on a worker thread. All may be called from any thread.
    """

    def __init__(self, downloader: Downloader, ledger: Ledger) -> None:
        self._downloader = downloader
        self._ledger = ledger
        self._items: dict[str, _Item] = {}
        self._changed = threading.Condition()
        self._watchers: list[Callable[[], None]] = []
        self._told_at = 0.0
        self._thread: threading.Thread | None = None
        self._is_closed = False

    def start(self) -> None:
        """Read what is remembered, and go on with what was queued or running. Blocking, short."""
        remembered = [(e, self._downloader.arrived(e.plan)) for e in self._ledger.entries()]
        with self._changed:
            for entry, arrived in remembered:
                if entry.plan.id not in self._items:
                    self._items[entry.plan.id] = _Item(
                        entry.plan, entry.state, entry.problem, arrived
                    )
            if self._thread is None and not self._is_closed:
                self._thread = threading.Thread(target=self._run, name="downloads", daemon=True)
                self._thread.start()
        self._tell()

    def status(self) -> tuple[DownloadStatus, ...]:
        """All downloads in their order: what waits, runs, pauses, failed, and was done since
        the program started."""
        with self._changed:
            return tuple(item.status() for item in self._items.values())

    def on_change(self, call: Callable[[], None]) -> Callable[[], None]:
        """Have `call` called after changes, at most five times a second while bytes arrive.

        It is called on a worker thread and may neither block nor raise. Returns its removal.
        """
        with self._changed:
            self._watchers.append(call)
        return lambda: self._forget(call)

    def add(self, plan: Plan) -> str:
        """Queue a download; returns its id. Raises `AppError`, `SEALED` without a courier.

        One from the same place that was not finished is gone on with instead.
        """
        if self._downloader.courier is None:
            raise SEALED
        with self._changed:
            same = [item for item in self._items.values() if _is_same(item, plan)]
        if same:
            self.resume(same[0].plan.id)
            return same[0].plan.id
        arrived = self._downloader.arrived(plan)
        self._ledger.put(plan, State.QUEUED)
        with self._changed:
            self._items[plan.id] = _Item(plan, State.QUEUED, progress=arrived)
            self._changed.notify_all()
        self._tell()
        return plan.id

    def pause(self, download_id: str) -> None:
        """Stop it until the person resumes it; what has arrived is kept."""
        with self._changed:
            item = self._items.get(download_id)
            if item is None or item.state not in {State.QUEUED, State.RUNNING}:
                return
            if item.cancel is not None:
                item.wish = _Wish.PAUSE
                item.cancel.cancel()
                return  # the thread notes how it ended
            item.state = State.PAUSED
        self._remember(item)
        self._tell()

    def resume(self, download_id: str) -> None:
        """Go on with one that pauses or failed."""
        with self._changed:
            item = self._items.get(download_id)
            if item is None or item.state not in {State.PAUSED, State.FAILED}:
                return
            item.state, item.problem = State.QUEUED, None
        self._remember(item)
        with self._changed:
            self._changed.notify_all()
        self._tell()

    def cancel(self, download_id: str, *, keep: bool = False) -> None:
        """Forget it; what has arrived is deleted, or kept for a later download with `keep`.

        Waits until it has stopped. Raises `AppError` where its files could not be deleted.
        """
        with self._changed:
            item = self._items.get(download_id)
            if item is None:
                return
            item.wish = _Wish.DELETE
            if item.cancel is not None:
                item.cancel.cancel()
            self._changed.wait_for(lambda: item.cancel is None, _JOIN_S)
            del self._items[download_id]
        self._ledger.drop(download_id)
        self._tell()
        if not keep and item.state is not State.DONE:
            self._downloader.discard(item.plan)

    def close(self) -> None:
        """Stop what runs, which goes on at the next start, and end the thread. Blocking."""
        with self._changed:
            self._is_closed = True
            for item in self._items.values():
                if item.cancel is not None:
                    item.cancel.cancel()
            self._changed.notify_all()
            thread = self._thread
        if thread is not None:
            thread.join(_JOIN_S)

    def _run(self) -> None:
        while (item := self._next()) is not None:
            self._tell()
            self._do(item)
            self._tell()

    def _next(self) -> _Item | None:
        """Wait for one to do, and mark it as running; None at the end."""
        with self._changed:
            while not self._is_closed:
                for item in self._items.values():
                    if item.state is State.QUEUED:
                        item.state, item.problem = State.RUNNING, None
                        item.cancel, item.wish = CancelToken(), _Wish.LEAVE
                        return item
                self._changed.wait()
        return None

    def _do(self, item: _Item) -> None:
        cancel = item.cancel
        assert cancel is not None, "it was marked as running"

        def tell(progress: Progress) -> None:
            with self._changed:
                item.progress = progress
            self._tell(seldom=True)

        state, problem = State.DONE, None
        try:
            self._downloader.run(item.plan, tell, cancel)
        except AppError as error:
            state, problem = outcome(error)
        except Exception:
            log.exception("a download failed")
            state, problem = State.FAILED, _FAULT
        self._end(item, state, problem)

    def _end(self, item: _Item, state: State, problem: AppError | None) -> None:
        with self._changed:
            wish, item.cancel = item.wish, None
            was_stopped = problem is not None and problem.code is ErrorCode.CANCELLED
            if was_stopped:
                problem = None
                # One that is to be deleted must not be begun once more before it is forgotten.
                state = State.QUEUED if wish is _Wish.LEAVE else State.PAUSED
            item.state, item.problem = state, problem
            self._changed.notify_all()
        if wish is _Wish.DELETE:
            return
        # What neither the person nor the hub decided stays queued for the next start.
        if problem is None or problem.code not in PASSING:
            self._remember(item)

    def _remember(self, item: _Item) -> None:
        # What cannot be written now is only not remembered: what has arrived still is there.
        with contextlib.suppress(AppError):
            if item.state is State.DONE:
                self._ledger.drop(item.plan.id)
            else:
                self._ledger.put(item.plan, item.state, item.problem)

    def _tell(self, *, seldom: bool = False) -> None:
        now = time.monotonic()
        with self._changed:
            if seldom and now - self._told_at < _TELL_S:
                return
            self._told_at = now
            watchers = list(self._watchers)
        for call in watchers:
            try:
                call()
            except Exception:  # a view that is gone must not stop a download
                log.exception("a watcher of the downloads failed")

    def _forget(self, call: Callable[[], None]) -> None:
        with self._changed, contextlib.suppress(ValueError):
            self._watchers.remove(call)


_FAULT = AppError(
    "The download ended because of a fault in Tacit.",
    "Try again: what has arrived is kept. If it stays so, report it.",
)


def _is_same(item: _Item, plan: Plan) -> bool:
    def place(one: Plan) -> tuple[str, ...]:
        return one.kind, one.repository.casefold(), one.folder, one.commit

    return item.state is not State.DONE and place(item.plan) == place(plan)
