"""Addresses of servers, taken apart and checked."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from app.network import hosts
from app.network.faults import not_allowed

_HTTP = 80


@dataclass(frozen=True, slots=True)
class Url:
    """An address taken apart. `target` is what the server is asked for."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def text(self) -> str:
        """The address in full."""
        return f"{self.scheme}://{hosts.endpoint(self.host, self.port)}{self.target}"

    @property
    def is_encrypted(self) -> bool:
        """Whether it is reached by TLS."""
        return self.scheme == "https"

    @property
    def origin(self) -> tuple[str, str, int]:
        """What has to be the same for a key to be sent again."""
        return self.scheme, self.host, self.port

    @property
    def rule(self) -> str:
        """The host as the gateway's rules name it."""
        return hosts.rule_of(self.host, self.port)


def parse(url: str) -> Url:
    """The parts of `url`; raises `AppError` for what is no https address of a server.

    http is for this machine only.
    """
    try:
        parts = urlsplit(url)
        host, port = hosts.clean(parts.hostname or ""), parts.port
    except ValueError:
        host, port, parts = "", None, urlsplit("")
    if not host or parts.username is not None or not url.isascii() or not url.isprintable():
        raise not_allowed("This is no address of a server.")
    if parts.scheme != "https" and not (parts.scheme == "http" and hosts.is_loopback_name(host)):
        raise not_allowed(f"{host} is not reached by https.")
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    default = hosts.HTTPS if parts.scheme == "https" else _HTTP
    return Url(parts.scheme, host, port or default, target.replace(" ", "%20"))
