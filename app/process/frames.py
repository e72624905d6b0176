"""Frames on a pipe: four bytes of length (big-endian), then one JSON object in UTF-8.

A frame is plain data: nothing in it can be run. Whatever else arrives (half a frame, too
large a one, no JSON) raises `ProtocolError` and never blocks beyond the announced length.
"""

from __future__ import annotations

import json
import struct
import threading
from typing import BinaryIO, NoReturn

from app.process.plain import Plain, ProtocolError

MAX_FRAME = 16 * 2**20
"""Bytes of the largest frame, in both directions."""

_LENGTH = struct.Struct(">I")


class FrameTooLargeError(ProtocolError):
    """What should be sent does not fit into one frame."""


def encode(frame: Plain) -> bytes:
    """The frame as bytes; raises `FrameTooLargeError`, or `ProtocolError` for what is no JSON."""
    try:
        # ASCII escapes carry a lone surrogate from a pasted text, which UTF-8 cannot.
        body = json.dumps(frame, separators=(",", ":"), allow_nan=False).encode("ascii")
    except (TypeError, ValueError, RecursionError) as error:
        raise ProtocolError(f"a frame cannot be written: {type(error).__name__}") from None
    if len(body) > MAX_FRAME:
        raise FrameTooLargeError(f"a frame of {len(body)} bytes is too large")
    return _LENGTH.pack(len(body)) + body


def read(stream: BinaryIO) -> Plain | None:
    """The next frame, or None at the end of the stream; blocks until one of them is there.

    `stream` is buffered, so that it returns less than was asked for only at its end.
    """
    head = stream.read(_LENGTH.size)
    if not head:
        return None
    if len(head) < _LENGTH.size:
        raise ProtocolError("the stream ended inside a frame")
    (length,) = _LENGTH.unpack(head)
    if length > MAX_FRAME:
        raise ProtocolError(f"a frame of {length} bytes is announced")
    body = stream.read(length)
    if len(body) < length:
        raise ProtocolError("the stream ended inside a frame")
    return _decode(body)


class FrameWriter:
    """Writes whole frames to a stream from any thread."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._lock = threading.Lock()

    def write(self, frame: Plain) -> None:
        """Write and flush one frame; raises `OSError` when nobody reads any more."""
        data = encode(frame)
        with self._lock:
            self._stream.write(data)
            self._stream.flush()


def _decode(body: bytes) -> Plain:
    try:
        frame = json.loads(body.decode("utf-8"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise ProtocolError(f"a frame is no JSON: {type(error).__name__}") from None
    if not isinstance(frame, dict):
        raise ProtocolError("a frame is no object")
    return frame


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)
