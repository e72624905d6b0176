"""What has to be agreed before something of a conversation leaves this machine."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

from app.core.cloud import Preview
from app.core.errors import AppError, ErrorCode
from app.core.handoff import CancelToken
from app.core.messages import ChatRequest
from app.router.router import Decision, Router
from app.store.values import Conversation, Mark
from app.store.worker import HistoryWorker

Approve = Callable[[Preview, CancelToken], Awaitable[bool]]
"""Shows the person what would be sent; False where they do not agree, or stopped the answer."""


class Away:
    """Asks before the first sending of a conversation to a host, and offers the fall-back.

    `approve` belongs to whoever can show something; without it nothing is ever agreed.
    `fall_back` names the service that may be offered after a failure, "" for none.
    """

    def __init__(
        self,
        history: HistoryWorker,
        router: Router,
        fall_back: Callable[[AppError], str] = lambda _error: "",
    ) -> None:
        self._history = history
        self._router = router
        self._fall_back = fall_back
        self.approve: Approve | None = None

    async def require(
        self, decision: Decision, conversation: Conversation, cancel: CancelToken
    ) -> None:
        """Raises `AppError` where something would leave that the person has not agreed to."""
        if decision.preview is None:
            return
        if conversation.mark is not Mark.NONE:
            raise _confidential()
        if not await self._is_agreed(decision.preview, conversation, cancel):
            raise _not_agreed(decision.preview)

    async def instead(
        self,
        error: AppError,
        request: ChatRequest,
        conversation: Conversation,
        cancel: CancelToken,
    ) -> Decision | None:
        """Who answers after the local model failed before its first word; None for nobody.

        It is asked for each time, whatever was agreed before: the person chose this machine.
        """
        name = "" if conversation.mark is not Mark.NONE else self._fall_back(error)
        if not name:
            return None
        try:
            decision = self._router.route(replace(request, model=""), name)
        except AppError:  # the failure itself is what the person has to know
            return None
        if decision.preview is None:
            return replace(decision, reason=f"{name} answers instead.")
        preview = replace(decision.preview, failure=error.what)
        if not await self._ask(preview, cancel):
            return None
        label = preview.demand.service.label
        return replace(decision, reason=f"{label} answers instead.")

    async def _is_agreed(
        self, preview: Preview, conversation: Conversation, cancel: CancelToken
    ) -> bool:
        host, known = preview.demand.service.host, conversation.id
        if host in await self._history.run(lambda history: history.agreed_hosts(known)):
            return True
        if not await self._ask(preview, cancel):
            return False
        await self._history.run(lambda history: history.agree(known, host))
        return True

    async def _ask(self, preview: Preview, cancel: CancelToken) -> bool:
        return self.approve is not None and await self.approve(preview, cancel)


def _confidential() -> AppError:
    return AppError(
        "This conversation is confidential: nothing of it was sent.",
        "Choose a model on this computer for it.",
        code=ErrorCode.NOT_ALLOWED,
    )


def _not_agreed(preview: Preview) -> AppError:
    return AppError(
        f"Nothing was sent to {preview.demand.service.label}.",
        "Choose a model on this computer, or ask again.",
        code=ErrorCode.NOT_ALLOWED,
    )
