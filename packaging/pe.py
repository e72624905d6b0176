"""Reads what a 64-bit PE file (a Windows program or library) imports and exports.

The structures are those of Microsoft's "PE Format". Only the directories that matter here are
read: ordinary imports, delayed ones, and the names of exports.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_MACHINE_X64, _OPTIONAL_64 = 0x8664, 0x20B
_EXPORTS, _IMPORTS, _DELAYED = 0, 1, 13
_IMPORT_BYTES, _DELAYED_BYTES, _SECTION_BYTES = 20, 32, 40


class NotPeError(ValueError):
    """The file is no PE file, or not of the kind that is read here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wants:
    """The libraries that a file asks for by name, in lower case as Windows compares them.

    Without one of `libraries` it does not load; one of `delayed` is asked for when its first
    function is called.
    """

    libraries: tuple[str, ...]
    delayed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Section:
    address: int
    size: int
    offset: int


@dataclass(frozen=True, slots=True)
class _Image:
    data: bytes
    sections: tuple[_Section, ...]
    directories: tuple[int, ...]

    def offset(self, address: int) -> int:
        """Where in the file lies what is loaded at this address."""
        for section in self.sections:
            if 0 <= address - section.address < section.size:
                return address - section.address + section.offset
        raise ValueError(f"no section holds {address:#x}")

    def text(self, address: int) -> str:
        start = self.offset(address)
        return self.data[start : self.data.index(b"\0", start)].decode("ascii")


def is_pe(file: Path) -> bool:
    """Whether the file begins like a PE file."""
    with file.open("rb") as opened:
        head = opened.read(64)
        if len(head) < 64 or head[:2] != b"MZ":
            return False
        opened.seek(struct.unpack_from("<I", head, 60)[0])
        return opened.read(4) == b"PE\0\0"


def read(file: Path) -> Wants:
    """What the file asks for; raises `NotPeError`."""
    image = _image(file)
    try:
        return Wants(
            libraries=tuple(_names(image, _IMPORTS, _IMPORT_BYTES, 12)),
            delayed=tuple(_names(image, _DELAYED, _DELAYED_BYTES, 4)),
        )
    except (struct.error, IndexError, ValueError) as error:
        raise NotPeError(f"{file} is damaged") from error


def exports(file: Path) -> tuple[str, ...]:
    """The names that the file offers to others; raises `NotPeError`."""
    image = _image(file)
    try:
        table = image.directories[_EXPORTS]
        if not table:
            return ()
        start = image.offset(table)
        count, names = (struct.unpack_from("<I", image.data, start + at)[0] for at in (24, 32))
        places = struct.unpack_from(f"<{count}I", image.data, image.offset(names))
        return tuple(image.text(place) for place in places)
    except (struct.error, IndexError, ValueError) as error:
        raise NotPeError(f"{file} is damaged") from error


def _image(file: Path) -> _Image:
    data = file.read_bytes()
    try:
        head = struct.unpack_from("<I", data, 60)[0]
        machine, count, optional = struct.unpack_from("<2xHH12xH", data, head + 2)
        if data[head : head + 4] != b"PE\0\0" or machine != _MACHINE_X64:
            raise NotPeError(f"{file} is no 64-bit PE file")
        kind, known = struct.unpack_from("<H106xI", data, head + 24)
        if kind != _OPTIONAL_64:
            raise NotPeError(f"{file} is no 64-bit PE file")
        table = struct.unpack_from("<" + "I4x" * known, data, head + 136)
        first = head + 24 + optional
        sections = tuple(_section(data, first + n * _SECTION_BYTES) for n in range(count))
    except (struct.error, IndexError) as error:
        raise NotPeError(f"{file} is damaged") from error
    return _Image(data, sections, (*table, *([0] * (16 - len(table)))))


def _section(data: bytes, start: int) -> _Section:
    virtual, address, raw, offset = struct.unpack_from("<IIII", data, start + 8)
    return _Section(address, max(virtual, raw), offset)


def _names(image: _Image, directory: int, step: int, name_at: int) -> Iterator[str]:
    """The names in a table of imports, which ends with an entry of zeros."""
    if not image.directories[directory]:
        return
    start = image.offset(image.directories[directory])
    while name := struct.unpack_from("<I", image.data, start + name_at)[0]:
        yield image.text(name).lower()
        start += step
