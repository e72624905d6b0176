"""Small ELF files with just what the dynamic linker reads."""

from __future__ import annotations

import struct
from collections.abc import Sequence

_BASE, _HEADER, _SEGMENT = 0x10000, 64, 56


def elf_file(
    needed: Sequence[str] = (), *, runpath: str = "", versions: Sequence[str] = ()
) -> bytes:
    """A file that asks for these libraries, folders and versions of the first library."""
    strings = b"\0"

    def string(text: str) -> int:
        nonlocal strings
        strings += text.encode() + b"\0"
        return len(strings) - len(text.encode()) - 1

    dynamic = [(1, string(name)) for name in needed]
    if runpath:
        dynamic.append((29, string(runpath)))
    names = [string(version) for version in versions]
    start = _HEADER + 2 * _SEGMENT
    entries = len(dynamic) + (4 if versions else 2)
    version_place = start + entries * 16
    needs = b""
    if versions:
        needs = struct.pack("<HHIII", 1, len(names), string(needed[0]), 16, 0)
        for number, name in enumerate(names):
            step = 16 if number + 1 < len(names) else 0
            needs += struct.pack("<IHHII", 0, 0, 2, name, step)
        dynamic += [(0x6FFFFFFE, _BASE + version_place), (0x6FFFFFFF, 1)]
    string_place = version_place + len(needs)
    dynamic += [(5, _BASE + string_place), (0, 0)]
    table = b"".join(struct.pack("<QQ", *entry) for entry in dynamic)
    assert len(table) == entries * 16
    body = table + needs + strings
    whole = start + len(body)
    header = b"\x7fELF\x02\x01\x01" + bytes(9)
    header += struct.pack("<HHIQQQIHHHHHH", 3, 62, 1, 0, _HEADER, 0, 0, 64, _SEGMENT, 2, 0, 0, 0)
    load = struct.pack("<IIQQQQQQ", 1, 4, 0, _BASE, _BASE, whole, whole, 4096)
    place = struct.pack(
        "<IIQQQQQQ", 2, 4, start, _BASE + start, _BASE + start, len(table), len(table), 8
    )
    return header + load + place + body
