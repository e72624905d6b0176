"""The only place that loads huggingface_hub: in the courier alone, when something is asked for.

The library gets a transport that knows no way out but the one of the call it works for: no
socket, no environment, no token file, and none of its native downloader.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import httpx2

Send = Callable[["httpx2.Request"], "httpx2.Response"]

_send: ContextVar[Send] = ContextVar("send")


@contextlib.contextmanager
def through(send: Send) -> Iterator[None]:
    """Have the requests of the library answered by `send`, on this thread."""
    kept = _send.set(send)
    try:
        yield
    finally:
        _send.reset(kept)


@cache
def library() -> Any:
    """The library; its one client serves each call as `through` says."""
    # Its native downloader would open sockets of its own; so it cannot be imported at all.
    sys.modules["hf_xet"] = None  # type: ignore[assignment]
    import huggingface_hub
    import huggingface_hub.errors

    huggingface_hub.set_client_factory(_client)
    return huggingface_hub


def _client() -> Any:
    import httpx2

    class Transport(httpx2.BaseTransport):
        def handle_request(self, request: httpx2.Request) -> httpx2.Response:
            return _send.get()(request)

    return httpx2.Client(transport=Transport(), trust_env=False, follow_redirects=False)
