"""The system's keyring: the only place that touches the keyring library.

The library would load Python code named in a configuration file or the environment, and may
choose a backend that stores plain text. So backends come from a fixed list, never from
`keyring.get_keyring`.
"""

from __future__ import annotations

import importlib
import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from queue import Empty, SimpleQueue

_LOWEST_PRIORITY = 1.0

# Module and class of each backend that keeps secrets in the system's own store.
_BACKENDS = {
    "SecretService": ("keyring.backends.SecretService", "Keyring"),
    "Windows Credential Manager": ("keyring.backends.Windows", "WinVaultKeyring"),
    "macOS Keychain": ("keyring.backends.macOS", "Keyring"),
    "KWallet": ("keyring.backends.kwallet", "DBusKeyring"),
    "libsecret": ("keyring.backends.libsecret", "Keyring"),
}


class KeyringAnswer(StrEnum):
    """What came of asking for the keyring."""

    USABLE = "usable"
    NONE = "none"
    SILENT = "silent"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyringState:
    """Whether a keyring of the system can keep secrets; `backend` names it ("" for none)."""

    answer: KeyringAnswer
    backend: str
    sentence: str


def probe(
    deadline_s: float = 5.0, usable: Callable[[str, str], bool] | None = None
) -> KeyringState:
    """Ask which keyring there is, reading no secret and unlocking nothing.

    A frozen keyring daemon blocks its caller for ever, so the question is put on a thread
    that is given up after `deadline_s`. `usable(module, class name)` says whether one backend
    can be used; the default asks the keyring library.
    """
    answers: SimpleQueue[str] = SimpleQueue()
    ask = usable or _is_usable

    def search() -> None:
        found = (name for name, place in _BACKENDS.items() if _quietly(ask, *place))
        answers.put(next(found, ""))

    threading.Thread(target=search, name="keyring-probe", daemon=True).start()
    try:
        backend = answers.get(timeout=deadline_s)
    except Empty:
        return KeyringState(
            answer=KeyringAnswer.SILENT,
            backend="",
            sentence="The keyring of the system did not answer in time.",
        )
    if not backend:
        return KeyringState(
            answer=KeyringAnswer.NONE,
            backend="",
            sentence="No keyring of the system is running.",
        )
    return KeyringState(
        answer=KeyringAnswer.USABLE,
        backend=backend,
        sentence=f"The keyring of the system answers ({backend}).",
    )


def _is_usable(module: str, class_name: str) -> bool:
    backend = getattr(importlib.import_module(module), class_name)
    genuine = backend.__module__.startswith(module) and backend.__name__ == class_name
    return genuine and float(backend.priority) >= _LOWEST_PRIORITY


def _quietly(ask: Callable[[str, str], bool], module: str, class_name: str) -> bool:
    try:
        return ask(module, class_name)
    except Exception:  # noqa: BLE001  (each backend fails in its own way where it is absent)
        return False
