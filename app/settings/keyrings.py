"""The keyrings of the systems behind one interface: the only importer of the keyring library.

The library would load Python code named in a configuration file or the environment, and may
choose a backend that stores plain text. So backends come from a fixed list, never from
`keyring.get_keyring`.
"""

from __future__ import annotations

import contextlib
import importlib
from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from secretstorage import Collection, Item

SERVICE = "tacit"
"""What the secrets of this program are filed under."""

_LOWEST_PRIORITY = 1.0
_MOST_COPIES = 10


class Lock(StrEnum):
    """Whether a keyring can be read without asking the person."""

    OPEN = "open"
    LOCKED = "locked"
    EMPTY = "empty"  # nothing was ever kept in it; the first secret may ask for a password


class LockedError(Exception):
    """The keyring is locked, or the person closed the dialog that would have unlocked it."""


class Keyring(Protocol):
    """One keyring. All of it blocks, for ever where the keyring's own process is frozen."""

    name: str

    def lock(self) -> Lock:
        """Whether it can be read now; asks nobody."""

    def unlock(self, timeout_s: float) -> bool:
        """Have the system ask the person; False where they refused or cannot be asked."""

    def holds(self, name: str) -> bool:
        """Whether a secret of that name is kept, which asks nobody where that is possible."""

    def read(self, name: str) -> str | None:
        """The secret of that name; raises `LockedError`."""

    def write(self, name: str, text: str) -> None:
        """Keep a secret, in the place of one with that name; raises `LockedError`."""

    def remove(self, name: str) -> bool:
        """Forget a secret; False where there was none; raises `LockedError`."""


class SystemKeyring:
    """A backend of the library as it is, for systems that unlock their keyring at log-in."""

    def __init__(self, name: str, backend: Any) -> None:
        self.name = name
        self._backend = backend

    def lock(self) -> Lock:
        """See `Keyring`."""
        return Lock.OPEN

    def unlock(self, timeout_s: float) -> bool:  # noqa: ARG002
        """See `Keyring`."""
        return True

    def holds(self, name: str) -> bool:
        """See `Keyring`."""
        return self.read(name) is not None

    def read(self, name: str) -> str | None:
        """See `Keyring`."""
        with _translated():
            text: str | None = self._backend.get_password(SERVICE, name)
            return text

    def write(self, name: str, text: str) -> None:
        """See `Keyring`."""
        with _translated():
            self._backend.set_password(SERVICE, name, text)

    def remove(self, name: str) -> bool:
        """See `Keyring`."""
        from keyring.errors import PasswordDeleteError

        was_there = False
        # Another program, or an older version of a keyring, may have filed it twice.
        for _ in range(_MOST_COPIES):
            try:
                with _translated():
                    self._backend.delete_password(SERVICE, name)
            except PasswordDeleteError:
                break
            was_there = True
        return was_there


class SecretService(SystemKeyring):
    """GNOME's keyring, KDE's wallet since 5.97, KeePassXC: whoever offers it on the session bus.

    Spoken to directly: the library's backend has the system ask for the keyring's password
    whenever it is locked, without an end, and leaves its connection open where nobody gives it.
    """

    def lock(self) -> Lock:
        """See `Keyring`."""
        with _default_collection() as collection:
            if collection is None:
                return Lock.EMPTY
            return Lock.LOCKED if collection.is_locked() else Lock.OPEN

    def unlock(self, timeout_s: float) -> bool:
        """See `Keyring`."""
        with _default_collection() as collection:
            if collection is None:
                return True
            with contextlib.suppress(TimeoutError):
                collection.unlock(timeout=timeout_s)
            return not collection.is_locked()

    def holds(self, name: str) -> bool:
        """See `Keyring`; what is filed is visible in a locked one, too."""
        with _default_collection() as collection:
            return collection is not None and bool(_items(collection, name))

    def read(self, name: str) -> str | None:
        """See `Keyring`."""
        with _default_collection() as collection:
            items = [] if collection is None else _items(collection, name)
            return items[0].get_secret().decode("utf-8") if items else None

    def write(self, name: str, text: str) -> None:
        """See `Keyring`."""
        with _default_collection(make=True) as collection:
            assert collection is not None
            collection.create_item(
                f"Tacit: {name}", _attributes(name), text.encode("utf-8"), replace=True
            )

    def remove(self, name: str) -> bool:
        """See `Keyring`."""
        with _default_collection() as collection:
            items = [] if collection is None else _items(collection, name)
            for item in items:
                item.delete()
            return bool(items)


