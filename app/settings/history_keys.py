"""The keys of encrypted histories: in the system's keyring, and in memory once they were found."""

from __future__ import annotations

from app.core.cancel import CancelToken
from app.core.errors import AppError, ErrorCode
from app.core.history_key import HistoryKey, locked
from app.settings.secrets import Place, Secrets

_WHY = {
    ErrorCode.KEYRING_MISSING: "this computer has no keyring now that could hold their key",
    ErrorCode.KEYRING_LOCKED: "your keyring, which holds their key, is locked",
    ErrorCode.KEYRING_SILENT: "your keyring, which holds their key, does not answer",
    ErrorCode.KEYRING_FAILED: "your keyring, which holds their key, reports a failure",
}
_GONE = "your keyring does not hold their key any more"
_OPENING = "Unlock your keyring and try again, or open them with the recovery key."
_RECOVERING = "Open them with the recovery key."


class HistoryKeys:
    """Finds the key of a history by its id. Any thread may call; what asks the keyring blocks.

    Nothing here makes the system ask for the keyring's password but `keep` and `unlock`, which
    are for what a person has just asked for.
    """

    def __init__(self, secrets: Secrets) -> None:
        self._secrets = secrets
        self._found: dict[str, HistoryKey] = {}

    def find(self, key_id: str) -> HistoryKey:
        """The key of that id; raises `AppError` (STORE_LOCKED) with the way in."""
        if (found := self._found.get(key_id)) is not None:
            return found
        try:
            secret = self._secrets.get(_name(key_id))
        except AppError as error:
            why = _WHY.get(error.code, _WHY[ErrorCode.KEYRING_FAILED])
            is_missing = error.code is ErrorCode.KEYRING_MISSING
            raise locked(why, _RECOVERING if is_missing else _OPENING) from error
        if secret is None:
            raise locked(_GONE, _RECOVERING)
        try:
            key = HistoryKey.from_recovery(secret.text)
        except AppError as error:
            raise locked("what your keyring holds is not their key", _RECOVERING) from error
        self._found[key_id] = key
        return key

    def keep(self, key: HistoryKey, *, cancel: CancelToken | None = None) -> None:
        """Keep the key in the keyring; raises what `Secrets.set` raises."""
        self._secrets.set(_name(key.id), key.recovery(), cancel=cancel)
        self.remember(key)

    def remember(self, key: HistoryKey) -> None:
        """Know the key until the program ends: a person entered it, and no keyring keeps it."""
        self._found[key.id] = key

    def forget(self, key: HistoryKey) -> None:
        """Forget a key that nothing was encrypted with; raises `AppError`."""
        self._found.pop(key.id, None)
        self._secrets.delete(_name(key.id))

    def is_kept(self, key_id: str) -> bool:
        """Whether the keyring holds the key, as far as it says so."""
        return self._secrets.look(_name(key_id)).place is Place.KEYRING

    def unlock(self, *, cancel: CancelToken | None = None) -> None:
        """Have the system ask the person for the keyring's password; raises `AppError`."""
        self._secrets.unlock(cancel=cancel)


def _name(key_id: str) -> str:
    """What the key is filed under; what is filed is the recovery key, as a person would."""
    return f"history-{key_id}"
