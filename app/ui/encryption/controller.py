"""Switches the encryption of the history: key, recovery key, conversion, one after the other."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.core.cancel import CancelToken
from app.core.errors import AppError, ErrorCode
from app.core.handoff import Worker
from app.core.history_key import GROUPS, HistoryKey
from app.core.tasks import Tasks
from app.settings import recovery_file
from app.settings.history_keys import HistoryKeys
from app.store.copying import NotWantedError
from app.store.worker import HistoryWorker

_ASKED = 2
_SMALLEST_STEP = 0.01


class Phase(StrEnum):
    """Where the switch stands."""

    UNKNOWN = "unknown"  # the history is not open
    OFF = "off"
    WAITING = "waiting"  # for the keyring
    SAVING = "saving"  # the person saves the recovery key
    ENCRYPTING = "encrypting"
    ON = "on"
    DECRYPTING = "decrypting"


@dataclass(frozen=True, slots=True, kw_only=True)
class EncryptionView:
    """What the card shows. `is_kept` says that the keyring holds the key. `groups` is the
    recovery key while it is to be saved, `asked` the places of those that the person has to
    type; `share` is how far a conversion is.
    """

    phase: Phase = Phase.UNKNOWN
    is_kept: bool = True
    groups: tuple[str, ...] = ()
    asked: tuple[int, ...] = ()
    saved_as: str = ""
    share: float = 0.0
    problem: AppError | None = None

    @property
    def is_converting(self) -> bool:
        """Whether a conversion runs."""
        return self.phase in {Phase.ENCRYPTING, Phase.DECRYPTING}


class EncryptionController(QObject):
    """Holds no widget; the recovery key only until it was saved.

    Signals:
        changed: `view` is another one now.
    """

    changed = Signal()

    def __init__(self, history: HistoryWorker, keys: HistoryKeys, tasks: Tasks) -> None:
        super().__init__()
        self._history = history
        self._keys = keys
        self._tasks = tasks
        self._worker = Worker("encryption")
        self._key: HistoryKey | None = None
        self._cancel = CancelToken()
        self.view = EncryptionView()

    def look(self) -> None:
        """Find out what the history is, where nothing is under way."""
        if self.view.phase in {Phase.UNKNOWN, Phase.OFF, Phase.ON}:
            self._tasks.start("look at the encryption", self._look())

    def begin(self) -> None:
        """Make a key and keep it; then the person has to save the recovery key."""
        if self.view.phase is Phase.OFF:
            self._cancel = CancelToken()
            self._show(EncryptionView(phase=Phase.WAITING))
            self._tasks.start("keep a key", self._keep())

    def save(self, file: Path) -> None:
        """Write the recovery key to a file that the person chose."""
        if self._key is not None:
            self._tasks.start("save the recovery key", self._save(self._key, file))

    def confirm(self, typed: tuple[str, ...]) -> None:
        """Encrypt, if the person typed the groups that were asked for."""
        view = self.view
        if view.phase is not Phase.SAVING or self._key is None:
            return
        wanted = tuple(view.groups[place] for place in view.asked)
        if tuple(text.strip().upper() for text in typed) != wanted:
            wrong = AppError(
                "That is not what stands there.",
                "Look at what you have saved, and type those two groups of it.",
                code=ErrorCode.KEY_INVALID,
            )
            self._show(replace(view, problem=wrong))
            return
        key = self._key
        self._convert(
            Phase.ENCRYPTING,
            lambda store, tell, is_wanted: store.encryption.switch_on(
                key, tell=tell, is_wanted=is_wanted
            ),
        )

    def switch_off(self) -> None:
        """Decrypt the history."""
        if self.view.phase is Phase.ON:
            self._convert(
                Phase.DECRYPTING,
                lambda store, tell, is_wanted: store.encryption.switch_off(
                    tell=tell, is_wanted=is_wanted
                ),
            )

    def give_up(self) -> None:
        """Stop what is under way; where it is too late for that, it goes on."""
        self._cancel.cancel()
        if self.view.phase is Phase.SAVING:
            self._tasks.start("forget a key", self._forget())

    async def close(self) -> None:
        """Stop what can be stopped, and end the worker."""
        self._cancel.cancel()
        if self.view.phase is Phase.SAVING:
            await self._forget()
        await self._worker.call(lambda: None)
        self._worker.close()

    async def _look(self, problem: AppError | None = None) -> None:
        keys = self._keys
        try:
            key = await self._history.run(lambda store: store.encryption.key)
        except AppError as error:
            self._show(EncryptionView(problem=problem or error))
            return
        if key is None:
            self._show(EncryptionView(phase=Phase.OFF, problem=problem))
            return
        self._show(EncryptionView(phase=Phase.ON, problem=problem))
        key_id = key.id
        is_kept = await self._worker.call(lambda: keys.is_kept(key_id))
        if self.view.phase is Phase.ON:
            self._show(replace(self.view, is_kept=is_kept))

    async def _keep(self) -> None:
        key, keys, cancel = HistoryKey.new(), self._keys, self._cancel
        try:
            await self._worker.call(lambda: keys.keep(key, cancel=cancel))
        except AppError as error:
            await self._look(None if error.code is ErrorCode.CANCELLED else error)
            return
        self._key = key
        places = sorted(random.SystemRandom().sample(range(GROUPS), _ASKED))
        self._show(EncryptionView(phase=Phase.SAVING, groups=key.groups(), asked=tuple(places)))

    async def _save(self, key: HistoryKey, file: Path) -> None:
        try:
            await self._worker.call(lambda: recovery_file.write(key, file, may_replace=True))
        except AppError as error:
            self._show(replace(self.view, problem=error))
        else:
            self._show(replace(self.view, saved_as=file.name, problem=None))

    async def _forget(self, problem: AppError | None = None) -> None:
        """Give up a key that nothing was encrypted with."""
        key, self._key, keys = self._key, None, self._keys
        if key is not None:
            with contextlib.suppress(AppError):
                used = await self._history.run(lambda store: store.encryption.key)
                if used != key:
                    await self._worker.call(lambda: keys.forget(key))
        await self._look(problem)

    def _convert(self, phase: Phase, switch: Callable[..., object]) -> None:
        self._cancel = CancelToken()
        self._show(EncryptionView(phase=phase))
        self._tasks.start("convert the history", self._run(switch))

    async def _run(self, switch: Callable[..., object]) -> None:
        loop, cancel = asyncio.get_running_loop(), self._cancel
        told = 0.0

        def tell(share: float) -> None:
            nonlocal told
            if share - told >= _SMALLEST_STEP:
                told = share
                loop.call_soon_threadsafe(partial(self._tell, share))

        problem: AppError | None = None
        try:
            await self._history.run(
                lambda store: switch(store, tell, lambda: not cancel.is_cancelled)
            )
        except NotWantedError:
            pass
        except AppError as error:
            problem = error
        else:
            self._key = None  # what is encrypted with it needs it
        await self._forget(problem)

    def _tell(self, share: float) -> None:
        if self.view.is_converting:
            self._show(replace(self.view, share=share))

    def _show(self, view: EncryptionView) -> None:
        self.view = view
        self.changed.emit()
