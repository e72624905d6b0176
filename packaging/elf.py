"""Reads what a 64-bit ELF file asks the dynamic linker for; nothing else of it.

The structures are those of the System V ABI (`elf(5)`), little-endian only, which is what
x86_64 and AArch64 have.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_MAGIC, _CLASS_64, _LITTLE = b"\x7fELF", 2, 1
_PT_LOAD, _PT_DYNAMIC = 1, 2
_NEEDED, _STRTAB, _SONAME, _RPATH, _RUNPATH = 1, 5, 14, 15, 29
_VERNEED, _VERNEEDNUM = 0x6FFFFFFE, 0x6FFFFFFF


class NotElfError(ValueError):
    """The file is no ELF file, or not of the kind that is read here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wants:
    """What one file asks for: libraries by name, the folders to look into, symbol versions."""

    libraries: tuple[str, ...]
    folders: tuple[str, ...]
    versions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Segment:
    kind: int
    offset: int
    address: int
    size: int


def is_elf(file: Path) -> bool:
    """Whether the file begins like an ELF file."""
    with file.open("rb") as opened:
        return opened.read(4) == _MAGIC


def read(file: Path) -> Wants:
    """What the file asks for; raises `NotElfError`."""
    data = file.read_bytes()
    if data[:4] != _MAGIC or data[4:6] != bytes((_CLASS_64, _LITTLE)):
        raise NotElfError(f"{file} is no 64-bit little-endian ELF file")
    try:
        return _read(data)
    except (struct.error, IndexError, ValueError) as error:
        raise NotElfError(f"{file} is damaged") from error


def _read(data: bytes) -> Wants:
    segments = list(_segments(data))
    dynamic = [entry for s in segments if s.kind == _PT_DYNAMIC for entry in _dynamic(data, s)]
    tags = dict(dynamic)
    if _STRTAB not in tags:
        return Wants(libraries=(), folders=(), versions=())
    strings = _offset(segments, tags[_STRTAB])
    paths = [_text(data, strings + value) for tag, value in dynamic if tag in (_RPATH, _RUNPATH)]
    return Wants(
        libraries=tuple(_text(data, strings + value) for tag, value in dynamic if tag == _NEEDED),
        folders=tuple(folder for path in paths for folder in path.split(":") if folder),
        versions=tuple(_versions(data, segments, tags, strings)),
    )


def _segments(data: bytes) -> Iterator[_Segment]:
    start, size, count = (*struct.unpack_from("<Q", data, 32), *struct.unpack_from("<HH", data, 54))
    for number in range(count):
        kind, _, offset, address, _, in_file = struct.unpack_from(
            "<IIQQQQ", data, start + number * size
        )
        yield _Segment(kind, offset, address, in_file)


def _dynamic(data: bytes, segment: _Segment) -> Iterator[tuple[int, int]]:
    for place in range(segment.offset, segment.offset + segment.size, 16):
        tag, value = struct.unpack_from("<QQ", data, place)
        if tag == 0:
            return
        yield tag, value


def _versions(
    data: bytes, segments: list[_Segment], tags: dict[int, int], strings: int
) -> Iterator[str]:
    """The versions of symbols, such as GLIBC_2.34: a list of lists, each linked by distances."""
    if _VERNEED not in tags:
        return
    place = _offset(segments, tags[_VERNEED])
    for _ in range(tags.get(_VERNEEDNUM, 0)):
        _, count, _, first, following = struct.unpack_from("<HHIII", data, place)
        inner = place + first
        for _ in range(count):
            _, _, _, name, step = struct.unpack_from("<IHHII", data, inner)
            yield _text(data, strings + name)
            inner += step
        place += following


def _offset(segments: list[_Segment], address: int) -> int:
    for segment in segments:
        if segment.kind == _PT_LOAD and 0 <= address - segment.address < segment.size:
            return address - segment.address + segment.offset
    raise ValueError(f"no segment holds {address:#x}")


def _text(data: bytes, start: int) -> str:
    return data[start : data.index(b"\0", start)].decode("utf-8", errors="replace")
