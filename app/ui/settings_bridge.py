"""The settings for the window: read at once, written on a worker, announced on the GUI thread."""

from __future__ import annotations

import asyncio

from PySide6.QtCore import QObject, Signal

from app.core.handoff import Worker
from app.settings.setting import Value
from app.settings.settings import Settings


class SettingsBridge(QObject):
    """One per window; `close` ends its worker.

    Signals:
        changed(str key, object value): a setting has another value now.
    """

    changed = Signal(str, object)

    def __init__(self, settings: Settings, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__()
        self._settings = settings
        self._loop = loop
        self._worker = Worker("settings")
        self._unsubscribe = settings.subscribe(self._from_any_thread)

    def get(self, key: str) -> Value:
        """The value in force."""
        return self._settings.get(key)

    def text(self, key: str) -> str:
        """The value of a text setting."""
        return str(self._settings.get(key))

    def number(self, key: str) -> int:
        """The value of a whole-number setting."""
        return int(self._settings.get(key))

    def is_on(self, key: str) -> bool:
        """The value of a setting that is on or off."""
        return bool(self._settings.get(key))

    def is_set(self, key: str) -> bool:
        """Whether the person chose a value, rather than the default holding."""
        return self._settings.is_set(key)

    @property
    def notices(self) -> tuple[str, ...]:
        """What was wrong with the file, in sentences."""
        return self._settings.notices

    async def set(self, key: str, value: object) -> None:
        """Check, save and announce a value; raises `AppError` where it is refused."""
        # No Qt object goes to the worker: the last to let go of one must be the GUI thread.
        settings = self._settings
        await self._worker.call(lambda: settings.set(key, value))

    async def reset(self, key: str) -> None:
        """Go back to the default; raises `AppError` where that cannot be saved."""
        settings = self._settings
        await self._worker.call(lambda: settings.reset(key))

    async def refresh(self) -> None:
        """Read the file again and announce what is another value now."""
        settings = self._settings
        await self._worker.call(settings.refresh)

    def close(self) -> None:
        """Finish what is being written and end the worker."""
        self._unsubscribe()
        self._worker.close()

    def _from_any_thread(self, key: str, value: Value) -> None:
        self._loop.call_soon_threadsafe(self.changed.emit, key, value)
