"""A proxy on this machine for one child program: it passes encrypted connections on.

It listens on 127.0.0.1 at a port and with a password of its own for one run, and connects
through a passage of the gateway only. So what the child may reach, and what it did reach, is
known although the child speaks for itself. What is no TLS is not passed on.
"""

from __future__ import annotations

import base64
import contextlib
import secrets
import select
import socket
import threading
from types import TracebackType
from typing import Self

from app.core.errors import AppError, ErrorCode
from app.network import hosts
from app.network.gateway import Passage
from app.network.wire import Connection

_USER = "tacit"
_MAX_HEAD = 16_384
_PIECE = 65_536
_HEAD_S = 30.0
_SILENCE_S = 300.0
_TLS_HANDSHAKE = b"\x16\x03"


class Relay:
    """The proxy, as a context. `address` is what the child is given as its proxy."""

    def __init__(self, passage: Passage) -> None:
        self._passage = passage
        self._secret = secrets.token_urlsafe(16)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._threads: list[threading.Thread] = []
        self._clients: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._is_over = False
        port = self._listener.getsockname()[1]
        self.address = f"http://{_USER}:{self._secret}@127.0.0.1:{port}"

    def __enter__(self) -> Self:
        self._start(self._accept, "relay")
        return self

    def __exit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        with self._lock:
            self._is_over = True
            clients = list(self._clients)
        _shut(self._listener)  # wakes the thread that accepts
        self._listener.close()
        for client in clients:
            _shut(client)
        self._passage.abort()
        for thread in self._threads:
            thread.join()

    def _start(self, target: object, name: str, *arguments: object) -> None:
        thread = threading.Thread(target=target, args=arguments, name=name, daemon=True)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _address = self._listener.accept()
                with self._lock:
                    if self._is_over:
                        client.close()
                        return
                    self._clients.add(client)
                self._start(self._serve, "relay-connection", client)

    def _serve(self, client: socket.socket) -> None:
        try:
            with client, contextlib.suppress(OSError, AppError):
                client.settimeout(_HEAD_S)
                self._pass_on(client)
        finally:
            with self._lock:
                self._clients.discard(client)

    def _pass_on(self, client: socket.socket) -> None:
        target = self._target(_head(client))
        if isinstance(target, str):
            client.sendall(f"HTTP/1.1 {target}\r\n\r\n".encode("ascii"))
            return
        try:
            server = self._passage.tunnel(*target)
        except AppError as error:
            refused = error.code is ErrorCode.NOT_ALLOWED
            answer = "403 Not allowed" if refused else "502 Not reached"
            client.sendall(f"HTTP/1.1 {answer}\r\n\r\n".encode("ascii"))
            return
        try:
            client.sendall(b"HTTP/1.1 200 Connected\r\n\r\n")
            first = _exactly(client, len(_TLS_HANDSHAKE))
            if first == _TLS_HANDSHAKE:
                server.sendall(first)
                _both_ways(client, server)
            else:
                server.outcome = "refused by Tacit"
        finally:
            server.close()

    def _target(self, head: bytes) -> tuple[str, int] | str:
        """Where the child wants to go, or the answer it gets."""
        first, *lines = head.decode("latin-1").split("\r\n")
        secret = base64.b64encode(f"{_USER}:{self._secret}".encode()).decode("ascii")
        wanted = f"Proxy-Authorization: Basic {secret}".lower()
        if not any(
            secrets.compare_digest(line.lower().encode(), wanted.encode()) for line in lines
        ):
            return '407 Who is it?\r\nProxy-Authenticate: Basic realm="tacit"'
        method, _, rest = first.partition(" ")
        host, _, port = rest.partition(" ")[0].rpartition(":")
        if method != "CONNECT" or not port.isdigit() or not hosts.clean(host):
            return "403 Encrypted connections only"
        return hosts.clean(host), int(port)


def _head(client: socket.socket) -> bytes:
    # The child waits for the answer before it says more, so nothing after it is lost.
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        piece = client.recv(4096)
        if not piece or len(head) > _MAX_HEAD:
            raise ConnectionResetError
        head += piece
    return head


def _exactly(client: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count and (piece := client.recv(count - len(data))):
        data += piece
    return data


def _both_ways(client: socket.socket, server: Connection) -> None:
    client.settimeout(_SILENCE_S)
    server.settimeout(_SILENCE_S)
    buffer = memoryview(bytearray(_PIECE))
    while True:
        ends: list[socket.socket | Connection] = [client, server]
        readable, _, _ = select.select(ends, [], [], _SILENCE_S)
        if not readable:
            server.outcome = "timed out"
            return
        if client in readable:
            count = client.recv_into(buffer)
            if not count:
                return
            server.sendall(buffer[:count])
        if server in readable:
            count = server.recv_into(buffer)
            if not count:
                return
            client.sendall(buffer[:count])


def _shut(which: socket.socket) -> None:
    with contextlib.suppress(OSError):
        which.shutdown(socket.SHUT_RDWR)
