"""One copy of the history a day, made beside the writer and kept for seven days of use."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from app.core.history_key import Keys
from app.store import conversion, copying, errors
from app.store.connecting import NO_KEYS, connect

KEPT = 7


class Copies:
    """The daily copies of `file`; none without `are_made`. Any method from any thread.

    A copy reads through a connection of its own, so that nobody who writes waits for it.
    `keys` finds the key of an encrypted history.
    """

    def __init__(
        self,
        file: Path,
        clock: Callable[[], float] = time.time,
        *,
        are_made: bool = True,
        keys: Keys = NO_KEYS,
    ) -> None:
        self._file = file
        self._keys = keys
        self._are_made = are_made
        self._clock = clock
        self._making = threading.Lock()
        self._pauses = 0
        self._pausing = threading.Lock()

    def all(self) -> list[Path]:
        """The daily copies, oldest first."""
        return copying.copies(self._file, "daily")

    def is_due(self) -> bool:
        """Whether there is a history and no copy of it of today."""
        today = self._today()
        has_words = self._are_made and self._file.exists() and self._file.stat().st_size > 0
        return has_words and not any(copy.stem.endswith(today) for copy in self.all())

    def make_due(self) -> Path | None:
        """Make today's copy where there is none, and remove those beyond the seventh.

        Returns None where none is due or where it was called off by `paused`; raises
        `AppError` where the copy cannot be made, and leaves nothing of it then.
        """
        with self._making, errors.in_words(self._file):
            if self._pauses or not self.is_due():
                return None
            target = copying.next_name(self._file, "daily", self._today())
            try:
                with closing(connect(self._file, self._keys, mode="mode=ro")) as source:
                    # All pages are of one moment, and what is written meanwhile starts nothing
                    # anew.
                    source.execute("BEGIN")
                    source.execute("SELECT count(*) FROM sqlite_master").fetchone()
                    copying.copy_to(source, target, lambda: not self._pauses)
            except copying.NotWantedError:
                return None
            copying.keep_newest(self._file, "daily", KEPT)
            return target

    def finish_conversion(self) -> int:
        """Convert the copies that a conversion left behind when its program was killed.

        Returns how many these were; raises `AppError`.
        """
        if not self._are_made:
            return 0
        with self._making, errors.in_words(self._file):
            return conversion.finish(self._file, self._keys, is_wanted=lambda: not self._pauses)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Call off the copy in the making, and let none begin inside the block."""
        with self._pausing:
            self._pauses += 1
        try:
            with self._making:
                pass  # it has ended
            yield
        finally:
            with self._pausing:
                self._pauses -= 1

    def stop(self) -> None:
        """Call off the copy in the making and make none any more."""
        with self._pausing:
            self._pauses += 1

    def _today(self) -> str:
        return time.strftime("%Y-%m-%d", time.localtime(self._clock()))
