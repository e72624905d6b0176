"""Encrypts and decrypts a history without end, and says what it has done.

Run as a program with the file, and where wanted the number of the step on the disk at which it
ends at once, as if it was killed there, and "no-links" for a file system that has none.
"""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path

from app.core.history_key import HistoryKey
from app.store.history import History

KEY = HistoryKey(bytes(range(32)))
# What a conversion does to files by itself; SQLite's own steps come between them.
STEPS = {"open", "os.rename", "os.link", "os.remove", "os.chmod"}
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT


class OneKey:
    """Knows the one key of these tests."""

    def find(self, key_id: str) -> HistoryKey:
        return KEY


def end_at(step: int) -> None:
    """End this process without a farewell at the given step on the disk."""
    left = step

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal left
        if event not in STEPS or (event == "open" and not _is_written(arguments)):
            return
        left -= 1
        if left < 0:
            os._exit(9)

    sys.addaudithook(watch)


def _is_written(arguments: tuple[object, ...]) -> bool:
    flags = arguments[2]
    return isinstance(flags, int) and bool(flags & _WRITES)


def _no_link(*_arguments: object, **_options: object) -> None:
    raise OSError(errno.EPERM, "no links here")


def main() -> None:
    history = History(Path(sys.argv[1]), keys=OneKey())
    history.open()
    print("open", history.encryption.is_on, flush=True)  # noqa: T201
    if sys.argv[3:] == ["no-links"]:
        os.link = _no_link
    if len(sys.argv) > 2:
        end_at(int(sys.argv[2]))
    while True:
        if history.encryption.is_on:
            history.encryption.switch_off()
            print("decrypted", flush=True)  # noqa: T201
        else:
            history.encryption.switch_on(KEY)
            print("encrypted", flush=True)  # noqa: T201
        if len(sys.argv) > 2:
            break
    os._exit(0)


if __name__ == "__main__":
    main()
