"""Locks the window: at once, after idle minutes, and at the start where there is a passphrase."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QTimer, Signal

from app.core.errors import AppError, ErrorCode
from app.core.handoff import Worker
from app.core.tasks import Tasks
from app.settings.passphrase import LockPassphrase
from app.ui.settings_bridge import SettingsBridge

MINUTES = "privacy.lock_minutes"
_MINUTE_MS = 60_000
_USES = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseMove,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
        QEvent.Type.InputMethod,
    }
)


class LockController(QObject):
    """Knows whether the window is locked; holds no widget.

    What runs goes on behind a locked window, and is kept.

    Signals:
        changed: `is_locked`, `has_passphrase` or `problem` is another one now.
        done: the passphrase is what the person wanted.
    """

    changed = Signal()
    done = Signal()

    def __init__(
        self,
        passphrase: LockPassphrase,
        settings: SettingsBridge,
        tasks: Tasks,
    ) -> None:
        super().__init__()
        self._passphrase = passphrase
        self._settings = settings
        self._tasks = tasks
        self._worker = Worker("lock")
        self._is_trying = False
        self.has_passphrase = passphrase.is_set
        self.is_locked = self.has_passphrase
        self.problem: AppError | None = None
        self._idle = QTimer(self)
        self._idle.setSingleShot(True)
        self._idle.timeout.connect(self.lock)
        self._watches = False
        settings.changed.connect(self._on_setting)
        self._apply()

    def lock(self) -> None:
        """Show nothing of the chats until somebody unlocks the window."""
        self._idle.stop()
        if not self.is_locked:
            self._say(locked=True)

    def unlock(self, text: str = "") -> None:
        """Show them again, if this is the passphrase."""
        if self.is_locked and not self._is_trying:
            self._is_trying = True
            self._tasks.start("unlock the window", self._try(text))

    def set_passphrase(self, text: str) -> None:
        """Ask for this one from now on."""
        self._tasks.start("set the passphrase", self._change(text))

    def remove_passphrase(self) -> None:
        """Ask for none."""
        self._tasks.start("remove the passphrase", self._change(None))

    async def close(self) -> None:
        """Lock no more, and end the worker."""
        self._idle.stop()
        self._watch(wanted=False)
        await self._worker.call(lambda: None)
        self._worker.close()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Somebody is there."""
        if event.type() in _USES and self._idle.isActive():
            self._idle.start()
        return False

    async def _try(self, text: str) -> None:
        passphrase = self._passphrase
        try:
            fits = await self._worker.call(lambda: passphrase.fits(text))
        finally:
            self._is_trying = False
        wrong = AppError("This is not the passphrase.", "Try again.", code=ErrorCode.KEY_INVALID)
        self._say(locked=not fits, problem=None if fits else wrong)
        if fits:
            self._apply()

    async def _change(self, text: str | None) -> None:
        passphrase = self._passphrase

        def change() -> bool:
            if text is None:
                passphrase.remove()
            else:
                passphrase.set(text)
            return passphrase.is_set

        try:
            self.has_passphrase = await self._worker.call(change)
        except AppError as error:
            self._say(locked=self.is_locked, problem=error)
            return
        self._say(locked=self.is_locked)
        self.done.emit()

    def _say(self, *, locked: bool, problem: AppError | None = None) -> None:
        self.is_locked, self.problem = locked, problem
        self.changed.emit()

    def _on_setting(self, key: str, _value: object) -> None:
        if key == MINUTES:
            self._apply()

    def _apply(self) -> None:
        minutes = self._settings.number(MINUTES)
        self._watch(wanted=minutes > 0)
        self._idle.setInterval(minutes * _MINUTE_MS)
        if minutes and not self.is_locked:
            self._idle.start()
        else:
            self._idle.stop()

    def _watch(self, *, wanted: bool) -> None:
        """Look at every event only while that is of use."""
        application = QCoreApplication.instance()
        if application is None or wanted is self._watches:
            return
        self._watches = wanted
        if wanted:
            application.installEventFilter(self)
        else:
            application.removeEventFilter(self)
