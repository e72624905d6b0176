"""What may lie in a model folder: plain files of a sane number, none of them a program.

Passed over on purpose: pickles and zip archives (`pytorch_model.bin` lies beside many honest
models; nothing here unpickles), Python files (Microsoft's folders ship `configuration_phi3.py`;
nothing here imports from a model folder), and scripts below hidden folders (every git clone has
`.git/hooks/*.sample`).
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from app.engine.guard.refusal import refused

_MAX_ENTRIES = 10_000
_COPY = "Copy the model's files themselves into its folder, or choose another model."
# Mach-O in both byte orders, for one or several processors; 0xCAFEBABE is Java as well.
_PROGRAMS = (
    b"\x7fELF",
    b"\xfe\xed\xfa\xce",
    b"\xfe\xed\xfa\xcf",
    b"\xce\xfa\xed\xfe",
    b"\xcf\xfa\xed\xfe",
    b"\xca\xfe\xba\xbe",
    b"\xbe\xba\xfe\xca",
    b"\xca\xfe\xba\xbf",
    b"\xbf\xba\xfe\xca",
)
_PE_OFFSET_AT = 0x3C


def check_files(folder: Path) -> None:
    """Refuse programs, links that lead out, pipes and devices; raises `AppError` or `OSError`.

    The folder itself may be a link; what lies in it is measured by where that leads.
    """
    top = Path(os.path.realpath(folder))
    for count, entry in enumerate(_entries(top)):
        if count == _MAX_ENTRIES:
            raise refused("holds far more files than a model has")
        kind = entry.lstat().st_mode
        if stat.S_ISLNK(kind):
            _check_link(entry, top)
        elif stat.S_ISREG(kind):
            _check_start(entry, hidden=_is_hidden(entry, top))
        elif not stat.S_ISDIR(kind):
            raise refused("holds something that is not a plain file, a pipe or a device")


def _entries(top: Path) -> Iterator[Path]:
    """All files, folders and links below `top`; no link is followed."""

    def stop(error: OSError) -> None:
        raise error

    for parent, folders, files in os.walk(top, onerror=stop):
        yield from (Path(parent, name) for name in (*folders, *files))


def _check_link(link: Path, top: Path) -> None:
    target = Path(os.path.realpath(link))
    if not target.is_relative_to(top):
        raise refused("holds a link that leads out of its folder", _COPY)
    if not target.exists():
        raise refused("holds a link that leads nowhere", _COPY)


def _is_hidden(entry: Path, top: Path) -> bool:
    return any(part.startswith(".") for part in entry.relative_to(top).parent.parts)


def _check_start(file: Path, *, hidden: bool) -> None:
    # Without waiting: the file may have become a pipe since it was looked at.
    handle = os.open(file, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with os.fdopen(handle, "rb") as opened:
        start = opened.read(64)
        if start.startswith(_PROGRAMS) or _is_windows_program(opened, start):
            raise refused("holds a program, which no model needs")
        if _is_script(start) and not hidden and file.suffix != ".py":
            raise refused("holds a script, which no model needs")


def _is_windows_program(opened: BinaryIO, start: bytes) -> bool:
    """Whether the header leads to that of a program; weights may begin with "MZ" by chance."""
    if not start.startswith(b"MZ") or len(start) < _PE_OFFSET_AT + 4:
        return False
    opened.seek(int.from_bytes(start[_PE_OFFSET_AT : _PE_OFFSET_AT + 4], "little"))
    return opened.read(2) in {b"PE", b"NE", b"LE", b"LX"}


def _is_script(start: bytes) -> bool:
    return start.startswith(b"#!") and start[2:].lstrip(b" \t").startswith(b"/")
