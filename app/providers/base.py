"""What every provider is: a name and one stream method."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Protocol

from app.core.events import Event
from app.core.handoff import CancelToken
from app.core.messages import ChatRequest


class Provider(Protocol):
    """Answers chat requests; `name` is what rules, the command line and messages call it."""

    @property
    def name(self) -> str:
        """For example "onnx"."""

    @property
    def is_local(self) -> bool:
        """Whether a request stays on this machine."""

    def stream(self, request: ChatRequest, cancel: CancelToken) -> AsyncIterator[Event]:
        """The events of one answer, in the order that `app.core.events` describes.

        Failures are `Failed` events, never exceptions; a cancelled token ends the stream
        with `Cancelled` within 300 ms.
        """

    async def close(self) -> None:
        """Give back processes and memory; the provider may not be used afterwards."""
