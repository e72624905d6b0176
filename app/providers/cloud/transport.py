"""The gateway's transport for the services' own libraries: the only way out that they have.

A library is given a key that opens nothing; the real one is put in here, when a request leaves.
So no client, no representation of one and no traceback of a library can show it. What a library
adds of its own (its version, the system, the processor) stays here.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from app.core.cancel import CancelToken
from app.core.cloud import Service
from app.core.errors import AppError, ErrorCode
from app.network import http
from app.network.faults import not_allowed, stopped
from app.network.gateway import Passage
from app.network.url import Url, parse
from app.providers.cloud import faults

if TYPE_CHECKING:
    import httpx2

NO_KEY = "-"
"""What a library is given as a key."""

_KEPT = ("accept", "content-type", "anthropic-version")
_LARGEST_ANSWER = 64 * 2**20
_PIECE = 65_536


class Way:
    """The way to one service, for one call. `problem` is what went wrong on it, in words,
    whatever a library made of it."""

    def __init__(
        self, passage: Passage, where: Url, *, key: str, silence_s: float, cancel: CancelToken
    ) -> None:
        self.where = where
        self.problem: AppError | None = None
        self._has_begun = False
        self._passage = passage
        self._authorization = http.bearer(key)
        self._silence_s = silence_s
        self._cancel = cancel

    @property
    def address(self) -> str:
        """The address of the service, as its library is told it."""
        return self.where.text.rstrip("/")

    def in_words(self, error: Exception, service: Service) -> AppError:
        """Why a library gave up with `error`, whose own words may quote addresses and headers."""
        if self.problem is None:
            return error if isinstance(error, AppError) else faults.not_understood(service)
        if self.problem.code is ErrorCode.CONNECTION_FAILED:
            if isinstance(self.problem.__cause__, TimeoutError):
                return faults.timed_out(service)
            if self._has_begun:
                return faults.cut_off(service)
        return self.problem

    def send(self, request: httpx2.Request) -> httpx2.Response:
        """Answer a library's request; raises `AppError`, which `problem` keeps."""
        import httpx2

        with self._noting():
            address = str(request.url)
            if parse(address).origin != self.where.origin:  # it has no business elsewhere
                raise not_allowed("A library wanted to reach another server.")
            kept = {name: request.headers[name] for name in _KEPT if name in request.headers}
            response = http.send(
                self._passage,
                address,
                {**kept, **self._authorization},
                method=request.method,
                body=request.read(),
                timeout_s=self._silence_s,
            )
        self._has_begun = response.status == 200
        return httpx2.Response(
            response.status, headers=response.headers, stream=self._stream(response)
        )

    def client(self) -> httpx2.Client:
        """A client for a library that takes one; close it."""
        import httpx2

        way = self

        class Transport(httpx2.BaseTransport):
            def handle_request(self, request: httpx2.Request) -> httpx2.Response:
                return way.send(request)

        return httpx2.Client(transport=Transport(), trust_env=False, follow_redirects=False)

    def _stream(self, response: http.Response) -> httpx2.SyncByteStream:
        import httpx2

        way = self

        class Stream(httpx2.SyncByteStream):
            def __iter__(self) -> Iterator[bytes]:
                with way._noting():
                    yield from _pieces(response)

            def close(self) -> None:
                response.close()

        return Stream()

    @contextlib.contextmanager
    def _noting(self) -> Iterator[None]:
        try:
            yield
        except AppError as error:
            self.problem = stopped() if self._cancel.is_cancelled else error
            raise


def _pieces(response: http.Response) -> Iterator[bytes]:
    """The body as it arrives."""
    buffer, total = memoryview(bytearray(_PIECE)), 0
    while count := response.readinto(buffer):
        total += count
        if total > _LARGEST_ANSWER:
            raise AppError(f"{response.url.host} sends without end.", "Try another model.")
        yield bytes(buffer[:count])
