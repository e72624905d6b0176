"""The settings for the window: read at once, written on a worker, announced on the GUI thread."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.core.handoff import Worker
from app.settings import transfer
from app.settings.setting import Setting, Value
from app.settings.settings import Settings
from app.settings.table import SETTINGS
from app.settings.transfer import Change, Plan


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
        self._at_start = {
            setting: settings.get(setting.key)
            for setting in SETTINGS.values()
            if setting.restart_needed
        }

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

    @property
    def waiting(self) -> tuple[Setting, ...]:
        """What was changed and holds only after the next start."""
        return tuple(s for s, value in self._at_start.items() if self.get(s.key) != value)

    async def set(self, key: str, value: object) -> None:
        """Check, save and announce a value; raises `AppError` where it is refused."""
        # No Qt object goes to the worker: the last to let go of one must be the GUI thread.
        settings = self._settings
        await self._worker.call(lambda: settings.set(key, value))

    async def reset(self, key: str) -> None:
        """Go back to the default; raises `AppError` where that cannot be saved."""
        settings = self._settings
        await self._worker.call(lambda: settings.reset(key))

    async def reset_all(self, keys: Sequence[str]) -> None:
        """Go back to the defaults of several in one step; raises `AppError`."""
        settings, nothing = self._settings, dict.fromkeys(keys)
        await self._worker.call(lambda: settings.change(nothing))

    async def export(self, file: Path) -> tuple[Setting, ...]:
        """See `transfer.export`."""
        settings = self._settings
        return await self._worker.call(lambda: transfer.export(settings, file))

    async def read_import(self, file: Path) -> Plan:
        """See `transfer.read`."""
        settings = self._settings
        return await self._worker.call(lambda: transfer.read(settings, file))

    async def take(self, plan: Plan, *, agreed: bool) -> tuple[Change, ...]:
        """See `transfer.take`."""
        settings = self._settings
        return await self._worker.call(lambda: transfer.take(settings, plan, agreed=agreed))

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
