"""The ways into an encrypted history whose key was not found: recovery key, or keyring."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from app.core.cancel import CancelToken
from app.core.errors import AppError, ErrorCode
from app.core.handoff import Worker
from app.core.history_key import HistoryKey
from app.core.tasks import Tasks
from app.settings.history_keys import HistoryKeys
from app.store.worker import HistoryWorker
from app.ui.pages.store_problem_page import StoreProblemPage

_OTHER = AppError(
    "This is the recovery key of another history.",
    "Look for the one that was saved when these chats were encrypted.",
    code=ErrorCode.KEY_INVALID,
)


class Unlocking:
    """Stands behind the page that says why the chats are not open.

    `open_history` tries again and returns whether the chats are open then; `say` tells the
    person what belongs to no page.
    """

    def __init__(
        self,
        page: StoreProblemPage,
        history: HistoryWorker,
        keys: HistoryKeys,
        tasks: Tasks,
        *,
        open_history: Callable[[], Awaitable[bool]],
        say: Callable[[str], None],
    ) -> None:
        self._page = page
        self._history = history
        self._keys = keys
        self._open_history = open_history
        self._say = say
        self._worker = Worker("unlocking")
        self._cancel = CancelToken()
        page.recovery_entered.connect(lambda text: tasks.start("unlock", self._recover(text)))
        page.keyring_wanted.connect(lambda: tasks.start("unlock", self._unlock()))

    async def close(self) -> None:
        """Stop waiting for the keyring, and end the worker."""
        self._cancel.cancel()
        await self._worker.call(lambda: None)
        self._worker.close()

    async def _recover(self, text: str) -> None:
        try:
            key = HistoryKey.from_recovery(text)
        except AppError as error:
            self._page.refuse(error)
            return
        self._keys.remember(key)
        if not await self._open_history():
            self._page.refuse(_OTHER)
            return
        self._page.forget()
        if await self._history.run(lambda store: store.encryption.key) == key:
            await self._keep(key)

    async def _keep(self, key: HistoryKey) -> None:
        """Have the keyring hold it again, so that it need not be entered at every start."""
        keys, cancel = self._keys, self._cancel
        try:
            await self._worker.call(lambda: keys.keep(key, cancel=cancel))
        except AppError as error:
            if error.code is not ErrorCode.CANCELLED:
                self._say(f"The next start will ask for the recovery key again. {error.sentence}")

    async def _unlock(self) -> None:
        keys, cancel = self._keys, self._cancel
        try:
            await self._worker.call(lambda: keys.unlock(cancel=cancel))
        except AppError as error:
            if error.code is not ErrorCode.CANCELLED:
                self._page.refuse(error)
            return
        await self._open_history()
