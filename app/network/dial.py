"""From a name to a connected socket, through checked addresses only."""

from __future__ import annotations

import errno
import os
import select
import socket
import time
from collections.abc import Callable, Sequence
from typing import Any

from app.network import hosts
from app.network.faults import not_allowed, stopped

_SLICE_S = 0.1
_NEXT_ADDRESS_S = 5.0

Address = tuple[int, tuple[Any, ...]]


def addresses(host: str, port: int, *, may_be_local: bool) -> list[Address]:
    """The IP addresses of `host`, as family and socket address.

    Raises `OSError` where the name is not found, and `AppError` where any of them is local
    and that is not allowed: whoever answers for a name could point it at this machine.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    result = [(int(family), address) for family, _type, _protocol, _name, address in found]
    if not may_be_local and any(hosts.is_local(str(address[0])) for _family, address in result):
        raise not_allowed(
            f"The name {host} leads to an address inside the local network, which was not asked "
            "for.",
            "Nothing was sent. Where that is right, name the server in the settings.",
        )
    return result


def dial(
    choices: Sequence[Address], timeout_s: float, is_cancelled: Callable[[], bool]
) -> socket.socket:
    """A socket connected to the first of `choices` that answers.

    Raises `OSError` where none does, `AppError` when cancelled.
    """
    failure: OSError = TimeoutError("no address")
    for number, (family, address) in enumerate(choices, start=1):
        is_last = number == len(choices)
        raw = socket.socket(family, socket.SOCK_STREAM)
        try:
            limit = timeout_s if is_last else min(timeout_s, _NEXT_ADDRESS_S)
            _connect(raw, address, limit, is_cancelled)
        except OSError as error:
            raw.close()
            failure = error
        except BaseException:
            raw.close()
            raise
        else:
            raw.settimeout(timeout_s)
            raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return raw
    raise failure


def _connect(
    raw: socket.socket,
    address: tuple[Any, ...],
    timeout_s: float,
    is_cancelled: Callable[[], bool],
) -> None:
    # In slices, because nothing wakes a thread that waits for a connection.
    raw.setblocking(False)
    deadline = time.monotonic() + timeout_s
    code = raw.connect_ex(address)
    while code in {errno.EINPROGRESS, errno.EWOULDBLOCK, errno.EALREADY}:
        if is_cancelled():
            raise stopped()
        if time.monotonic() >= deadline:
            raise TimeoutError(errno.ETIMEDOUT, os.strerror(errno.ETIMEDOUT))
        # Windows reports a refused connection among the exceptional ones.
        _readable, writable, failed = select.select([], [raw], [raw], _SLICE_S)
        if writable or failed:
            code = raw.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            break
    if code:
        raise OSError(code, os.strerror(code))
