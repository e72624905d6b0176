"""The person's own words that should not leave, whichever conversation they stand in."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from app.core.errors import AppError, ErrorCode
from app.core.files import replace_text
from app.core.word_list import word_list

_EVERYWHERE = ""


class OwnWords:
    """A list in one small file. Blocking; read again whenever it has changed.

    It is as private as the conversations: the file is readable by its owner only, and with
    `keep` False nothing is written. Once it held the lists of folders as well, which the
    history keeps now: `of_folders` has what is left of them.
    """

    def __init__(self, file: Path, *, keep: bool = True) -> None:
        self._file = file
        self._keep = keep
        self._read: tuple[tuple[int, int], dict[str, list[str]]] | None = None

    def all(self) -> tuple[str, ...]:
        """The words; raises `AppError` where they cannot be read."""
        return tuple(self._lists().get(_EVERYWHERE, ()))

    def set(self, words: Iterable[str]) -> None:
        """Replace the words; raises `AppError` for too many or too long ones."""
        self._write({**self._lists(), _EVERYWHERE: list(word_list(words))})

    def of_folders(self) -> dict[str, tuple[str, ...]]:
        """The lists of folders, by the folder's name; raises `AppError`."""
        return {name: tuple(words) for name, words in self._lists().items() if name != _EVERYWHERE}

    def forget_folders(self) -> None:
        """Keep the lists of folders no longer; raises `AppError`."""
        self._write({_EVERYWHERE: list(self.all())})

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
            kept = {name: words for name, words in lists.items() if words}
            replace_text(self._file, json.dumps(kept, ensure_ascii=False, indent=1))
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
