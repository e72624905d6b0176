"""Reads the text files that are put in front of a question."""

from __future__ import annotations

import codecs
from pathlib import Path
from typing import BinaryIO

from app.core.draft import TextFile, shown_name
from app.core.errors import AppError, ErrorCode

LARGEST_BYTES = 1_000_000
# As much as a whole conversation may be (`prompt.MAX_CHARACTERS`).
LARGEST_TOGETHER = 2_000_000
_WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
# Control characters that a text may hold: bell, tab, ends of lines and pages, colours of a log.
_IN_TEXTS = frozenset(b"\a\b\t\n\v\f\r\x1b")
_CONTROL = frozenset(range(32)) - _IN_TEXTS


def read_file(path: Path) -> TextFile:
    """The text file at `path`; raises `AppError` where it is none, too large or not readable.

    Only for plain files: what waits for a writer is never opened.
    """
    name = shown_name(path.name)
    try:
        is_odd = path.exists() and not path.is_file()
    except OSError as error:
        raise unreadable(name, error) from error
    if is_odd:
        raise AppError(
            f"{name} is no text file.",
            "Attach plain text files, not folders.",
            code=ErrorCode.USAGE,
        )
    return open_file(path)


def open_file(path: Path) -> TextFile:
    """The same for anything that can be read, pipes too; waits for what comes out of it."""
    name = shown_name(path.name)
    try:
        with path.open("rb") as stream:
            return TextFile(name, read_stream(stream, name))
    except OSError as error:
        raise unreadable(name, error) from error


def read_stream(stream: BinaryIO, name: str) -> str:
    """The text that comes out of `stream`; raises `AppError` where it is none, or too much."""
    content = stream.read(LARGEST_BYTES + 1)
    if len(content) > LARGEST_BYTES:
        raise AppError(
            f"{name} is larger than {LARGEST_BYTES // 1_000_000} MB.",
            "Attach the part that matters.",
            code=ErrorCode.USAGE,
        )
    return _decoded(content, name).replace("\r\n", "\n").replace("\r", "\n")


def room_for(there: tuple[TextFile, ...], new: TextFile) -> None:
    """Raise `AppError` where `new` is too much beside the files that are `there`."""
    if sum(len(file.text) for file in (*there, new)) > LARGEST_TOGETHER:
        raise AppError(
            f"With {new.name} the files together are larger than "
            f"{LARGEST_TOGETHER // 1_000_000} MB.",
            "Ask about some of them first.",
            code=ErrorCode.USAGE,
        )


def unreadable(name: str, error: OSError) -> AppError:
    """The sentence for a file that cannot be read."""
    reason = (error.strerror or type(error).__name__).lower()
    return AppError(
        f"The file {name} cannot be read: {reason}.",
        "Check its name and permissions.",
        code=ErrorCode.USAGE,
    )


def _decoded(content: bytes, name: str) -> str:
    is_wide = content.startswith(_WIDE)
    if not is_wide and not _CONTROL.isdisjoint(content):
        raise _no_text(name)
    try:
        text = content.decode("utf-16" if is_wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        if is_wide:
            raise _no_text(name) from error
        raise AppError(
            f"{name} is not in UTF-8 or UTF-16.",
            "Save it as UTF-8 and attach it again.",
            code=ErrorCode.USAGE,
        ) from error
    if "\0" in text:
        raise _no_text(name)
    return text


def _no_text(name: str) -> AppError:
    return AppError(
        f"{name} is no text file.",
        "Attach plain text; other kinds of files are not read.",
        code=ErrorCode.USAGE,
    )
