"""What a model's own template and tokenizer may take in the engine's process: time and memory.

A chat template is a program from strangers, run by native code that holds Python's interpreter
lock: it can run for ever, ask for all memory, or end the process, and nothing in Python can
interrupt it. So a watchdog thread of the C library ends the process when the time is up, the
kernel refuses memory beyond a limit, and marks on standard error tell the client where it ended.
"""

from __future__ import annotations

import contextlib
import faulthandler
import os
import sys
from collections.abc import Iterator
from typing import Protocol

from app.engine import memory

TIME_IS_UP = 1
"""The exit code of a process that the watchdog ended."""

_BEGIN = b"\n[tacit: template and tokenizer begin]\n"
_END = b"\n[tacit: template and tokenizer end]\n"
_SECONDS = 5.0
# 100,000 characters take 0.01 s here; the tokenizer's own files are read at 15 MB/s.
_CHARACTERS_A_SECOND = 500_000
_GROWTH_BYTES = 2 * 2**30
_GROWTH_PER_CHARACTER = 200
# Stacks of threads and rounded-up pools count for the kernel, but are hardly ever touched.
_UNTOUCHED_BYTES = 2**30


class Bounds(Protocol):
    """What surrounds the work with a model's own files."""

    def template_work(self, characters: int) -> contextlib.AbstractContextManager[None]:
        """Around the template or the tokenizer at work on a text, or a file, of that length."""

    def allow_for(self, device: str) -> None:
        """Before memory is taken for a model or its context on `device`."""


class NoBounds:
    """For a process that is not a host of its own: nothing is limited."""

    def template_work(self, characters: int) -> contextlib.AbstractContextManager[None]:
        """See `Bounds.template_work`."""
        del characters
        return contextlib.nullcontext()

    def allow_for(self, device: str) -> None:
        """See `Bounds.allow_for`."""


class HostBounds:
    """The limits of a host process: it is ended when template work takes too long.

    `seconds` is what the shortest text may take; the default is 500 times what it needs.
    """

    def __init__(self, seconds: float = _SECONDS) -> None:
        self._seconds = seconds
        # Kept open: the watchdog wants to tell where it hit, and that is nobody's business.
        self._nowhere = os.open(os.devnull, os.O_WRONLY)

    @contextlib.contextmanager
    def template_work(self, characters: int) -> Iterator[None]:
        """See `Bounds.template_work`."""
        limit_s = self._seconds + characters / _CHARACTERS_A_SECOND
        growth = _GROWTH_BYTES + characters * _GROWTH_PER_CHARACTER
        _tell(_BEGIN)
        faulthandler.dump_traceback_later(limit_s, exit=True, file=self._nowhere)
        try:
            with memory.growing_at_most(growth):
                yield
        finally:
            faulthandler.cancel_dump_traceback_later()
            _tell(_END)

    def allow_for(self, device: str) -> None:
        """See `Bounds.allow_for`. Other devices map address space as they like: no limit."""
        room = memory.obtainable_bytes() + _UNTOUCHED_BYTES
        memory.limit_growth(room if device == "cpu" else None)


def ended_in_template_work(tail: bytes) -> bool:
    """Whether a host whose last words are `tail` ended inside `HostBounds.template_work`."""
    return tail.rfind(_BEGIN) > tail.rfind(_END)


def _tell(mark: bytes) -> None:
    with contextlib.suppress(OSError, AttributeError):
        os.write(sys.__stderr__.fileno(), mark)  # type: ignore[union-attr]
