"""What every courier is to the window and the commands, real or in this process."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Protocol

from app.core.cancel import CancelToken
from app.core.egress import CourierStatus
from app.network.policy import Policy
from app.network.verb import A, P, R, Verb


class Courier(Protocol):
    """Does verbs. Everything may be called from any thread; what blocks says so."""

    def status(self) -> CourierStatus:
        """The process and what its gateway is open for, at this moment; cheap.

        An opening is visible here before a connection is made, and until all are closed.
        """

    def on_change(self, call: Callable[[], None]) -> Callable[[], None]:
        """Have `call` called after each change of the status, on a thread of its own.

        An opening is not used before it has returned: it may take the moment that showing
        the change takes, but no longer, because the reports of all calls wait with it.
        Returns its removal.
        """

    def configure(self, policy: Policy) -> None:
        """What the person has set now; it counts for every connection from now on."""

    def stream(
        self, verb: Verb[A, P, R], arguments: A, cancel: CancelToken
    ) -> Generator[P | R, None, None]:
        """The items of one call and, last, its result. Blocking.

        Raises `AppError`: with `CANCELLED` when stopped, `SEALED` where there is no courier
        any more. Closing the iterator early stops the call.
        """

    def run(
        self,
        verb: Verb[A, P, R],
        arguments: A,
        cancel: CancelToken,
        tell: Callable[[P], None] = lambda _item: None,
    ) -> R:
        """The result of one call; its items go to `tell`. Blocking; raises as `stream`."""

    def open_link(self, url: str, *, allowed_by: str) -> None:
        """Show an https address in the person's browser. Blocking; raises `AppError`."""

    def open_folder(self, path: str) -> None:
        """Show a folder in the person's file manager. Blocking; raises `AppError`."""

    def end(self) -> None:
        """End the courier for good, and wait until its process is gone. Blocking.

        Afterwards every verb raises `AppError` with `SEALED`.
        """
