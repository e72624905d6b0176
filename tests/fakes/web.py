"""A web server on 127.0.0.1 that serves files, with the faults of the real world on demand.

It is written on bare sockets: faults such as a reset or a stall have to come at exact bytes.
"""

from __future__ import annotations

import contextlib
import hashlib
import select
import socket
import ssl
import struct
import threading
import time
from collections import defaultdict, deque
from dataclasses import dataclass, field, replace
from typing import Any, Self

_PIECE = 65_536


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What goes wrong with one answer. Counts are bytes of the body."""

    drop_after: int | None = None
    reset_after: int | None = None
    stall_after: int | None = None
    status: int | None = None
    headers: tuple[str, ...] = ()
    redirect: str = ""
    bytes_per_s: float | None = None
    flip_at: int | None = None
    short_by: int = 0
    ignores_range: bool = False
    etag: str | None = None
    chunked: bool = False
    head: bytes | None = None


@dataclass
class StoredFile:
    """What lies at a path, and how it is served from now on."""

    data: bytes
    etag: str
    faults: deque[Fault] = field(default_factory=deque)
    always: Fault = field(default_factory=Fault)


@dataclass
class Seen:
    """A request as it came, and the raw bytes of its connection so far."""

    method: str
    path: str
    headers: dict[str, str]
    received: int = 0
    sent: int = 0


class StandIn:
    """The server, as a context. `requests` are those that came, in order."""

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        self._context = context
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.endpoint = f"127.0.0.1:{self.port}"
        self.files: dict[str, StoredFile] = {}
        self.requests: list[Seen] = []
        self.accepted = 0
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._lock = threading.Lock()
        self._over = threading.Event()

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        scheme = "https" if self._context else "http"
        return f"{scheme}://{host}:{self.port}{path}"

    def put(self, path: str, data: bytes, *faults: Fault, etag: str | None = None) -> StoredFile:
        digest = hashlib.sha256(data).hexdigest()
        stored = StoredFile(data, f'"{digest}"' if etag is None else etag, deque(faults))
        self.files[path] = stored
        return stored

    @property
    def ranges(self) -> list[str]:
        return [seen.headers.get("range", "") for seen in self.requests]

    @property
    def body_counts(self) -> dict[str, int]:
        counts: dict[str, int] = defaultdict(int)
        for seen in self.requests:
            counts[seen.path] += 1
        return counts

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._lock:
            for client in self._open:
                with contextlib.suppress(OSError):
                    client.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(5)

    def _start(self, target: Any, *arguments: Any) -> None:
        thread = threading.Thread(target=target, args=arguments, name="stand-in", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                self.accepted += 1
                self._start(self._serve, client)

    def _serve(self, client: socket.socket) -> None:
        with self._lock:
            self._open.add(client)
        try:
            with client, contextlib.suppress(OSError):
                client.settimeout(20)
                if self._context is None:
                    self._answer(client)
                else:
                    with self._context.wrap_socket(client, server_side=True) as secured:
                        self._answer(secured)
        finally:
            with self._lock:
                self._open.discard(client)

    def _answer(self, client: socket.socket) -> None:
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            piece = client.recv(_PIECE)
            if not piece:
                return
            head += piece
        first, *lines = head.decode("latin-1").strip().split("\r\n")
        method, path, _ = first.split(" ")
        headers = {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in lines)}
        seen = Seen(method, path, headers, received=len(head))
        self.requests.append(seen)
        _Answer(client, seen, self.find(seen), self._over).give()

    def find(self, seen: Seen) -> StoredFile | None:
        """What is served for a request; None for nothing (404)."""
        return self.files.get(seen.path)


class _Answer:
    """One answer on one connection."""

    def __init__(
        self,
        client: socket.socket,
        seen: Seen,
        stored: StoredFile | None,
        over: threading.Event,
    ) -> None:
        self._client = client
        self._seen = seen
        self._stored = stored
        self._over = over

    def give(self) -> None:
        if self._stored is None:
            self._send(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
            return
        stored = self._stored
        fault = stored.faults.popleft() if stored.faults else stored.always
        if fault.head is not None:
            self._send(fault.head)
        elif fault.redirect:
            self._send(
                f"HTTP/1.1 302 Found\r\nLocation: {fault.redirect}\r\n"
                "Content-Length: 0\r\n\r\n".encode()
            )
        elif fault.status is not None:
            lines = [f"HTTP/1.1 {fault.status} Fault", "Content-Length: 0", *fault.headers]
            self._send("\r\n".join([*lines, "", ""]).encode())
        else:
            self._file(stored, fault)

    def _file(self, stored: StoredFile, fault: Fault) -> None:
        etag = stored.etag if fault.etag is None else fault.etag
        start = 0 if fault.ignores_range else self._start(stored, etag)
        size = len(stored.data)
        if start >= size > 0:
            self._send(b"HTTP/1.1 416 Range\r\nContent-Length: 0\r\n\r\n")
            return
        body = bytearray(stored.data[start : size - fault.short_by])
        if fault.flip_at is not None and fault.flip_at >= start:
            body[fault.flip_at - start] ^= 0xFF
        lines = ["HTTP/1.1 206 Partial" if start else "HTTP/1.1 200 OK", *fault.headers]
        if start:
            lines.append(f"Content-Range: bytes {start}-{size - 1}/{size}")
        if etag:
            lines.append(f"ETag: {etag}")
        if fault.chunked:
            lines.append("Transfer-Encoding: chunked")
            body = bytearray(_chunks(body))
        else:
            lines.append(f"Content-Length: {len(body)}")
        self._send("\r\n".join([*lines, "", ""]).encode())
        if self._seen.method != "HEAD":
            self._body(memoryview(body), fault)

    def _start(self, stored: StoredFile, etag: str) -> int:
        wanted = self._seen.headers.get("range", "")
        if not wanted or self._seen.headers.get("if-range", etag) != etag:
            return 0
        return int(wanted.removeprefix("bytes=").rstrip("-"))

    def _body(self, body: memoryview, fault: Fault) -> None:
        stops = (fault.drop_after, fault.reset_after, fault.stall_after)
        end = min((stop for stop in stops if stop is not None), default=len(body))
        step = _PIECE if fault.bytes_per_s is None else max(1, int(fault.bytes_per_s / 50))
        for begin in range(0, min(end, len(body)), step):
            self._send(body[begin : min(begin + step, end)])
            if fault.bytes_per_s is not None:
                time.sleep(step / fault.bytes_per_s)
        if fault.reset_after is not None:
            linger = struct.pack("ii", 1, 0)
            self._client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        elif fault.stall_after is not None:
            self._stall()

    def _stall(self) -> None:
        """Say nothing until the other side gives up, or the server ends."""
        deadline = time.monotonic() + 20
        while not self._over.is_set() and time.monotonic() < deadline:
            readable, _, _ = select.select([self._client], [], [], 0.1)
            if readable:
                return

    def _send(self, data: bytes | memoryview) -> None:
        self._client.sendall(data)
        self._seen.sent += len(data)


def _chunks(body: bytearray) -> bytes:
    pieces = [bytes(body[i : i + 1000]) for i in range(0, len(body), 1000)]
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


def pattern(size: int, seed: int = 1) -> bytes:
    """`size` bytes that look random and are always the same."""
    block = hashlib.shake_256(str(seed).encode()).digest(min(size, 1_000_003))
    return (block * (size // len(block) + 1))[:size] if size else b""


def repeated(fault: Fault, times: int) -> list[Fault]:
    """The same fault for several answers."""
    return [replace(fault) for _ in range(times)]
