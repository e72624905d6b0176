"""The keys and passwords for the window: the keyring is asked on a worker, and can be stopped."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal

from app.core.cancel import CancelToken
from app.core.errors import AppError, ErrorCode
from app.core.handoff import Worker
from app.core.tasks import Tasks
from app.settings.secrets import Kept, Place, Secrets


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretView:
    """What is known of one secret: where it is (None: not looked for yet), whether the keyring
    is waited for, and why what the person wanted last did not work."""

    kept: Kept | None = None
    is_waiting: bool = False
    problem: AppError | None = None

    @property
    def trouble(self) -> AppError | None:
        """What to say beside the field."""
        return self.problem or (self.kept.problem if self.kept is not None else None)

    @property
    def is_there(self) -> bool:
        """Whether there is one to replace or to remove."""
        return self.kept is not None and self.kept.place in (Place.KEYRING, Place.MEMORY)


class SecretsController(QObject):
    """Holds no widget and no secret; one thing at a time for each name.

    Signals:
        changed(str name): `view(name)` is another one now.
        done(str name): what the person wanted was done.
    """

    changed = Signal(str)
    done = Signal(str)

    def __init__(self, secrets: Secrets, tasks: Tasks) -> None:
        super().__init__()
        self._secrets = secrets
        self._tasks = tasks
        self._worker = Worker("secrets")
        self._views: dict[str, SecretView] = {}
        self._waiting: dict[str, CancelToken] = {}

    def view(self, name: str) -> SecretView:
        """What is known of the secret of that name."""
        return self._views.get(name, SecretView())

    def look(self, name: str) -> None:
        """Look where it is; asks the person for nothing."""
        self._start(name, None)

    def keep(self, name: str, text: str, *, session_only: bool = False) -> None:
        """Keep what the person entered."""
        secrets = self._secrets
        self._start(
            name,
            lambda cancel: secrets.set(name, text, session_only=session_only, cancel=cancel),
        )

    def remove(self, name: str) -> None:
        """Forget it."""
        secrets = self._secrets
        self._start(name, lambda cancel: secrets.delete(name, cancel=cancel))

    def unlock(self, name: str) -> None:
        """Have the system ask for the password of the keyring, for the sake of `name`."""
        secrets = self._secrets
        self._start(name, lambda cancel: secrets.unlock(cancel=cancel))

    def stop(self, name: str) -> None:
        """Wait no longer."""
        if (cancel := self._waiting.get(name)) is not None:
            cancel.cancel()

    async def close(self) -> None:
        """Stop everything, and end the worker."""
        for cancel in tuple(self._waiting.values()):
            cancel.cancel()
        await self._worker.call(lambda: None)
        self._worker.close()

    def _start(self, name: str, act: Callable[[CancelToken], object] | None) -> None:
        if name not in self._waiting:
            cancel = self._waiting[name] = CancelToken()
            self._show(name, replace(self.view(name), is_waiting=True, problem=None))
            self._tasks.start(f"secret {name}", self._run(name, act, cancel))

    async def _run(
        self, name: str, act: Callable[[CancelToken], object] | None, cancel: CancelToken
    ) -> None:
        secrets, view, is_done = self._secrets, self.view(name), False
        try:
            if act is not None:
                await self._worker.call(lambda: act(cancel))
                is_done = True
            kept = await self._worker.call(lambda: secrets.look(name, cancel=cancel))
            view = replace(view, kept=kept)
        except AppError as error:
            if error.code is not ErrorCode.CANCELLED:
                view = replace(view, problem=error)
        finally:
            del self._waiting[name]
            self._show(name, replace(view, is_waiting=False))
        if is_done:
            self.done.emit(name)

    def _show(self, name: str, view: SecretView) -> None:
        self._views[name] = view
        self.changed.emit(name)
