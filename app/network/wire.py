"""A connection that counts its bytes as they go over the socket, TLS included.

TLS runs between memory and the socket (`ssl.MemoryBIO`) instead of over the socket itself,
because only so the bytes on the wire can be counted the same on every system.
"""

from __future__ import annotations

import contextlib
import io
import socket
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import ssl

_TLS_PIECE = 256 * 1024


class CountedSocket:
    """A connected TCP socket and what went over it."""

    def __init__(self, raw: socket.socket) -> None:
        self._raw = raw
        self.sent_bytes = 0
        self.received_bytes = 0

    def recv_into(self, buffer: memoryview) -> int:
        """Receive what is there, at least a byte; 0 at the end. Raises `OSError`."""
        count = self._raw.recv_into(buffer)
        self.received_bytes += count
        return count

    def sendall(self, data: bytes | memoryview) -> None:
        """Send everything; raises `OSError`."""
        view = memoryview(data)
        while view:
            count = self._raw.send(view)
            self.sent_bytes += count
            view = view[count:]

    def settimeout(self, seconds: float | None) -> None:
        """Seconds that one call may wait for the other side."""
        self._raw.settimeout(seconds)

    def fileno(self) -> int:
        """The descriptor, to wait for."""
        return self._raw.fileno()

    def abort(self) -> None:
        """From any thread: have every call on the connection end now."""
        with contextlib.suppress(OSError):
            self._raw.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Close the socket."""
        self._raw.close()


class TlsLayer:
    """TLS over a `CountedSocket`; `peer` is the name in the certificate that was verified."""

    def __init__(self, wire: CountedSocket, context: ssl.SSLContext, host: str) -> None:
        import ssl

        self._want_read = ssl.SSLWantReadError
        self._closed_by_peer = (ssl.SSLZeroReturnError, ssl.SSLEOFError)
        self._wire = wire
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_hostname=host)
        self._buffer = memoryview(bytearray(_TLS_PIECE))
        self._run(self._tls.do_handshake)
        self.peer = _verified_name(self._tls.getpeercert() or {}, host)

    def recv_into(self, buffer: memoryview) -> int:
        """Receive what is there, at least a byte; 0 at the end. Raises `OSError`."""
        try:
            count = int(self._run(self._read, buffer))
        except self._closed_by_peer:
            return 0
        # A record holds 16 KB; what has arrived with it is worth taking along.
        with contextlib.suppress(self._want_read, *self._closed_by_peer):
            while self._incoming.pending and count < len(buffer):
                count += self._read(buffer[count:])
        return count

    def _read(self, buffer: memoryview) -> int:
        # The stubs say that a text comes back; with a buffer it is a number of bytes.
        return int(self._tls.read(len(buffer), buffer))

    def sendall(self, data: bytes | memoryview) -> None:
        """Send everything; raises `OSError`."""
        view = memoryview(data)
        while view:
            count = int(self._run(self._tls.write, view))
            view = view[count:]

    def _run(self, step: Callable[..., Any], *arguments: memoryview) -> Any:
        while True:
            try:
                result = step(*arguments)
            except self._want_read:
                self._flush()
                self._fill()
                continue
            except OSError:
                with contextlib.suppress(OSError):
                    self._flush()  # the alert that says why
                raise
            self._flush()
            return result

    def _flush(self) -> None:
        if data := self._outgoing.read():
            self._wire.sendall(data)

    def _fill(self) -> None:
        count = self._wire.recv_into(self._buffer)
        if count:
            self._incoming.write(self._buffer[:count])
        else:
            self._incoming.write_eof()


class Connection:
    """What the gateway gives out: a socket to one host, for the thread that asked for it.

    It has what `http.client` and network backends of other libraries ask of a socket. `peer`
    is the verified name in the certificate ("" without TLS). The byte counts are the wire's.
    Only `abort` may be called from another thread.
    """

    def __init__(
        self,
        wire: CountedSocket,
        *,
        host: str,
        port: int,
        address: str,
        on_close: Callable[[Connection], None],
    ) -> None:
        self.host, self.port, self.address = host, port, address
        self.outcome = "done"
        self._wire = wire
        self._tls: TlsLayer | None = None
        self._on_close = on_close
        self._lock = threading.Lock()
        self._is_closed = self._is_aborted = False

    @property
    def peer(self) -> str:
        """The name in the certificate that was verified."""
        return self._tls.peer if self._tls else ""

    @property
    def sent_bytes(self) -> int:
        """Bytes sent over the socket so far."""
        return self._wire.sent_bytes

    @property
    def received_bytes(self) -> int:
        """Bytes received from the socket so far."""
        return self._wire.received_bytes

    def start_tls(self, context: ssl.SSLContext) -> None:
        """Speak TLS from now on; raises `OSError`."""
        self._tls = TlsLayer(self._wire, context, self.host)

    def recv_into(self, buffer: bytearray | memoryview, nbytes: int = 0) -> int:
        """Receive what is there, at least a byte; 0 at the end. Raises `OSError`."""
        view = memoryview(buffer)
        with self._noting():
            return (self._tls or self._wire).recv_into(view[:nbytes] if nbytes else view)

    def recv(self, size: int) -> bytes:
        """At most `size` bytes, b"" at the end; raises `OSError`."""
        buffer = bytearray(size)
        return bytes(buffer[: self.recv_into(buffer)])

    def sendall(self, data: bytes | memoryview) -> None:
        """Send everything; raises `OSError`."""
        with self._noting():
            (self._tls or self._wire).sendall(data)

    def settimeout(self, seconds: float | None) -> None:
        """Seconds that one call may wait for the other side; then it raises `TimeoutError`."""
        self._wire.settimeout(seconds)

    def fileno(self) -> int:
        """The descriptor, to wait for bytes with (without TLS)."""
        return self._wire.fileno()

    def makefile(self, mode: str = "rb", _size: int | None = None) -> io.BufferedReader:
        """A reader over the connection, as `http.client` wants one; `readinto` does not wait
        until the buffer is full."""
        assert mode == "rb", "only for reading"
        return _PromptReader(_Reader(self))

    def abort(self) -> None:
        """From any thread: have every call on the connection end now."""
        self._is_aborted = True
        self._wire.abort()

    def close(self) -> None:
        """Close it; closing twice does nothing more."""
        with self._lock:
            if self._is_closed:
                return
            self._is_closed = True
        self._wire.close()
        if self._is_aborted:
            self.outcome = "stopped"
        self._on_close(self)

    @contextlib.contextmanager
    def _noting(self) -> Iterator[None]:
        try:
            yield
        except TimeoutError:
            self.outcome = "timed out"
            raise
        except OSError:
            self.outcome = "connection lost"
            raise


class _Reader(io.RawIOBase):
    """Reads from a connection, and leaves closing it to its owner."""

    def __init__(self, connection: Connection) -> None:
        super().__init__()
        self._connection = connection

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        return self._connection.recv_into(memoryview(buffer))


class _PromptReader(io.BufferedReader):
    def readinto(self, buffer: Any) -> int:
        return self.readinto1(buffer)


def _verified_name(certificate: Any, host: str) -> str:
    """Of the names in a certificate that fits `host`, the one that makes it fit."""
    names = [str(value) for _kind, value in certificate.get("subjectAltName", ())]
    lowered = {name.lower(): name for name in names}
    wildcard = "*." + host.partition(".")[2]
    return lowered.get(host) or lowered.get(wildcard) or (names[0] if names else host)
