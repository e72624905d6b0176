"""Whether a question may leave for a service, and what it may cost: asked at the last moment.

Every request to every service comes through `CloudPermits.permit`, with exactly what would be
sent. The router (`app.router.router`) has decided before, by marks, rules and switches, and has
redacted; without its permit for these very words (`app.core.permit`) nothing is granted here.
"""

from __future__ import annotations

from collections.abc import Callable

from app.core.cloud import Demand, Price, Service
from app.core.errors import AppError, ErrorCode
from app.core.permit import Permit as Leave
from app.providers.cloud.costs import Costs
from app.providers.cloud.permit import Permit, grant


class CloudPermits:
    """Permits, for as long as everything agrees. All functions are asked anew each time.

    `is_private` is a session that keeps nothing, and `is_on` the switch for all of the cloud;
    a service on this machine needs its own switch only. `limit_usd` is for a month, 0 for none.
    """

    def __init__(
        self,
        *,
        is_private: bool,
        is_sealed: Callable[[], bool],
        is_on: Callable[[], bool],
        limit_usd: Callable[[], float],
        price: Callable[[Service, str], Price | None],
        costs: Costs,
    ) -> None:
        self._is_private = is_private
        self._is_sealed = is_sealed
        self._is_on = is_on
        self._limit_usd = limit_usd
        self._price = price
        self._costs = costs

    def permit(self, demand: Demand, leave: Leave | None) -> Permit:
        """See `app.providers.cloud.permit.Permits`."""
        demand = self.review(demand)
        service = demand.service
        if not service.is_local and (leave is None or not leave.covers(service.name, demand)):
            raise _not_allowed(service)
        account = self._costs.begin(
            demand, self._price(demand.service, demand.model), self._limit_usd()
        )
        reason = leave.allowed_by if leave is not None else f"you, asking {service.label}"
        return grant(demand, account, reason=reason[:200])

    def review(self, demand: Demand) -> Demand:
        """What would be sent of `demand` now; raises `AppError` where nothing may be.

        It has to be the same each time: what is shown beforehand is what is sent.
        """
        self.require(demand.service)
        return demand

    def require(self, service: Service) -> None:
        """Raises `AppError` where the switches forbid asking this service for anything."""
        if self._is_private or self._is_sealed():
            what = "A private session" if self._is_private else "A sealed Tacit"
            raise AppError(
                f"{what} has no cloud: {service.label} was not asked.",
                "Take the model on this computer, or start an ordinary session.",
                code=ErrorCode.SEALED,
            )
        if not service.is_local and not self._is_on():
            raise AppError(
                "The cloud is switched off: nothing was sent.",
                "Switch it on in the settings under Cloud, or with: tacit cloud on",
                code=ErrorCode.CLOUD_OFF,
            )
        if not service.is_on:
            raise AppError(
                f"{service.label} is switched off: nothing was sent.",
                f"Switch it on in the settings under Cloud, or with: tacit cloud on {service.name}",
                code=ErrorCode.CLOUD_OFF,
            )


def _not_allowed(service: Service) -> AppError:
    return AppError(
        f"Nothing was sent to {service.label}: nobody allowed exactly this to leave.",
        "Ask again, or choose a model on this computer.",
        code=ErrorCode.NOT_ALLOWED,
    )