class KWallet(SystemKeyring):
    """KDE's wallet over its own interface, where the package dbus-python is installed."""

    def lock(self) -> Lock:
        """See `Keyring`."""
        dbus = importlib.import_module("dbus")
        place = dbus.SessionBus().get_object(self._backend.bus_name, self._backend.object_path)
        wallet = dbus.Interface(place, "org.kde.KWallet")
        return Lock.OPEN if wallet.isOpen(wallet.networkWallet()) else Lock.LOCKED

    def unlock(self, timeout_s: float) -> bool:  # noqa: ARG002
        """See `Keyring`."""
        return bool(self._backend.connected(SERVICE))


# Name, module and class of each backend that keeps secrets in the system's own store, and what
# is built over it. The library's "libsecret" is not among them: it speaks to the same service
# as the first, and unlocks it unasked.
_BACKENDS: tuple[tuple[str, str, str, Callable[[str, Any], Keyring]], ...] = (
    ("Secret Service", "keyring.backends.SecretService", "Keyring", SecretService),
    ("Windows Credential Manager", "keyring.backends.Windows", "WinVaultKeyring", SystemKeyring),
    ("macOS Keychain", "keyring.backends.macOS", "Keyring", SystemKeyring),
    ("KWallet", "keyring.backends.kwallet", "DBusKeyring", KWallet),
)


def find() -> Keyring | None:
    """The keyring of this system; None where no safe one is running. Reads no secret."""
    for name, module, class_name, over in _BACKENDS:
        # Each backend fails in its own way where its system is another one.
        with contextlib.suppress(Exception):
            if (backend := _made(module, class_name)) is not None:
                return over(name, backend)
    return None


def _made(module: str, class_name: str) -> object | None:
    """The backend, if it is the library's own, and itself says that it can be relied upon."""
    backend = getattr(importlib.import_module(module), class_name)
    is_genuine = (backend.__module__, backend.__qualname__) == (module, class_name)
    if not is_genuine or float(backend.priority) < _LOWEST_PRIORITY:
        return None
    made: object = backend()
    return made if type(made) is backend else None


@contextlib.contextmanager
def _default_collection(*, make: bool = False) -> Iterator[Collection | None]:
    """Where the secret service keeps what belongs nowhere else; None before it was made.

    With `make` it is made, for which the system asks the person for its password to be.
    """
    import secretstorage
    from secretstorage.exceptions import (
        ItemNotFoundException,
        LockedException,
        PromptDismissedException,
    )

    with contextlib.closing(secretstorage.dbus_init()) as connection:
        try:
            collection = secretstorage.get_collection_by_alias(connection, "default")
        except ItemNotFoundException:
            collection = None
        try:
            if collection is None and make:
                collection = secretstorage.create_collection(connection, "Default", "default")
            yield collection
        except (LockedException, PromptDismissedException):
            raise LockedError from None


def _items(collection: Collection, name: str) -> list[Item]:
    """What is filed under that name; another program may have filed it as well."""
    return list(collection.search_items(_attributes(name)))


def _attributes(name: str) -> dict[str, str]:
    # The names that the keyring library uses.
    return {"service": SERVICE, "username": name}


@contextlib.contextmanager
def _translated() -> Iterator[None]:
    """What the library raises for a keyring that stays locked, as `LockedError`."""
    from keyring.errors import InitError, KeyringLocked

    try:
        yield
    except (KeyringLocked, InitError):
        raise LockedError from None
