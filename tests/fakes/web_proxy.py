"""A CONNECT proxy on 127.0.0.1 that counts what passes, and may want a password."""

from __future__ import annotations

import base64
import contextlib
import select
import socket
import threading
from dataclasses import dataclass
from typing import Self


@dataclass
class Tunnel:
    """What one client asked for, and the bytes of its connection, the head included."""

    target: str
    received: int = 0
    sent: int = 0


class StandInProxy:
    """The proxy, as a context. Every name leads to 127.0.0.1 at the port that was asked for,
    or at `leads_to`."""

    def __init__(self, user: str = "", password: str = "", leads_to: int | None = None) -> None:
        self._expected = base64.b64encode(f"{user}:{password}".encode()).decode() if user else ""
        self._leads_to = leads_to
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.tunnels: list[Tunnel] = []
        self.refused = 0
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(5)

    def _start(self, target: object, *arguments: object) -> None:
        thread = threading.Thread(target=target, args=arguments, name="proxy", daemon=True)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                self._start(self._serve, client)

    def _serve(self, client: socket.socket) -> None:
        with client, contextlib.suppress(OSError):
            client.settimeout(20)
            head = b""
            while not head.endswith(b"\r\n\r\n"):
                head += client.recv(65_536) or b"\r\n\r\n"
            target = head.decode().split(" ")[1]
            tunnel = Tunnel(target, received=len(head))
            self.tunnels.append(tunnel)
            if self._expected and f"Basic {self._expected}\r\n".encode() not in head:
                answer = b"HTTP/1.1 407 Who\r\nContent-Length: 0\r\n\r\n"
                client.sendall(answer)
                tunnel.sent += len(answer)
                self.refused += 1
                return
            port = self._leads_to or int(target.rpartition(":")[2])
            with socket.create_connection(("127.0.0.1", port)) as server:
                answer = b"HTTP/1.1 200 Connected\r\n\r\n"
                client.sendall(answer)
                tunnel.sent += len(answer)
                self._pass_on(client, server, tunnel)

    def _pass_on(self, client: socket.socket, server: socket.socket, tunnel: Tunnel) -> None:
        while True:
            readable, _, _ = select.select([client, server], [], [], 20)
            for end in readable:
                data = end.recv(65_536)
                if not data:
                    return
                if end is client:
                    tunnel.received += len(data)
                    server.sendall(data)
                else:
                    tunnel.sent += len(data)
                    client.sendall(data)
