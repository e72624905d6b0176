"""What the window knows privacy from: the courier, the journal and the proof, as it needs them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from app.core.egress import CourierStatus, JournalCheck, JournalRecord, Purpose
from app.core.privacy import SealReport
from app.core.proof import Proof


class Courier(Protocol):
    """The way to the courier, the one process that may connect."""

    def status(self) -> CourierStatus:
        """What it does now; cheap, from any thread. An opening is in here before it is used."""

    def on_change(self, callback: Callable[..., None], /) -> Callable[[], None]:
        """Call `callback` on every change of the status, on any thread; returns its removal.

        It is called without a lock held, before a gateway opens and after it has shut: the
        callback returns once the window shows what will be.
        """

    def end(self) -> None:
        """End it for good; blocking. Raises `AppError` where it does not end."""

    def open_link(self, url: str, *, allowed_by: str) -> None:
        """Have the browser open an https address; blocking, raises `AppError`."""


class Traffic(Protocol):
    """What one month held of one purpose; `month` is for example "2026-11"."""

    @property
    def month(self) -> str: ...  # noqa: D102
    @property
    def purpose(self) -> Purpose: ...  # noqa: D102
    @property
    def connections(self) -> int: ...  # noqa: D102
    @property
    def sent_bytes(self) -> int: ...  # noqa: D102
    @property
    def received_bytes(self) -> int: ...  # noqa: D102


class Journal(Protocol):
    """The record of every connection; everything in it blocks and may raise `AppError`."""

    def records(
        self, *, purpose: Purpose | None = None, month: str = ""
    ) -> Iterator[JournalRecord]:
        """The records, newest first, read as they are asked for; "" is every month."""

    def totals(self) -> Sequence[Traffic]:
        """What every month held of every purpose."""

    def check(self) -> JournalCheck:
        """Whether anything was changed, removed, added or reordered."""

    def export(self, file: Path) -> None:
        """Write all of it to `file`."""


Prove = Callable[[], Awaitable[Proof]]


@dataclass(frozen=True, kw_only=True)
class PrivacySources:
    """Where the facts come from. What is None is not there: no courier, no journal, no proof.

    `seal` is what protects the process of the window. `examine` reads it again from the
    system (blocking); without it `seal` is taken as it is.
    """

    seal: SealReport = field(default_factory=SealReport)
    examine: Callable[[], SealReport] | None = None
    courier: Courier | None = None
    journal: Journal | None = None
    prove: Prove | None = None

    def status(self) -> CourierStatus:
        """The courier's status; without one, that of no process."""
        return self.courier.status() if self.courier is not None else CourierStatus()
