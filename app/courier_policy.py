"""Keeps the courier true to the settings and the keyring for as long as a program runs."""

from __future__ import annotations

import threading

from app.core.cancel import CancelToken
from app.core.errors import AppError
from app.core.handoff import Worker
from app.courier import policy
from app.network.base import Courier
from app.network.policy import ProxyMode
from app.paths import Paths
from app.settings.secrets import PROXY, Secret, Secrets
from app.settings.setting import Value
from app.settings.settings import Settings

_GROUPS = ("network.", "cloud.")
# Downloads are written there, also behind a move of the library.
_PLACES = frozenset({"model.folder", "model.further_folders"})


def wants_password(settings: Settings) -> bool:
    """Whether connections go through a proxy that wants to know who connects."""
    is_manual = settings.get("network.proxy") == ProxyMode.MANUAL
    return is_manual and bool(settings.get("network.proxy_user"))


def tell(courier: Courier, paths: Paths, settings: Settings, secrets: Secrets) -> AppError | None:
    """Have a command's courier know the proxy's password before its first connection.

    Blocking, at most for the keyring's deadline. Returns why the password could not be read;
    the courier is told everything else nevertheless.
    """
    password, problem = "", None
    if wants_password(settings):
        try:
            password = _text(secrets.get(PROXY))
        except AppError as error:
            problem = error
    courier.configure(policy(paths, settings, proxy_password=password))
    return problem


class CourierPolicy:
    """Tells the courier what the person has set: at the begin, and after each change.

    The proxy's password is read on a thread of its own, and held in memory from then on. While
    it is waited for, the courier works without one, or with the one it had.
    """

    def __init__(
        self, courier: Courier, paths: Paths, settings: Settings, secrets: Secrets
    ) -> None:
        self._courier = courier
        self._paths = paths
        self._settings = settings
        self._secrets = secrets
        self._worker = Worker("courier policy")
        self._cancel = CancelToken()
        self._lock = threading.Lock()
        self._password: Secret | None = None
        self._is_read = False
        self._changes = 0
        self._ends = (settings.subscribe(self._on_setting), secrets.subscribe(self._on_secret))
        self._tell()

    def close(self) -> None:
        """Tell nothing more, and end the thread. Closing twice does nothing more."""
        for end in self._ends:
            end()
        with self._lock:
            self._cancel.cancel()
        self._worker.close()

    def _on_setting(self, key: str, _value: Value) -> None:
        if key.startswith(_GROUPS) or key in _PLACES:
            self._tell()

    def _on_secret(self, name: str) -> None:
        # "" is any: the keyring can be read again.
        if name in ("", PROXY):
            with self._lock:
                self._is_read = False
                self._changes += 1
                if name == PROXY:
                    self._password = None
            self._tell()

    def _tell(self) -> None:
        """Tell the courier what is known, and read what is not."""
        with self._lock:
            wants = wants_password(self._settings)
            password = _text(self._password) if wants else ""
            self._courier.configure(policy(self._paths, self._settings, proxy_password=password))
            if wants and not self._is_read and not self._cancel.is_cancelled:
                self._worker.submit(self._read)

    def _read(self) -> None:
        with self._lock:
            if self._is_read:
                return
            changes = self._changes
        try:
            password = self._secrets.get(PROXY, cancel=self._cancel)
        except AppError:
            # The settings page says why, beside the field; the proxy's answer leads there.
            return
        with self._lock:
            self._password = password
            self._is_read = self._changes == changes  # else it is read once more
        if not self._cancel.is_cancelled:
            self._tell()


def _text(secret: Secret | None) -> str:
    return "" if secret is None else secret.text
