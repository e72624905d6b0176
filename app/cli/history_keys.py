"""The keys of encrypted histories for commands: from the keyring, or from who sits there."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from app.cli.command import Context
from app.core.errors import AppError, ErrorCode
from app.core.history_key import HistoryKey

if TYPE_CHECKING:
    from app.settings.history_keys import HistoryKeys


class CommandKeys:
    """Asks for the recovery key on a terminal where the keyring does not help.

    Without `may_ask` nobody is asked.
    """

    def __init__(self, context: Context, *, may_ask: bool = True) -> None:
        self._context = context
        self._may_ask = may_ask
        self._keys = system_keys()

    def find(self, key_id: str) -> HistoryKey:
        """The key of that id; raises `AppError`."""
        try:
            return self._keys.find(key_id)
        except AppError as error:
            if not self._may_ask:
                raise
            if not can_ask():
                todo = f"{error.todo} On a terminal this command asks for it."
                raise AppError(error.what, todo, code=error.code) from error
            self._context.console.note(error.what)
            key = HistoryKey.from_recovery(asked("Recovery key (it is not shown): "))
        if key.id != key_id:
            raise AppError(
                "This is the recovery key of another history.",
                "Look for the one that was saved when this history was encrypted.",
                code=ErrorCode.KEY_INVALID,
            )
        self._keys.remember(key)
        return key


def system_keys() -> HistoryKeys:
    """What the keyring of the system holds."""
    from app.settings.history_keys import HistoryKeys
    from app.settings.secrets import Secrets

    return HistoryKeys(Secrets())


def can_ask() -> bool:
    """Whether somebody sits at a terminal."""
    return sys.stdin is not None and sys.stdin.isatty()


def asked(question: str) -> str:
    """What the person types, unseen; raises `AppError` where it could not be hidden."""
    import getpass
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("error", getpass.GetPassWarning)
        try:
            return getpass.getpass(question, stream=sys.stderr)
        except getpass.GetPassWarning:
            raise AppError(
                "This terminal would show what you type.",
                "Use another terminal.",
                code=ErrorCode.USAGE,
            ) from None
        except EOFError:
            return ""
