"""Switching the encryption of an open history on and off."""

from __future__ import annotations

from collections.abc import Callable

from app.core.errors import AppError, ErrorCode
from app.core.history_key import HistoryKey
from app.store import conversion
from app.store.conversion import Converted, Tell
from app.store.copies import Copies
from app.store.database import Database


class EncryptionSwitch:
    """Converts a history with its copies. Blocking; may raise `AppError`.

    The caller sees to it that the key is kept, and that the person has the recovery key,
    before anything is encrypted with it.
    """

    def __init__(self, database: Database, copies: Copies) -> None:
        self._db = database
        self._copies = copies

    @property
    def is_on(self) -> bool:
        """Whether the open history is encrypted; never one that is in memory alone."""
        return self._db.is_on_disk and self._db.key is not None

    @property
    def key(self) -> HistoryKey | None:
        """The key of the open history; None where it is plain."""
        return self._db.key

    def switch_on(
        self,
        key: HistoryKey,
        *,
        tell: Tell = conversion.tell_nobody,
        is_wanted: Callable[[], bool] = lambda: True,
    ) -> Converted:
        """Encrypt the history and all copies of it; see `conversion.convert`.

        Raises `copying.NotWantedError` when `is_wanted` says so in time.
        """
        return self._convert(key, tell, is_wanted)

    def switch_off(
        self,
        *,
        tell: Tell = conversion.tell_nobody,
        is_wanted: Callable[[], bool] = lambda: True,
    ) -> Converted:
        """Go back to a plain history; raises what `switch_on` raises."""
        return self._convert(None, tell, is_wanted)

    def _convert(
        self, key: HistoryKey | None, tell: Tell, is_wanted: Callable[[], bool]
    ) -> Converted:
        if not self._db.is_on_disk:
            raise AppError(
                "A private session keeps nothing, so there is nothing to encrypt.",
                "Switch the encryption in an ordinary window.",
                code=ErrorCode.USAGE,
            )
        # A copy in the making would be of the wrong kind.
        with self._copies.paused():
            return self._db.convert(key, tell, is_wanted)
