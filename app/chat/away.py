"""What has to be agreed before something of a conversation leaves this machine."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Protocol, runtime_checkable

from app.core.cloud import Preview
from app.core.handoff import CancelToken
from app.core.messages import ChatRequest
from app.router.router import Departure
from app.store.values import Conversation
from app.store.worker import HistoryWorker

Approve = Callable[[Preview, CancelToken], Awaitable[bool]]
"""Shows the person what would be sent; False where they do not agree, or stopped the answer."""


@runtime_checkable
class Previews(Protocol):
    """A provider that can say what it would send."""

    def preview(self, request: ChatRequest) -> Preview:
        """Exactly what would be sent; raises `AppError` where that is not allowed."""


class Agreement(Protocol):
    """Who is asked before something leaves."""

    async def agrees(
        self, departure: Departure, conversation: Conversation, cancel: CancelToken
    ) -> bool:
        """Whether it may; see `Away.agrees`."""


class Away:
    """Asks before the first sending of a conversation to a host, and before every fall-back.

    `approve` belongs to whoever can show something; without it nothing is ever agreed.
    """

    def __init__(self, history: HistoryWorker) -> None:
        self._history = history
        self.approve: Approve | None = None

    async def agrees(
        self, departure: Departure, conversation: Conversation, cancel: CancelToken
    ) -> bool:
        """Whether the person agrees to this; raises `AppError` where nothing may be sent.

        A fall-back is asked for each time, whatever was agreed before: the person chose this
        machine.
        """
        provider, redacted = departure.route.provider, departure.route.redacted
        if self.approve is None or not isinstance(provider, Previews):
            return False
        preview = provider.preview(departure.route.request)
        if redacted is not None:
            preview = replace(preview, replaced=tuple(redacted.originals.items()))
        if departure.failure is not None:
            return await self.approve(replace(preview, failure=departure.failure.what), cancel)
        host, known = preview.demand.service.host, conversation.id
        if host in await self._history.run(lambda history: history.agreed_hosts(known)):
            return True
        if not await self.approve(preview, cancel):
            return False
        await self._history.run(lambda history: history.agree(known, host))
        return True
