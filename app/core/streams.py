"""Streams of events, left before their end."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from typing import TypeVar

T = TypeVar("T")


@asynccontextmanager
async def closing(stream: AsyncIterator[T]) -> AsyncIterator[AsyncIterator[T]]:
    """Close `stream` at the end of the block; what that raises is of no use to anybody."""
    try:
        yield stream
    finally:
        if isinstance(stream, AsyncGenerator):
            with contextlib.suppress(Exception):  # the answer has ended already
                await stream.aclose()
