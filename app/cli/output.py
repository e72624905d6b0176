"""What the commands print: text and JSON on standard output, remarks on standard error."""

from __future__ import annotations

import contextlib
import errno
import io
import json
import os
import sys
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TextIO

from app.core.errors import AppError, ErrorCode

EXIT_DONE = 0
EXIT_FAILED = 1
EXIT_USAGE = 2
EXIT_INTERRUPTED = 130

_EXIT_CODES = {
    ErrorCode.USAGE: EXIT_USAGE,
    ErrorCode.SETTING_INVALID: EXIT_USAGE,
    ErrorCode.KEY_INVALID: EXIT_USAGE,
    ErrorCode.CANCELLED: EXIT_INTERRUPTED,
}
_ERROR_BOX = 0x10 | 0x10000
"""MB_ICONERROR | MB_SETFOREGROUND of Windows."""
_UNITS = ("bytes", "KB", "MB", "GB", "TB")


class OutputClosedError(Exception):
    """Nobody reads standard output any more, as after `| head`."""


class Console:
    """The two output streams of a command.

    Standard output carries the result and nothing else. A terminal gets neither control
    characters nor escape sequences from a model: they could rewrite what is on the screen.
    """

    def __init__(self, out: TextIO | None = None, err: TextIO | None = None) -> None:
        self._out = out or _robust(sys.stdout)
        self._err = err or _robust(sys.stderr)
        self.out_is_terminal = _is_terminal(self._out)
        self.err_is_terminal = _is_terminal(self._err)
        self._status_shown = False

    def write(self, text: str) -> None:
        """Part of the result, visible at once.

        Raises `OutputClosedError` where nobody reads any more, `AppError` where the output
        cannot be written.
        """
        self.clear_status()
        self._put(printable(text) if self.out_is_terminal else text)

    def line(self, text: str = "") -> None:
        """One line of the result."""
        self.write(f"{text}\n")

    def json(self, document: object) -> None:
        """The one JSON document of a command."""
        text = json.dumps(document, indent=2, ensure_ascii=False)
        self.clear_status()
        self._put(f"{text}\n")

    def table(self, rows: Sequence[Sequence[str]]) -> None:
        """Rows in aligned columns, the first row being the headings."""
        widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
        for row in rows:
            cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
            self.line("  ".join(cells).rstrip())

    def note(self, text: str) -> None:
        """A remark to the person on standard error."""
        self.clear_status()
        self._error(f"{printable(text)}\n")

    def status(self, text: str) -> None:
        """What is going on, on one line that the next one replaces; on a terminal only."""
        if self.err_is_terminal:
            self._error(f"\r\x1b[K{printable(text)}")
            self._status_shown = True

    def thought(self, text: str) -> None:
        """What a model thinks before it answers, dimmed; on a terminal only."""
        if self.err_is_terminal:
            self.clear_status()
            self._error(f"\x1b[2m{printable(text)}\x1b[22m")

    def clear_status(self) -> None:
        """Remove the line that `status` left."""
        if self._status_shown:
            self._error("\r\x1b[K")
            self._status_shown = False

    def fail(self, error: AppError, *, as_json: bool, **more: Any) -> int:
        """Say what happened and what to do; returns the exit code."""
        if as_json:
            described = {"code": str(error.code), "what": error.what, "todo": error.todo}
            self.json({"error": described, **more})
        self.note(f"tacit: {error.sentence}")
        if isinstance(self._err, _Nowhere):
            _show_box(error.sentence)
        return _EXIT_CODES.get(error.code, EXIT_FAILED)

    def _put(self, text: str) -> None:
        try:
            self._out.write(text)
            self._out.flush()
        except OSError as error:
            self._mute()
            # Windows says "invalid argument" for a pipe that was closed.
            if isinstance(error, BrokenPipeError) or error.errno == errno.EINVAL:
                raise OutputClosedError from error
            reason = (error.strerror or type(error).__name__).lower()
            raise AppError(
                f"The output could not be written: {reason}.", "Write it to another place."
            ) from error

    def _mute(self) -> None:
        # What is left in the buffer would fail again when the program ends.
        with contextlib.suppress(OSError, ValueError):
            nothing = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nothing, self._out.fileno())
            os.close(nothing)

    def _error(self, text: str) -> None:
        # A remark that nobody can read is no reason to stop.
        with contextlib.suppress(OSError, ValueError):
            self._err.write(text)
            self._err.flush()


def printable(text: str) -> str:
    """`text` without control characters (line breaks and tabs aside)."""
    if text.isprintable():
        return text
    return "".join(c for c in text if c in "\n\t" or unicodedata.category(c) != "Cc")


def size(count: float) -> str:
    """A number of bytes in words, for example "86.3 MB"."""
    unit = 0
    while count >= 1000 and unit < len(_UNITS) - 1:
        count, unit = count / 1000, unit + 1
    return f"{count:.0f} {_UNITS[unit]}" if unit == 0 else f"{count:.1f} {_UNITS[unit]}"


def short_path(path: Path) -> str:
    """`path` with the person's home folder as "~", so that no name is shown."""
    with contextlib.suppress(ValueError, RuntimeError):
        return str(Path("~") / path.relative_to(Path.home()))
    return str(path)


def _is_terminal(stream: TextIO | _Nowhere) -> bool:
    try:
        return stream.isatty()
    except ValueError:
        return False


class _Nowhere(io.TextIOBase):
    """The output streams of a windowed program, which has none."""

    def write(self, text: str) -> int:
        return len(text)


def _show_box(sentence: str) -> None:
    """Windows' own box, for a program that was started by a click and cannot open its window."""
    if sys.platform == "win32":
        import ctypes

        ctypes.windll.user32.MessageBoxW(None, sentence, "Tacit", _ERROR_BOX)


def _robust(stream: TextIO | None) -> TextIO | _Nowhere:
    """The stream such that no character can make it fail."""
    if stream is None:
        return _Nowhere()
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        if _is_terminal(stream):
            reconfigure(errors="replace")
        else:
            # A pipe on Windows would get the code page of the country.
            reconfigure(encoding="utf-8", errors="replace")
    return stream
