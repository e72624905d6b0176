"""Which proxy a connection goes through, and how a tunnel through it is asked for."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from app.core.errors import AppError, ErrorCode
from app.network import hosts
from app.network.faults import TransientError
from app.network.policy import ProxyMode, ProxySettings

if TYPE_CHECKING:
    from app.network.wire import Connection

_MAX_ANSWER = 16_384


@dataclass(frozen=True, slots=True)
class Proxy:
    """Where a proxy listens, and the name and password it wants ("" for none)."""

    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)


def choose(settings: ProxySettings, host: str) -> Proxy | None:
    """The proxy for a connection to `host`; None where it is made directly.

    This machine is never reached through a proxy. Raises `AppError` for a kind of proxy that
    Tacit does not know.
    """
    if settings.mode is ProxyMode.NONE or hosts.is_loopback_name(host):
        return None
    if settings.mode is ProxyMode.MANUAL:
        return Proxy(settings.host, settings.port, settings.user, settings.password)
    return _of_system(host)


def ask_for_tunnel(connection: Connection, proxy: Proxy) -> None:
    """Have the proxy at the other end connect to the host; raises `OSError` or `AppError`."""
    target = hosts.endpoint(connection.host, connection.port)
    lines = [f"CONNECT {target} HTTP/1.1", f"Host: {target}"]
    if proxy.user:
        secret = base64.b64encode(f"{proxy.user}:{proxy.password}".encode()).decode("ascii")
        lines.append(f"Proxy-Authorization: Basic {secret}")
    connection.sendall("\r\n".join([*lines, "", ""]).encode("utf-8"))
    status = _status(_answer(connection))
    if status == 407:
        connection.outcome = "refused by the proxy"
        raise AppError(
            f"The proxy {proxy.host} wants a name and a password, or does not know these.",
            "Enter them in the settings under Network: the name for the proxy and the password "
            "for the proxy.",
            code=ErrorCode.CONNECTION_FAILED,
        )
    if not 200 <= status < 300:
        connection.outcome = "refused by the proxy"
        raise TransientError(
            f"The proxy {proxy.host} made no connection to {connection.host} ({status}).",
            "Ask whoever runs the proxy, or choose another one in the settings under Network.",
        )


def _answer(connection: Connection) -> bytes:
    # Byte by byte: what follows the answer belongs to the connection through the tunnel.
    answer = bytearray()
    while not answer.endswith(b"\r\n\r\n"):
        byte = connection.recv(1)
        if not byte or len(answer) > _MAX_ANSWER:
            raise ConnectionResetError("the proxy hung up")
        answer += byte
    return bytes(answer)


def _status(answer: bytes) -> int:
    words = answer.split(b"\r\n", 1)[0].split()
    if len(words) < 2 or not words[0].startswith(b"HTTP/") or not words[1].isdigit():
        raise ConnectionResetError("no proxy answered")
    return int(words[1])


def _of_system(host: str) -> Proxy | None:
    from urllib.parse import unquote, urlsplit
    from urllib.request import getproxies, proxy_bypass

    if proxy_bypass(host):
        return None
    proxies = getproxies()
    address = proxies.get("https") or proxies.get("all") or ""
    if not address:
        return None
    parts = urlsplit(address if "://" in address else f"http://{address}")
    if parts.scheme != "http" or not parts.hostname:
        raise AppError(
            f"The system names a proxy of a kind that Tacit does not know ({parts.scheme}).",
            "Enter an HTTP proxy in the settings under Network.",
            code=ErrorCode.SETTING_INVALID,
        )
    return Proxy(
        parts.hostname,
        parts.port or 80,
        unquote(parts.username or ""),
        unquote(parts.password or ""),
    )
