"""The turns under way: at most one in a conversation, and all can be stopped."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from app.core.errors import AppError, ErrorCode
from app.core.handoff import CancelToken


class Running:
    """Which conversations are being answered; belongs to one event loop."""

    def __init__(self) -> None:
        self._conversations: set[str] = set()
        self._turns: set[CancelToken] = set()
        self._ended = asyncio.Event()
        self._is_stopped = False

    def __contains__(self, conversation_id: str) -> bool:
        return conversation_id in self._conversations

    @contextmanager
    def hold(
        self, conversation_id: str | None, cancel: CancelToken
    ) -> Iterator[Callable[[str], None]]:
        """Take the conversation for one turn; raises `AppError` while another one has it.

        A turn in a conversation that is not there yet (None) names it to the function that
        this yields.
        """
        if self._is_stopped:
            raise AppError("Tacit is closing.", "Ask again after the next start.")
        if conversation_id in self._conversations:
            raise AppError(
                "An answer is still being written in this conversation.",
                "Wait until it is complete, or stop it.",
                code=ErrorCode.USAGE,
            )
        held = {conversation_id} if conversation_id is not None else set()

        def take(name: str) -> None:
            held.add(name)
            self._conversations.add(name)

        self._conversations |= held
        self._turns.add(cancel)
        try:
            yield take
        finally:
            self._conversations -= held
            self._turns.discard(cancel)
            self._ended.set()

    async def stop(self, timeout_s: float) -> None:
        """Cancel every turn, let no other begin, and wait for the end, `timeout_s` at most."""
        self._is_stopped = True
        for cancel in list(self._turns):
            cancel.cancel()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                while self._turns:
                    self._ended.clear()
                    await self._ended.wait()
