"""Long work of a command: on a thread, with its progress shown, stopped by Ctrl-C."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from app.cli.output import Console

if TYPE_CHECKING:
    from app.core.handoff import CancelToken

T = TypeVar("T")
Tell = Callable[[str, float | None], None]
_BAR = 24


def run_long(console: Console, work: Callable[[Tell, CancelToken], T]) -> T:
    """Do `work` and return its result; the first Ctrl-C asks it to stop."""
    import asyncio

    try:
        return asyncio.run(_run(work, Teller(console)))
    finally:
        console.clear_status()


async def _run(work: Callable[[Tell, CancelToken], T], tell: Tell) -> T:
    from app.cli.interrupt import cancelling
    from app.core.handoff import CancelToken, Worker

    token, worker = CancelToken(), Worker("models")
    try:
        with cancelling(token):
            return await worker.call(lambda: work(tell, token))
    finally:
        token.cancel()
        worker.close()


class Teller:
    """Shows how far it is: a bar on a terminal, one line a step in a file."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._label = ""
        self._shown = ""

    def __call__(self, label: str, share: float | None) -> None:
        """What is being done, and the share of 1 that is (None: unknown)."""
        shown = f"{label} ..." if share is None else f"{_bar(share)} {label}, {share:.0%} ..."
        if shown != self._shown:  # many pieces make one percent
            self._console.status(shown)
            self._shown = shown
        if label != self._label and not self._console.err_is_terminal:
            self._console.note(f"{label} ...")
        self._label = label


def _bar(share: float) -> str:
    full = round(share * _BAR)
    return f"[{'#' * full}{' ' * (_BAR - full)}]"
