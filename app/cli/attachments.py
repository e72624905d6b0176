"""What is asked: the prompt, standard input, and text files put in front of it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from app.chat.attachments import open_file, read_stream
from app.core.errors import AppError, ErrorCode

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
    return _standard_input() if name == STANDARD_INPUT else open_file(Path(name)).text


def _attachment(name: str) -> str:
    if name == STANDARD_INPUT:
        return f"Standard input:\n\n{_standard_input().strip()}"
    return open_file(Path(name)).block


def _standard_input() -> str:
    if sys.stdin is None:
        return ""
    return read_stream(sys.stdin.buffer, "standard input")


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
