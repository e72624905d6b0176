"""Puts a file in the place of another one in one step, and overwrites what that held."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from app.store import files
from app.store.connecting import key_id_of

_OLD = "old.partial"
_AT_ONCE = 1 << 20


def put_in_place(new: Path, file: Path) -> None:
    """Put `new` in the place of `file`, and overwrite what `file` held."""
    old = file.with_name(f"{file.stem}.{_OLD}{file.suffix}")
    if old.exists():
        _clear_up(old)
    try:
        os.link(file, old)
    except OSError:  # not every file system can; `settle` puts it back after a kill between
        file.rename(old)
    new.replace(file)
    files.sync_folder(file.parent)
    _clear_up(old)


def settle(file: Path) -> None:
    """Finish what a program that was killed had begun to replace, the history or a copy of it."""
    for leftover in file.parent.glob(f"{file.stem}.*{_OLD}{file.suffix}"):
        _clear_up(leftover)


def _clear_up(old: Path) -> None:
    """Remove a file that was replaced; where the new one never came, it is put back."""
    file = old.with_name(old.name.replace(f".{_OLD}", ""))
    if not file.exists():
        old.rename(file)
    elif file.samefile(old):
        old.unlink()
    else:
        if key_id_of(old) is None:
            overwrite(old)
        old.unlink()


def overwrite(file: Path) -> None:
    """Write zeros over all of it, as far as the disk does that in the same place."""
    with contextlib.suppress(OSError), file.open("rb+") as opened_file:
        left = os.fstat(opened_file.fileno()).st_size
        while left > 0:
            left -= opened_file.write(bytes(min(left, _AT_ONCE)))
        opened_file.flush()
        os.fsync(opened_file.fileno())
