"""The person's own words that should not leave, for all conversations or those of a folder."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

from app.core.errors import AppError, ErrorCode

EVERYWHERE = ""
_MOST = 2_000
_LONGEST = 200


class OwnWords:
    """Word lists in one small file. Blocking; read again whenever it has changed.

    They are as private as the conversations: the file is readable by its owner only, and with
    `keep` False nothing is written.
    """

    def __init__(self, file: Path, *, keep: bool = True) -> None:
        self._file = file
        self._keep = keep
        self._read: tuple[tuple[int, int], dict[str, list[str]]] | None = None

    def of(self, folder: str) -> tuple[str, ...]:
        """The words that hold in a folder: its own and those for everywhere."""
        lists = self._lists()
        both = (*lists.get(EVERYWHERE, ()), *(lists.get(folder, ()) if folder else ()))
        return tuple(dict.fromkeys(both))

    def only_of(self, folder: str) -> tuple[str, ...]:
        """The words of one list."""
        return tuple(self._lists().get(folder, ()))

    def folders(self) -> tuple[str, ...]:
        """The folders that have words of their own."""
        return tuple(name for name in self._lists() if name)

    def set(self, folder: str, words: Iterable[str]) -> None:
        """Replace one list; raises `AppError` for too many or too long words."""
        plain = list(dict.fromkeys(" ".join(word.split()) for word in words if word.strip()))
        if len(plain) > _MOST or any(len(word) > _LONGEST for word in plain):
            raise AppError(
                f"A list holds at most {_MOST} words of at most {_LONGEST} characters.",
                "Make it shorter.",
                code=ErrorCode.USAGE,
            )
        lists = {**self._lists(), folder: plain}
        self._write({name: kept for name, kept in lists.items() if kept})

    def _lists(self) -> dict[str, list[str]]:
        try:
            state = self._file.stat()
            stamp = (state.st_mtime_ns, state.st_size)
            if self._read is None or self._read[0] != stamp:
                plain = json.loads(self._file.read_text(encoding="utf-8"))
                self._read = (stamp, _checked(plain))
            return self._read[1]
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, RecursionError) as error:
            # Without them, words would leave that the person wanted to keep.
            raise AppError(
                "The list of words for redaction cannot be read.",
                f"Mend or remove {self._file.name} in the data folder.",
                code=ErrorCode.SETTING_INVALID,
            ) from error

    def _write(self, lists: dict[str, list[str]]) -> None:
        if not self._keep:
            raise AppError(
                "This is a private session, which keeps nothing: the words were not saved.",
                "Change them in an ordinary window.",
                code=ErrorCode.USAGE,
            )
        try:
            # mkstemp gives a file that only its owner can read.
            handle, name = tempfile.mkstemp(prefix=".words-", dir=self._file.parent)
            try:
                with os.fdopen(handle, "w", encoding="utf-8") as new:
                    json.dump(lists, new, ensure_ascii=False, indent=1)
                    new.flush()
                    os.fsync(new.fileno())
                Path(name).replace(self._file)
            except BaseException:
                Path(name).unlink(missing_ok=True)
                raise
        except OSError as error:
            raise AppError(
                "The words were not saved.",
                "Check the free space and the permissions of the data folder.",
                code=ErrorCode.STORE_UNWRITABLE,
            ) from error


def _checked(plain: object) -> dict[str, list[str]]:
    if not isinstance(plain, dict) or not all(
        isinstance(words, list) and all(isinstance(word, str) for word in words)
        for words in plain.values()
    ):
        raise ValueError("no word lists")
    return plain
