"""What is asked: the prompt, standard input, and text files put in front of it."""

from __future__ import annotations

import codecs
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from app.core.errors import AppError, ErrorCode

LARGEST_BYTES = 1_000_000
STANDARD_INPUT = "-"


def question(prompt: str | None, files: Sequence[str], saved: str | None = None) -> str:
    """The text of the question; raises `AppError` where there is none or it is no text.

    `saved` is a prompt that was kept; what is asked besides follows it.

    "-" stands for standard input, which is also read where no prompt is given and something
    is piped in.
    """
    attached = [_attachment(name) for name in files]
    if prompt == STANDARD_INPUT or (prompt is None and _is_piped() and "-" not in files):
        prompt = _standard_input()
    if saved is not None:
        prompt = "\n\n".join(part for part in (saved, prompt) if part and part.strip())
    if prompt is None or not prompt.strip():
        raise AppError(
            "There is no question.",
            'Write one after "tacit ask", or pipe it in.',
            code=ErrorCode.USAGE,
        )
    _must_be_text(prompt)
    return "\n\n".join([*attached, prompt])


def read_text(name: str) -> str:
    """The text of a file, "-" for standard input; raises `AppError` where it is none."""
    if name == STANDARD_INPUT:
        return _standard_input()
    path = Path(name)
    try:
        with path.open("rb") as stream:
            return _decode(stream, path.name)
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        raise AppError(
            f"The file {path.name} cannot be read: {reason}.",
            "Check its name and permissions.",
            code=ErrorCode.USAGE,
        ) from error


def _attachment(name: str) -> str:
    text = read_text(name).strip()
    if name == STANDARD_INPUT:
        return f"Standard input:\n\n{text}"
    return f"File {Path(name).name}:\n\n{text}"


def _standard_input() -> str:
    if sys.stdin is None:
        return ""
    return _decode(sys.stdin.buffer, "standard input")


def _decode(stream: BinaryIO, name: str) -> str:
    content = stream.read(LARGEST_BYTES + 1)
    if len(content) > LARGEST_BYTES:
        raise AppError(
            f"{name} is larger than {LARGEST_BYTES // 1_000_000} MB.",
            "Attach the part that matters.",
            code=ErrorCode.USAGE,
        )
    try:
        text = content.removeprefix(codecs.BOM_UTF8).decode("utf-8")
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        raise AppError(
            f"{name} is not a text file in UTF-8.",
            "Attach plain text; other kinds of files are not read.",
            code=ErrorCode.USAGE,
        )
    return text.replace("\r\n", "\n")


def _must_be_text(prompt: str) -> None:
    try:
        prompt.encode("utf-8")
    except UnicodeEncodeError:
        raise AppError(
            "The question holds bytes that are no text.",
            "Write it in UTF-8.",
            code=ErrorCode.USAGE,
        ) from None


def _is_piped() -> bool:
    return sys.stdin is not None and not sys.stdin.closed and not sys.stdin.isatty()
