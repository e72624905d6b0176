"""A child process that exchanges frames with this one over its standard streams."""

from __future__ import annotations

import contextlib
import subprocess
import threading
from collections.abc import Callable
from dataclasses import dataclass
from queue import SimpleQueue
from typing import IO, BinaryIO, cast

from app.process import frames
from app.process.plain import Plain, ProtocolError

_TAIL_BYTES = 4096
_LINGER_S = 1.0
_REAP_S = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildEnd:
    """How a child ended.

    `exit_code` is that of the process, minus the signal's number where a signal ended it.
    `protocol_broken` says that it was killed because it sent what is no frame.
    `killed` says that this side killed it, `tail` holds the last bytes of its standard
    error: only to look for known words, never to be shown or logged.
    """

    exit_code: int
    protocol_broken: bool
    killed: bool
    tail: bytes


class Child:
    """A running child process, made by `spawn.with_pipes`, whose streams it takes over.

    `on_frame` and `on_end` are called on the child's reader thread; `on_end` comes last and
    exactly once. `on_frame` may raise `ProtocolError`, which ends the child. Everything here
    may be called from any thread and only `stop` blocks. On Linux the child dies with the
    thread that started it (`lifetime`), so start it on one that lives long enough.
    """

    def __init__(
        self,
        name: str,
        process: subprocess.Popen[bytes],
        *,
        on_frame: Callable[[Plain], None],
        on_end: Callable[[ChildEnd], None],
    ) -> None:
        self._on_frame = on_frame
        self._on_end = on_end
        self._outgoing: SimpleQueue[bytes | None] = SimpleQueue()
        self._tail = b""
        self._killed = False
        self._ended = threading.Event()
        self._process = process
        self.pid = self._process.pid
        self._threads = [
            threading.Thread(target=target, args=[pipe], name=f"{name}-{part}", daemon=True)
            for part, target, pipe in (
                ("errors", self._drain, self._process.stderr),
                ("writer", self._write, self._process.stdin),
                ("reader", self._read, self._process.stdout),
            )
        ]
        for thread in self._threads:
            thread.start()

    def send(self, frame: Plain) -> None:
        """Hand over a frame; raises `ProtocolError` for what cannot be one.

        Nothing is raised when the child has ended: `on_end` tells.
        """
        self._outgoing.put(frames.encode(frame))

    def kill(self) -> None:
        """End the process at once; `on_end` follows."""
        self._killed = True
        with contextlib.suppress(OSError):
            self._process.kill()

    def stop(self, grace_s: float) -> None:
        """Close the child's input, which asks it to end; kill it after `grace_s` seconds.

        Returns when the process is gone and nothing more of it will be reported.
        """
        self._outgoing.put(None)
        if not self._ended.wait(grace_s):
            self.kill()
        # The reader has waited for the last words. Whom the child left behind may hold its standard
        # error for as long as they like.
        for thread in self._threads[1:]:
            thread.join(_REAP_S)

    def _read(self, pipe: IO[bytes]) -> None:
        broken = False
        try:
            with pipe:
                while (frame := frames.read(cast("BinaryIO", pipe))) is not None:
                    self._on_frame(frame)
        except (ProtocolError, OSError):
            broken = True
            self.kill()
        exit_code = self._reap()
        self._outgoing.put(None)
        self._ended.set()
        self._threads[0].join(_LINGER_S)  # the last words on standard error
        end = ChildEnd(
            exit_code=exit_code, protocol_broken=broken, killed=self._killed, tail=self._tail
        )
        self._on_end(end)

    def _reap(self) -> int:
        """The exit code of a process that closed its output, and therefore has to end."""
        try:
            return self._process.wait(_LINGER_S)
        except subprocess.TimeoutExpired:
            self.kill()
            return self._process.wait()

    def _write(self, pipe: IO[bytes]) -> None:
        # A thread of its own, because a pipe that is full blocks, and `send` may not.
        with contextlib.suppress(OSError), pipe:
            while (data := self._outgoing.get()) is not None:
                pipe.write(data)
                pipe.flush()

    def _drain(self, pipe: IO[bytes]) -> None:
        with contextlib.suppress(OSError), pipe:
            while data := pipe.read1(_TAIL_BYTES):  # type: ignore[attr-defined]
                self._tail = (self._tail + data)[-_TAIL_BYTES:]
