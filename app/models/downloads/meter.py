"""How far the files of a download are together, how fast, and how long it will take."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping

from app.models.downloads.values import FileProgress, Progress
from app.network.transfer.values import TransferProgress

_WINDOW_S = 8.0
_SETTLED_S = 1.0


class Meter:
    """Takes in the progress of each file, from any thread; `read` sums it up.

    The speed is that of the last eight seconds, so that it neither jumps nor lags for long.
    """

    def __init__(
        self, sizes: Mapping[str, int], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._sizes = dict(sizes)
        self._done = dict.fromkeys(sizes, 0)
        self._notes: dict[str, str] = {}
        self._clock = clock
        self._samples: deque[tuple[float, int]] = deque()
        self._lock = threading.Lock()

    def found(self, name: str, done: int) -> None:
        """So many bytes of a file were there before: they say nothing about the speed."""
        with self._lock:
            self._done[name] = done
            self._samples.clear()

    def take(self, name: str, told: TransferProgress) -> None:
        """What the transfer of a file tells."""
        with self._lock:
            self._done[name] = min(told.done, self._sizes[name])
            if told.waiting_s:
                self._notes[name] = f"{told.problem} Next try in {max(1, round(told.waiting_s))} s."
            else:
                self._notes.pop(name, None)
            self._sample()

    def read(self) -> Progress:
        """How far it is now."""
        with self._lock:
            self._sample()
            (since, before), (now, done) = self._samples[0], self._samples[-1]
            passed = now - since
            speed = max(0.0, (done - before) / passed) if passed > 0 else 0.0
            left = sum(self._sizes.values()) - done
            remaining = left / speed if speed > 0 and passed >= _SETTLED_S else None
            files = tuple(
                FileProgress(name=name, size=size, done=self._done[name])
                for name, size in self._sizes.items()
            )
            note = next(iter(self._notes.values()), "")
        return Progress(files=files, bytes_per_s=speed, remaining_s=remaining, note=note)

    def _sample(self) -> None:
        now, done = self._clock(), sum(self._done.values())
        if self._samples and done < self._samples[-1][1]:
            self._samples.clear()  # a file began anew
        self._samples.append((now, done))
        while now - self._samples[0][0] > _WINDOW_S:
            self._samples.popleft()
