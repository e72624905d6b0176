"""A verb: one thing the courier can be asked to do, and where that may lead.

A `Verb` is known on both sides and says how its values travel. Its `Handler` exists in the
courier alone. Rooms that need the network declare both and hand the handler to
`app.network.courier.main`; nothing else in this room knows them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from app.core.cancel import CancelToken
from app.core.egress import Purpose
from app.network.gateway import Passage
from app.network.policy import Policy
from app.process import plain

T = TypeVar("T")
A = TypeVar("A")
P = TypeVar("P")
R = TypeVar("R")
Told_contra = TypeVar("Told_contra", contravariant=True)


@dataclass(frozen=True, slots=True)
class Codec(Generic[T]):
    """How a value travels between the processes; `decode` raises `ProtocolError`."""

    encode: Callable[[T], Any]
    decode: Callable[[object], T]


def codec(kind: type[T]) -> Codec[T]:
    """The codec of a frozen dataclass (or a plain value), checked field by field."""
    return Codec(plain.to_plain, lambda value: plain.from_plain(kind, value))


@dataclass(frozen=True, slots=True, kw_only=True)
class Nothing:
    """For a verb without arguments, items or a result."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verb(Generic[A, P, R]):
    """`arguments` go to the courier; `item`s come while it works, then one `result`."""

    name: str
    arguments: Codec[A]
    item: Codec[P]
    result: Codec[R]


class VerbContext(Protocol[Told_contra]):
    """What a handler works with, for one call."""

    @property
    def cancel(self) -> CancelToken:
        """Cancelled when the result is no longer wanted, and when the courier has to end."""

    @property
    def policy(self) -> Policy:
        """What the person has set, at this moment."""

    def tell(self, item: Told_contra) -> None:
        """Send an item of progress."""

    def open(
        self,
        purpose: Purpose,
        *wanted: str,
        named: Sequence[str] = (),
        label: str = "",
        conversation: str = "",
        allowed_by: str,
    ) -> AbstractContextManager[Passage]:
        """Open the gateway within the handler's own table; see `Gateway.open`."""

    def hand_over(
        self, purpose: Purpose, host: str, port: int, *, allowed_by: str, act: Callable[[], None]
    ) -> None:
        """Have another program connect to `host`; see `Gateway.hand_over`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Handler(Generic[A, P, R]):
    """The courier's side of a verb.

    `reach` is the table of what it may reach: purpose to host rules, which are exact names or
    "*.suffix". A purpose without rules reaches only the endpoints that the person named. A
    verb that `starts_programs` is not confined to the files of the policy: what it starts
    would be, too.
    """

    verb: Verb[A, P, R]
    reach: Mapping[Purpose, tuple[str, ...]]
    run: Callable[[A, VerbContext[P]], R]
    starts_programs: bool = False


AnyHandler = Handler[Any, Any, Any]
