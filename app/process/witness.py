"""A thread that is older than the seal, idle until the proof asks it to try something.

The kernel could bind only the thread that seals and those that come after it; that it binds
all of them shows only where an older one is asked.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from queue import SimpleQueue

_PATIENCE_S = 10.0


class Witness:
    """Start it before the process is sealed; the thread ends with `end` or with the program."""

    def __init__(self) -> None:
        self._acts: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._done = threading.Semaphore(0)
        self._thread = threading.Thread(target=self._wait, name="witness", daemon=True)
        self._thread.start()

    def do(self, act: Callable[[], None]) -> bool:
        """Have the thread run `act`, which may not raise; whether it did so in time."""
        self._acts.put(act)
        return self._done.acquire(timeout=_PATIENCE_S)

    def end(self) -> None:
        """End the thread; nothing can be asked of it afterwards."""
        self._acts.put(None)
        self._thread.join(_PATIENCE_S)

    def _wait(self) -> None:
        while (act := self._acts.get()) is not None:
            act()
            self._done.release()
