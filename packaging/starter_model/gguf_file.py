"""Reads the parts of a GGUF file that this conversion needs.

GGUF is a header (magic, version, counts), typed key-value pairs, a table of tensors and then
the tensors' bytes, each aligned. Tensors keep their quantized blocks here: `quantize` carries
those over, so nothing is widened to floats in between.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

_SCALARS = {
    0: "B",
    1: "b",
    2: "H",
    3: "h",
    4: "I",
    5: "i",
    6: "f",
    7: "?",
    10: "Q",
    11: "q",
    12: "d",
}
_STRING, _ARRAY = 8, 9
_DEFAULT_ALIGNMENT = 32
BLOCK = 32

F32, Q4_1, Q8_0 = 0, 3, 8
_Q4_1_BLOCK = np.dtype([("scale", "<f2"), ("offset", "<f2"), ("codes", "u1", (BLOCK // 2,))])
_Q8_0_BLOCK = np.dtype([("scale", "<f2"), ("codes", "i1", (BLOCK,))])


class GgufError(ValueError):
    """The bytes are not the GGUF file this conversion expects; the text says in what way."""


@dataclass(frozen=True)
class Q4Blocks:
    """A matrix as blocks of 32 along its rows: weight = scale * code + offset.

    scale and offset are float32 of shape (rows, blocks); codes are uint8 from 0 to 15 of shape
    (rows, blocks, 32).
    """

    scale: NDArray[np.float32]
    offset: NDArray[np.float32]
    codes: NDArray[np.uint8]


@dataclass(frozen=True)
class Q8Blocks:
    """A matrix as blocks of 32 along its rows: weight = scale * code.

    scale is float32 of shape (rows, blocks); codes are int8 of shape (rows, blocks, 32).
    """

    scale: NDArray[np.float32]
    codes: NDArray[np.int8]


class _Cursor:
    """Walks over the header's bytes."""

    def __init__(self, data: memoryview) -> None:
        self._data = data
        self.position = 0

    def scalar(self, code: str) -> Any:
        form = "<" + code
        try:
            (value,) = struct.unpack_from(form, self._data, self.position)
        except struct.error as error:
            raise GgufError("the file ends inside its header") from error
        self.position += struct.calcsize(form)
        return value

    def string(self) -> str:
        length = self.scalar("Q")
        end = self.position + length
        if end > len(self._data):
            raise GgufError("the file ends inside its header")
        text = bytes(self._data[self.position : end]).decode("utf-8")
        self.position = end
        return text

    def value(self, kind: int) -> Any:
        if kind == _STRING:
            return self.string()
        if kind == _ARRAY:
            item_kind, count = self.scalar("I"), self.scalar("Q")
            return [self.value(item_kind) for _ in range(count)]
        if kind not in _SCALARS:
            raise GgufError(f"value type {kind} is unknown")
        return self.scalar(_SCALARS[kind])


class GgufFile:
    """A GGUF file held in memory: `fields` is its metadata, the methods give its tensors."""

    def __init__(self, data: bytes) -> None:
        self._data = memoryview(data)
        cursor = _Cursor(self._data)
        if bytes(self._data[:4]) != b"GGUF":
            raise GgufError("it does not begin with GGUF")
        cursor.position = 4
        version, tensors, fields = (cursor.scalar(code) for code in "IQQ")
        if version != 3:
            raise GgufError(f"version {version} instead of 3")
        self.fields: dict[str, Any] = {}
        for _ in range(fields):
            key = cursor.string()
            self.fields[key] = cursor.value(cursor.scalar("I"))
        self._tensors: dict[str, tuple[tuple[int, ...], int, int]] = {}
        for _ in range(tensors):
            name, rank = cursor.string(), cursor.scalar("I")
            shape = tuple(cursor.scalar("Q") for _ in range(rank))
            self._tensors[name] = (shape[::-1], cursor.scalar("I"), cursor.scalar("Q"))
        alignment = self.fields.get("general.alignment", _DEFAULT_ALIGNMENT)
        self._start = -(-cursor.position // alignment) * alignment

    def _read(self, name: str, kind: int, dtype: np.dtype[Any], per_item: int) -> NDArray[Any]:
        if name not in self._tensors:
            raise GgufError(f"tensor {name} is missing")
        shape, found, offset = self._tensors[name]
        if found != kind:
            raise GgufError(f"tensor {name} has type {found} instead of {kind}")
        shape = (*shape[:-1], shape[-1] // per_item)
        count = int(np.prod(shape))
        try:
            flat = np.frombuffer(self._data, dtype, count, self._start + offset)
        except ValueError as error:
            raise GgufError(f"the file ends inside tensor {name}") from error
        return flat.reshape(shape)

    def floats(self, name: str) -> NDArray[np.float32]:
        """A float32 tensor."""
        return self._read(name, F32, np.dtype("<f4"), 1)

    def q4_1(self, name: str) -> Q4Blocks:
        """A Q4_1 matrix; the low half-bytes of a block are its first 16 codes."""
        raw = self._read(name, Q4_1, _Q4_1_BLOCK, BLOCK)
        codes = np.concatenate([raw["codes"] & 15, raw["codes"] >> 4], axis=-1)
        return Q4Blocks(raw["scale"].astype("f4"), raw["offset"].astype("f4"), codes)

    def q8_0(self, name: str) -> Q8Blocks:
        """A Q8_0 matrix."""
        raw = self._read(name, Q8_0, _Q8_0_BLOCK, BLOCK)
        return Q8Blocks(raw["scale"].astype("f4"), raw["codes"])
