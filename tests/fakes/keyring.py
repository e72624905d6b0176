"""A keyring in memory that can be locked, frozen, forgetful or broken."""

from __future__ import annotations

import threading

from app.settings.keyrings import Lock, LockedError


class FakeKeyring:
    """`password_given` is what happens when the system asks for the keyring's password:
    the person gives it, or refuses. `asked` counts how often that was."""

    def __init__(self, **kept: str) -> None:
        self.name = "Fake keyring"
        self.kept = dict(kept)
        self.state = Lock.OPEN
        self.password_given = True
        self.asked = 0
        self.keeps = True
        self.fails: Exception | None = None
        self._goes_on = threading.Event()
        self._goes_on.set()

    def freeze(self) -> None:
        """Answer nothing until `thaw`."""
        self._goes_on.clear()

    def thaw(self) -> None:
        self._goes_on.set()

    def lock(self) -> Lock:
        self._answer()
        return self.state

    def unlock(self, timeout_s: float) -> bool:
        self.asked += 1
        self._answer()
        if self.password_given:
            self.state = Lock.OPEN
        return self.password_given

    def holds(self, name: str) -> bool:
        self._answer()
        return name in self.kept

    def read(self, name: str) -> str | None:
        self._answer(locked_too=True)
        return self.kept.get(name)

    def write(self, name: str, text: str) -> None:
        if self.state is Lock.EMPTY:
            self.state = Lock.OPEN
        self._answer(locked_too=True)
        if self.keeps:
            self.kept[name] = text

    def remove(self, name: str) -> bool:
        self._answer(locked_too=True)
        return self.kept.pop(name, None) is not None

    def _answer(self, *, locked_too: bool = False) -> None:
        assert self._goes_on.wait(30), "a test left the keyring frozen"
        if self.fails is not None:
            raise self.fails
        if locked_too and self.state is not Lock.OPEN:
            raise LockedError
