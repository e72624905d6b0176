"""Attempts to open a socket of every kind, each by the plain words a person knows it by.

Every target is this machine (port 9, "discard"). A socket that opens is used once, to say how
far it gets, and closed; so a proof that fails sends nothing to anybody either.
"""

from __future__ import annotations

import errno
import socket
import sys
from collections.abc import Sequence

from app.process.proof.trying import Try, error_name

PORT = 9
NAME = "tacit-proof.invalid"
"""A name that no server of the world may know (RFC 6761)."""

_MPTCP = 262
_FAST_OPEN = 0x2000_0000
_WAIT_S = 1.0
_LOOPBACK = {socket.AF_INET: "127.0.0.1", socket.AF_INET6: "::1"}
_NETLINK, _PACKET, _VSOCK = 16, 17, 40


def network() -> Sequence[Try]:
    """Sockets that could reach a network, by Python."""
    stream, datagram = socket.SOCK_STREAM, socket.SOCK_DGRAM
    tries = [
        _try("TCP over IPv4", socket.AF_INET, stream),
        _try("TCP over IPv6", socket.AF_INET6, stream),
        _try("UDP over IPv4", socket.AF_INET, datagram),
        _try("UDP over IPv6", socket.AF_INET6, datagram),
    ]
    if sys.platform == "linux":
        tries += [
            _try("Multipath TCP", socket.AF_INET, stream, _MPTCP),
            Try(name="TCP Fast Open", expected=errno.EACCES, act=_fast_open),
            _try("a raw IP socket", socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW),
            _try("a netlink socket", _NETLINK, socket.SOCK_RAW),
            _try("a raw Ethernet socket", _PACKET, socket.SOCK_RAW),
            _try("a socket to a virtual machine's host", _VSOCK, stream),
        ]
    return tries


def local() -> Sequence[Try]:
    """Sockets to other programs of this machine, which a host has no use for."""
    if not hasattr(socket, "AF_UNIX"):  # Python for Windows does not know them
        return ()
    return [
        _try("a local (Unix) socket", socket.AF_UNIX, socket.SOCK_STREAM),
        Try(name="a pair of local sockets", expected=errno.EACCES, act=_pair),
    ]


def look_up_name() -> str:
    """Ask for the address of a name; the answer in words.

    Only where plain sockets are refused: elsewhere a question would really go out.
    """
    try:
        socket.getaddrinfo(NAME, 443)
    except socket.gaierror as error:
        names = [
            n for n in dir(socket) if n.startswith("EAI_") and getattr(socket, n) == error.errno
        ]
        return names[0] if names else "no answer"
    except OSError as error:
        return error_name(error)
    return ""


def _try(name: str, family: int, kind: int, protocol: int = 0) -> Try:
    return Try(name=name, expected=errno.EACCES, act=lambda: _open(family, kind, protocol))


def _open(family: int, kind: int, protocol: int) -> str:
    with socket.socket(family, kind, protocol) as opened:
        address = _LOOPBACK.get(socket.AddressFamily(family)) if family in _LOOPBACK else None
        if address is None or kind == socket.SOCK_RAW:
            return "the socket was opened"
        try:
            opened.settimeout(_WAIT_S)
            opened.connect((address, PORT))
            if kind == socket.SOCK_DGRAM:
                opened.send(b"")
        except OSError as error:
            return f"the socket was opened, then {error_name(error)}"
    return "it was connected"


def _fast_open() -> str:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as opened:
        try:
            opened.settimeout(_WAIT_S)
            opened.sendto(b"", _FAST_OPEN, ("127.0.0.1", PORT))
        except OSError as error:
            return f"the socket was opened, then {error_name(error)}"
    return "it was connected"


def _pair() -> str:
    for end in socket.socketpair():
        end.close()
    return "the sockets were opened"
