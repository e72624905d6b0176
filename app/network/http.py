"""A small HTTP/1.1 client over the gateway: one request a connection, checked redirects."""

from __future__ import annotations

import contextlib
import http.client
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Self
from urllib.parse import urljoin

from app.core.errors import AppError, ErrorCode
from app.network import faults
from app.network.faults import TransientError, not_allowed
from app.network.gateway import CONNECT_S, Passage
from app.network.url import Url, parse
from app.network.wire import Connection

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MOST_REDIRECTS = 5
_TRY_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
_AGENT = "tacit"


class Response:
    """An answer whose body is still to be read, on the thread that asked. Close it."""

    def __init__(self, connection: Connection, raw: http.client.HTTPResponse, url: Url) -> None:
        self.status = raw.status
        self.url = url
        self._connection = connection
        self._raw = raw

    @property
    def headers(self) -> list[tuple[str, str]]:
        """All headers, in order."""
        return self._raw.getheaders()

    def header(self, name: str) -> str:
        """The header of that name, "" where there is none."""
        return self._raw.headers.get(name, "")

    @property
    def length(self) -> int | None:
        """Bytes of the body that are still to come; None where the server did not say."""
        return self._raw.length

    def readinto(self, buffer: memoryview) -> int:
        """Read what has arrived, at least a byte; 0 at the true end of the body.

        Raises `TransientError` where the connection ends before that.
        """
        with self._in_words():
            if self._raw.chunked:
                piece = self._raw.read1(len(buffer))
                buffer[: len(piece)] = piece
                return len(piece)
            expected = self._raw.length
            count = self._raw.readinto(buffer) if expected != 0 else 0
            if count == 0 and expected:
                raise ConnectionResetError("the body ended early")
            return count

    def read(self, limit: int) -> bytes:
        """The whole body; raises `AppError` where it is longer than `limit` bytes."""
        parts = bytearray()
        buffer = memoryview(bytearray(65_536))
        while count := self.readinto(buffer):
            parts += buffer[:count]
            if len(parts) > limit:
                raise AppError(
                    f"{self.url.host} sent more than was expected.",
                    "Try again later.",
                    code=ErrorCode.CONNECTION_FAILED,
                )
        return bytes(parts)

    def close(self) -> None:
        """Close the connection; closing twice does nothing more."""
        with contextlib.suppress(OSError):
            self._raw.close()
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextlib.contextmanager
    def _in_words(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise faults.in_words(error, self.url.host) from error
        except http.client.HTTPException as error:
            self._connection.outcome = "answer not understood"
            raise _nonsense(self.url.host) from error


def request(
    passage: Passage,
    url: str,
    headers: Mapping[str, str] | None = None,
    *,
    method: str = "GET",
    timeout_s: float = CONNECT_S,
) -> Response:
    """Ask for `url`; redirects are followed to hosts that the passage allows.

    `timeout_s` is how long the server may be silent. A key (`Authorization`) stays with the
    origin it was meant for. Raises `AppError`; the status is for the caller to judge
    (`check`).
    """
    where, sent = parse(url), dict(headers or {})
    for _ in range(_MOST_REDIRECTS + 1):
        response = _ask(passage, where, sent, method, timeout_s)
        location = response.header("Location")
        if response.status not in _REDIRECTS or not location:
            return response
        response.close()
        following = parse(urljoin(where.text, location))
        if where.is_encrypted and not following.is_encrypted:
            raise not_allowed(f"{where.host} led to an address without encryption.")
        if following.origin != where.origin:
            sent = {name: v for name, v in sent.items() if name.lower() != "authorization"}
        where = following
    raise AppError(
        f"{where.host} led from address to address without end.",
        "Try again later.",
        code=ErrorCode.CONNECTION_FAILED,
    )


def send(
    passage: Passage,
    url: str,
    headers: Mapping[str, str],
    *,
    method: str,
    body: bytes,
    timeout_s: float,
) -> Response:
    """Ask for `url` once, with a body, and follow no redirect; otherwise as `request`."""
    return _ask(passage, parse(url), headers, method, timeout_s, body or None)


def bearer(token: str) -> dict[str, str]:
    """The header that carries a key, none for "".

    Raises `AppError` for a key with characters that no key has: the library would quote it.
    """
    if not token:
        return {}
    if not (token.isascii() and token.isprintable() and " " not in token):
        raise AppError("The key has characters that no key has.", "Enter it again.")
    return {"Authorization": f"Bearer {token}"}


def check(response: Response) -> None:
    """Raises `AppError` where the status says that this is not what was asked for."""
    status, host = response.status, response.url.host
    if 200 <= status < 300:
        return
    if status in _TRY_AGAIN:
        what = "is busy" if status in {429, 503} else "has a fault of its own"
        raise TransientError(
            f"{host} {what} ({status}).",
            "Try again in a few minutes.",
            retry_after_s=retry_after(response.header("Retry-After")),
        )
    if status in {401, 403}:
        raise AppError(
            f"{host} does not allow this ({status}).",
            "It may want a key or a licence.",
            code=ErrorCode.ACCESS_REFUSED,
        )
    if status in {404, 410}:
        what, todo = f"{host} does not have this ({status}).", "It may have been moved or removed."
    else:
        what, todo = f"{host} refused ({status}).", "Try again later."
    raise AppError(what, todo, code=ErrorCode.CONNECTION_FAILED)


def _ask(  # noqa: PLR0917
    passage: Passage,
    url: Url,
    headers: Mapping[str, str],
    method: str,
    timeout_s: float,
    body: bytes | None = None,
) -> Response:
    connection = passage.connect(url.host, url.port, tls=url.is_encrypted, timeout_s=timeout_s)
    client = http.client.HTTPConnection(url.host, url.port)
    client.sock = _Borrowed(connection)
    try:
        usual = {"User-Agent": _AGENT, "Accept-Encoding": "identity", "Connection": "close"}
        client.request(method, url.target, body, {**usual, **headers})
        return Response(connection, client.getresponse(), url)
    except OSError as error:
        connection.close()
        raise faults.in_words(error, url.host) from error
    except (http.client.HTTPException, ValueError) as error:
        connection.outcome = "answer not understood"
        connection.close()
        raise _nonsense(url.host) from error
    except BaseException:
        connection.close()
        raise


class _Borrowed:
    """A connection that `http.client` takes for a socket, and may not close.

    The library closes its socket when an answer's head has come, and reads on from a copy.
    """

    def __init__(self, connection: Connection) -> None:
        self.sendall = connection.sendall
        self.makefile = connection.makefile

    def close(self) -> None:
        """The response still reads from it."""


def retry_after(value: str) -> float | None:
    """Seconds that the server wants to be left alone; None where it does not say."""
    if value.isdigit():
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, TypeError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())


def _nonsense(host: str) -> TransientError:
    return TransientError(
        f"What {host} answered is no proper answer.",
        "Check the connection: the network may want you to sign in first.",
    )
