"""Looks for new versions when the person says so, or once a day where they set that."""

from __future__ import annotations

import asyncio
import contextlib
import time
from datetime import UTC, datetime, timedelta

from PySide6.QtCore import QObject, QTimer, Signal

from app.core.errors import AppError, ErrorCode
from app.core.handoff import CancelToken, Worker
from app.core.tasks import Tasks
from app.settings.update_table import CHECK, DAILY
from app.ui.settings_bridge import SettingsBridge
from app.updates.known import Known
from app.updates.looking import BY_PERSON, BY_SETTING, Found, Updates

_FIRST_MS = 60_000
_TICK_MS = 3_600_000
_DAY = timedelta(days=1)
_TRY_AGAIN_S = 6 * 3600.0
_CLOSING_S = 5.0


class UpdateController(QObject):
    """Holds no widget. Make it in the running loop; `read` fills in what a disk knows.

    Signals:
        changed: what is known, found or under way is another now.
        news(object Found): looking by itself found a newer version.
    """

    changed = Signal()
    news = Signal(object)

    def __init__(self, updates: Updates, settings: SettingsBridge, tasks: Tasks) -> None:
        super().__init__()
        self._updates = updates
        self._settings = settings
        self._tasks = tasks
        self._worker = Worker("updates")
        self._cancel: CancelToken | None = None
        self._tried: float | None = None
        self._is_closed = False
        self.host: str | None = None
        self.known: Known | None = None
        self.found: Found | None = None
        self.problem: AppError | None = None
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._on_tick)
        settings.changed.connect(self._on_setting)

    @property
    def obstacle(self) -> AppError | None:
        """Why nothing can be asked now; None where it can."""
        return self._updates.obstacle()

    @property
    def is_looking(self) -> bool:
        """Whether the server is being asked."""
        return self._cancel is not None

    def begin(self, first_ms: int = _FIRST_MS) -> None:
        """From now on look once a day where that is set; at the soonest in `first_ms`."""
        self._timer.start(first_ms)

    def read(self) -> None:
        """Find out where this build looks, and what it knows. `host` is "" where nowhere."""
        self._tasks.start("read what is known of versions", self._read())

    def look(self) -> None:
        """Ask now; ignored while that is under way."""
        if self._cancel is None:
            self._cancel = CancelToken()
            self._tasks.start("look for a new version", self._look(self._cancel, BY_PERSON))

    def stop(self) -> None:
        """Wait for no answer any more."""
        if self._cancel is not None:
            self._cancel.cancel()

    async def close(self) -> None:
        """Stop asking, and end the worker. Closing twice does nothing more."""
        self._is_closed = True
        self._timer.stop()
        self.stop()
        with contextlib.suppress(TimeoutError, RuntimeError):
            await asyncio.wait_for(self._worker.call(lambda: None), _CLOSING_S)
        self._worker.close(0)

    def _on_setting(self, key: str, _value: object) -> None:
        if key == CHECK and self._timer.isActive():
            self._consider()
        elif key == "privacy.level":
            self.changed.emit()

    def _on_tick(self) -> None:
        self._timer.setInterval(_TICK_MS)
        self._consider()

    def _consider(self) -> None:
        is_wanted = self._settings.text(CHECK) == DAILY
        if is_wanted and self._cancel is None and self.obstacle is None:
            self._tasks.start("look for a new version by itself", self._look_where_due())

    async def _look_where_due(self) -> None:
        await self._read()
        if self._is_closed or self._cancel is not None or not self.host or not self._is_due():
            return
        self._tried = time.monotonic()
        self._cancel = CancelToken()
        await self._look(self._cancel, BY_SETTING)
        if self.found is not None and self.found.is_newer:
            self.news.emit(self.found)

    def _is_due(self) -> bool:
        if self._tried is not None and time.monotonic() - self._tried < _TRY_AGAIN_S:
            return False
        if self.known is None:
            return True
        # A time that is still to come was written by another clock, and says nothing.
        since = datetime.now(UTC) - self.known.looked_at
        return not timedelta(0) <= since < _DAY

    async def _read(self) -> None:
        updates = self._updates
        try:
            source, known = await self._worker.call(lambda: (updates.source(), updates.known()))
        except AppError as error:
            self.host, self.problem = "", error
        else:
            self.host, self.known = "" if source is None else source.url.host, known
        self.changed.emit()

    async def _look(self, cancel: CancelToken, allowed_by: str) -> None:
        updates = self._updates

        def look() -> tuple[Found, Known | None]:
            return updates.look(cancel, allowed_by=allowed_by), updates.known()

        self.found = self.problem = None
        self.changed.emit()
        try:
            self.found, self.known = await self._worker.call(look)
        except AppError as error:
            self.problem = None if error.code is ErrorCode.CANCELLED else error
        finally:
            self._cancel = None
            self.changed.emit()
