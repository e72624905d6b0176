"""Frames come back whole, and nothing that is no frame gets through or blocks."""

from __future__ import annotations

import io
import json
import os
import struct
import threading
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.process import frames
from app.process.frames import MAX_FRAME, FrameTooLargeError, FrameWriter
from app.process.plain import ProtocolError

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    # Any code point, lone surrogates included: people paste them.
    | st.text(st.characters(codec=None)),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(st.lists(st.dictionaries(st.text(), JSON), max_size=5))
def test_frames_come_back_in_order_and_then_the_end(sent: list[dict[str, Any]]) -> None:
    stream = io.BytesIO(b"".join(frames.encode(frame) for frame in sent))
    assert [frames.read(stream) for _ in sent] == sent
    assert frames.read(stream) is None


def test_a_frame_is_a_big_endian_length_and_json() -> None:
    data = frames.encode({"is": "hello"})
    assert data[:4] == struct.pack(">I", len(data) - 4)
    assert json.loads(data[4:].decode("utf-8")) == {"is": "hello"}


@pytest.mark.parametrize("length", [1, 3, 4, 5, 10])
def test_half_a_frame_is_refused(length: int) -> None:
    with pytest.raises(ProtocolError, match="inside a frame"):
        frames.read(io.BytesIO(frames.encode({"is": "hello"})[:length]))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no json",
        b"[]",
        b'"text"',
        b"\xff\xfe{}",
        b"{} {}",
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b'{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"a": ' + b"9" * 10_000 + b"}",
    ],
    ids=range(10),
)
def test_a_body_that_is_no_json_object_is_refused(body: bytes) -> None:
    with pytest.raises(ProtocolError):
        frames.read(io.BytesIO(struct.pack(">I", len(body)) + body))


def test_an_announced_length_above_the_limit_is_refused_before_it_is_read() -> None:
    read_end, write_end = os.pipe()
    with os.fdopen(read_end, "rb") as stream, os.fdopen(write_end, "wb") as writer:
        writer.write(struct.pack(">I", MAX_FRAME + 1))
        writer.flush()
        with pytest.raises(ProtocolError, match="announced"):
            frames.read(stream)  # the pipe is still open: reading on would block


def test_printed_text_is_refused_as_a_frame() -> None:
    with pytest.raises(ProtocolError):
        frames.read(io.BytesIO(b"Traceback (most recent call last):\n"))


def test_the_largest_frame_passes_and_a_larger_one_is_not_sent() -> None:
    room = MAX_FRAME - len(b'{"a":""}')
    data = frames.encode({"a": "x" * room})
    assert frames.read(io.BytesIO(data)) == {"a": "x" * room}
    with pytest.raises(FrameTooLargeError):
        frames.encode({"a": "x" * (room + 1)})


@pytest.mark.parametrize("value", [float("nan"), float("inf"), object(), b"bytes", {1, 2}])
def test_what_json_cannot_hold_is_not_sent(value: object) -> None:
    with pytest.raises(ProtocolError, match="cannot be written"):
        frames.encode({"a": value})


def test_frames_of_several_threads_do_not_mix() -> None:
    stream = io.BytesIO()
    writer = FrameWriter(stream)

    def write(name: str) -> None:
        for number in range(200):
            writer.write({"from": name, "number": number, "filling": "x" * 100})

    threads = [threading.Thread(target=write, args=[name]) for name in "abc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    stream.seek(0)
    numbers: dict[str, list[int]] = {"a": [], "b": [], "c": []}
    while (frame := frames.read(stream)) is not None:
        numbers[frame["from"]].append(frame["number"])
    assert all(numbers[name] == list(range(200)) for name in "abc")


def test_writing_to_nobody_is_an_os_error() -> None:
    read_end, write_end = os.pipe()
    os.close(read_end)
    with os.fdopen(write_end, "wb", buffering=0) as stream, pytest.raises(OSError, match="pipe"):
        FrameWriter(stream).write({})
