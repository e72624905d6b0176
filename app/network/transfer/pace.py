"""How fast a transfer is, told a few times a second."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

from app.network.transfer.values import TransferProgress

_TELL_S = 0.1
_WINDOW_S = 5.0


class Pace:
    """Turns byte counts into `TransferProgress`, at most every tenth of a second."""

    def __init__(
        self,
        tell: Callable[[TransferProgress], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._tell = tell
        self._clock = clock
        self._samples: deque[tuple[float, int]] = deque()
        self._told_at = float("-inf")

    def at(self, done: int, total: int | None, *, is_last: bool = False) -> None:
        """So many bytes are there."""
        now = self._clock()
        if now - self._told_at < _TELL_S and not is_last:
            return
        self._told_at = now
        if self._samples and done < self._samples[-1][1]:
            self._samples.clear()  # it began anew
        self._samples.append((now, done))
        while now - self._samples[0][0] > _WINDOW_S:
            self._samples.popleft()
        since, before = self._samples[0]
        speed = (done - before) / (now - since) if now > since else 0.0
        self._tell(TransferProgress(done=done, total=total, bytes_per_s=speed))

    def waiting(self, done: int, total: int | None, seconds: float, problem: str) -> None:
        """Nothing comes for `seconds`, because of `problem`."""
        self._samples.clear()
        self._told_at = float("-inf")
        self._tell(TransferProgress(done=done, total=total, waiting_s=seconds, problem=problem))
