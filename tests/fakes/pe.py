"""Small PE files with tables of imports and exports, and nothing that could run."""

from __future__ import annotations

import struct
from collections.abc import Sequence

_HEAD = 64
_BASE = 0x1000
_IN_FILE = 0x400


def pe_file(
    imports: Sequence[str] = (),
    delayed: Sequence[str] = (),
    exports: Sequence[str] = (),
    machine: int = 0x8664,
) -> bytes:
    """A 64-bit PE file that asks for these libraries and offers these names."""
    body = _Body()
    directories = [(0, 0)] * 16
    if exports:
        directories[0] = (body.exports(exports), 40)
    if imports:
        directories[1] = (body.table(imports, 20, 12), 20)
    if delayed:
        directories[13] = (body.table(delayed, 32, 4), 32)
    optional = struct.pack("<H106xI", 0x20B, 16)
    optional += b"".join(struct.pack("<II", *entry) for entry in directories)
    file_header = struct.pack("<HHIIIHH", machine, 1, 0, 0, 0, len(optional), 0x2022)
    size = len(body.data)
    section = struct.pack("<8sIIII16x", b".rdata", size, _BASE, size, _IN_FILE)
    dos = b"MZ".ljust(60, b"\0") + struct.pack("<I", _HEAD)
    head = dos + b"PE\0\0" + file_header + optional + section
    return head.ljust(_IN_FILE, b"\0") + bytes(body.data)


class _Body:
    """The one section; everything in it is named by its address once loaded."""

    def __init__(self) -> None:
        self.data = bytearray(16)

    def put(self, data: bytes) -> int:
        address = _BASE + len(self.data)
        self.data += data
        return address

    def text(self, text: str) -> int:
        return self.put(text.encode("ascii") + b"\0")

    def table(self, names: Sequence[str], step: int, name_at: int) -> int:
        """Entries of `step` bytes, each naming a library, and one of zeros."""
        places = [self.text(name) for name in names]
        entries = b"".join(
            struct.pack("<I", place).rjust(name_at + 4, b"\0").ljust(step, b"\0")
            for place in places
        )
        return self.put(entries + bytes(step))

    def exports(self, names: Sequence[str]) -> int:
        places = [self.text(name) for name in names]
        table = self.put(struct.pack(f"<{len(places)}I", *places))
        return self.put(struct.pack("<24xIIII", len(places), 0, table, 0))
