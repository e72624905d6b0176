"""The permit without which nothing is sent to a service: made by the router alone.

`grant` is imported by `app.router.cloud_permits` and by nothing else, which a test holds. Deny
wins: everything that has a say is asked, and one refusal is enough.
"""

from __future__ import annotations

import threading
from typing import Protocol

from app.core.cloud import Demand, Service
from app.core.errors import AppError, ErrorCode
from app.core.permit import Permit as Leave

_OURS = object()


class Account(Protocol):
    """Where the costs of one answer are written, before and after."""

    def settle(
        self,
        *,
        prompt_tokens: int | None,
        completion_tokens: int | None,
        written_characters: int,
        cost_usd: float | None,
        was_answered: bool,
    ) -> float | None:
        """What the answer cost in US dollars, None where that is not known.

        What the service did not report is None, and then estimated from the characters; a
        service that refused (`was_answered` False) charges nothing.
        """


class Permit:
    """Allows one sending of exactly one demand. Only `grant` makes one."""

    def __init__(self, demand: Demand, account: Account, reason: str, ours: object) -> None:
        if ours is not _OURS:
            raise TypeError("a permit is made by the router alone")
        self.demand = demand
        self.account = account
        self.reason = reason
        self._lock = threading.Lock()
        self._is_used = False

    def use(self) -> Demand:
        """What may be sent now; a second call raises `AppError`."""
        with self._lock:
            if self._is_used:
                raise AppError(
                    "This question was sent already.",
                    "Ask for another answer.",
                    code=ErrorCode.NOT_ALLOWED,
                )
            self._is_used = True
        return self.demand


class Permits(Protocol):
    """Who decides whether a demand may be sent."""

    def require(self, service: Service) -> None:
        """Raises `AppError` where this service must not be asked for anything."""

    def review(self, demand: Demand) -> Demand:
        """What would be sent of it now; raises `AppError`. Quick."""

    def permit(self, demand: Demand, leave: Leave | None) -> Permit:
        """The permit for it; raises `AppError` for everything that speaks against it. Blocking.

        `leave` is the router's word that exactly this may leave, which a service on this
        machine does not need.
        """


def grant(demand: Demand, account: Account, *, reason: str) -> Permit:
    """Allow it; `reason` is for the journal: who allowed it, in a few words."""
    return Permit(demand, account, reason, _OURS)
