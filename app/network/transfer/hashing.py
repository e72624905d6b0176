"""Hashes a file on a thread of its own while it is being written.

The thread reads what the writer has finished, out of the system's cache. So the part that an
earlier try left is hashed the same way while new bytes already arrive, and neither the
network nor the disk waits for the digest.
"""

from __future__ import annotations

import hashlib
import threading
from pathlib import Path

from app.core.cancel import CancelToken
from app.network.faults import stopped

_LOOK_S = 0.1
_PIECE = 2**20  # hashlib lets other threads run during pieces of this size


class FollowingHash:
    """The digests of the first bytes of `file`, as far as `advance` says they are written.

    `git_size` is the size of the whole file where the digest that git would give it is
    wanted, too. Always `stop` it.
    """

    def __init__(self, file: Path, *, git_size: int | None = None) -> None:
        self._file = file
        self._sha256 = hashlib.sha256()
        self._git = None if git_size is None else hashlib.sha1(usedforsecurity=False)
        if self._git is not None:
            self._git.update(f"blob {git_size}\0".encode("ascii"))
        self._written = self._hashed = 0
        self._is_over = False
        self._failure: OSError | None = None
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="hashing", daemon=True)
        self._thread.start()

    def advance(self, written: int) -> None:
        """The first `written` bytes are in the file and will not change."""
        with self._changed:
            self._written = written
            if written - self._hashed >= _PIECE:
                self._changed.notify_all()

    def finish(self, cancel: CancelToken) -> tuple[str, str]:
        """Wait for the rest; the SHA-256 and git's digest ("" where not wanted).

        Raises `OSError` where the file could not be read, `AppError` when cancelled.
        """
        with self._changed:
            self._is_over = True
            self._changed.notify_all()
        while self._thread.is_alive():
            self._thread.join(_LOOK_S)
            if cancel.is_cancelled:
                raise stopped()
        if self._failure is not None:
            raise self._failure
        return self._sha256.hexdigest(), "" if self._git is None else self._git.hexdigest()

    def stop(self) -> None:
        """End the thread, whatever is left to hash."""
        with self._changed:
            self._is_over = True
            self._written = 0
            self._changed.notify_all()
        self._thread.join()

    def _run(self) -> None:
        try:
            self._follow()
        except OSError as error:
            self._failure = error

    def _follow(self) -> None:
        buffer = memoryview(bytearray(_PIECE))
        with self._file.open("rb", buffering=0) as file:
            while True:
                with self._changed:
                    self._changed.wait_for(
                        lambda: self._is_over or self._written - self._hashed >= _PIECE
                    )
                    wanted = min(self._written - self._hashed, _PIECE)
                if wanted <= 0:
                    return
                count = file.readinto(buffer[:wanted])
                if not count:
                    raise OSError(0, "the part became shorter")
                self._sha256.update(buffer[:count])
                if self._git is not None:
                    self._git.update(buffer[:count])
                self._hashed += count
