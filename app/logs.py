"""The log file: what the program did and where it failed, never a word of a conversation."""

from __future__ import annotations

import contextlib
import logging
import os
import re
import sys
import threading
import traceback
from collections.abc import Callable
from io import TextIOWrapper
from pathlib import Path
from types import TracebackType
from typing import Any

from app.core.errors import AppError

FILE_NAME = "tacit.log"
_BYTES = 1_000_000
_KEPT = 3
_OWN = "app"
_LONGEST_CHAIN = 8

_SECRETS = re.compile(
    r"(?:\b(?:hf_|sk-|gh[pousr]_|xox[a-z]-)[A-Za-z0-9_-]{8,})"
    r"|(?:(?<=Bearer )\S+)"
    r"|(?:(?<=X-Amz-Signature=)[^&\s]+)"
    r"|(?:(?<=X-Amz-Credential=)[^&\s]+)"
)
_REMOVED = "[removed]"

log = logging.getLogger(__name__)


class Logging:
    """Logging and the hooks for exceptions that nobody caught, until `close`.

    `tell` gives the person a sentence when something failed that nobody caught; the default
    writes it to standard error. Creating one installs it: a program has one at a time.
    With `keep` False nothing is written to the file.
    """

    def __init__(
        self,
        folder: Path,
        *,
        verbose: bool = False,
        keep: bool = True,
        tell: Callable[[str], None] | None = None,
    ) -> None:
        self.file = folder / FILE_NAME
        self._keep = keep
        self.tell = tell or _to_stderr
        self._told: set[str] = set()
        self._before = (
            sys.excepthook,
            threading.excepthook,
            sys.unraisablehook,
            logging.raiseExceptions,
        )
        self._handlers = _handlers(self.file if keep else None, verbose)
        root = logging.getLogger()
        self._levels = (root.level, logging.getLogger(_OWN).level)
        for handler in self._handlers:
            root.addHandler(handler)
        root.setLevel(logging.WARNING)
        logging.getLogger(_OWN).setLevel(logging.INFO)
        # A handler's own failure would print the message and its arguments.
        logging.raiseExceptions = False
        logging.captureWarnings(True)
        sys.excepthook = self._on_uncaught
        threading.excepthook = self._on_thread
        sys.unraisablehook = self._on_unraisable

    def close(self) -> None:
        """Put back what was there before and close the file."""
        (
            sys.excepthook,
            threading.excepthook,
            sys.unraisablehook,
            logging.raiseExceptions,
        ) = self._before
        logging.captureWarnings(False)
        root = logging.getLogger()
        root.setLevel(self._levels[0])
        logging.getLogger(_OWN).setLevel(self._levels[1])
        for handler in self._handlers:
            root.removeHandler(handler)
            handler.close()

    def report(self, error: BaseException, where: str) -> None:
        """Note an exception that nobody caught, and tell the person once for each place."""
        if isinstance(error, KeyboardInterrupt | SystemExit):
            return
        described = describe(error)
        log.error("uncaught in %s: %s", where, described)
        if described in self._told:
            return
        self._told.add(described)
        if isinstance(error, AppError):
            self.tell(error.sentence)
        else:
            noted = f"The log file notes where: {self.file}" if self._keep else "It is not logged."
            self.tell(f"Something went wrong inside Tacit ({type(error).__name__}). {noted}")

    def on_loop_error(self, _loop: object, context: dict[str, Any]) -> None:
        """For `loop.set_exception_handler`."""
        error = context.get("exception")
        if isinstance(error, BaseException):
            self.report(error, "a task")
        else:
            # The text of the context may hold the arguments of a callback.
            log.error("the event loop complained without an exception")

    def _on_uncaught(
        self, _kind: type[BaseException], error: BaseException, _trace: TracebackType | None
    ) -> None:
        self.report(error, "the main thread")

    def _on_thread(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            name = args.thread.name if args.thread is not None else "unknown"
            self.report(args.exc_value, f"the thread {name}")

    def _on_unraisable(self, args: sys.UnraisableHookArgs) -> None:
        if args.exc_value is not None:
            self.report(args.exc_value, "a finaliser")


def describe(error: BaseException) -> str:
    """The classes and places of an exception and its causes, without their messages.

    A message or a local variable may quote a conversation; an `AppError` may not, so its
    sentence is kept.
    """
    parts: list[str] = []
    current: BaseException | None = error
    while current is not None and len(parts) < _LONGEST_CHAIN:
        parts.append(_describe_one(current))
        following = current.__cause__
        if following is None and not current.__suppress_context__:
            following = current.__context__
        current = following
    return " <- ".join(parts)


def _describe_one(error: BaseException) -> str:
    name = type(error).__name__
    if isinstance(error, AppError):
        name += f" [{error.code}: {error.sentence}]"
    elif isinstance(error, OSError) and error.errno is not None:
        name += f" [errno {error.errno}]"
    elif isinstance(error, ImportError) and error.name:
        name += f" [{error.name}]"
    if isinstance(error, BaseExceptionGroup):
        inner = "; ".join(_describe_one(e) for e in error.exceptions[:_LONGEST_CHAIN])
        name += f" [{inner}]"
    frames = traceback.StackSummary.extract(
        traceback.walk_tb(error.__traceback__), lookup_lines=False
    )
    return name + "".join(f" at {_place(f.filename)}:{f.lineno} {f.name}" for f in frames)


def _place(filename: str) -> str:
    """The last three parts: enough to find the line, without the name of a home folder."""
    return "/".join(Path(filename).parts[-3:])


class _Formatter(logging.Formatter):
    """One line a record; libraries may log what they were given, so their text is left out."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        own = record.name == _OWN or record.name.startswith(f"{_OWN}.")
        text = _message(record) if own else f"(a library's message from line {record.lineno})"
        if record.exc_info and record.exc_info[1] is not None:
            text += f" | {describe(record.exc_info[1])}"
        line = _SECRETS.sub(_REMOVED, text).replace("\r", " ").replace("\n", " ")
        return f"{self.formatTime(record)} {record.levelname} {record.name} {line}"


def _message(record: logging.LogRecord) -> str:
    """The record's message, with exceptions among its arguments described, not quoted."""
    if isinstance(record.msg, BaseException):
        return describe(record.msg)
    arguments = record.args
    if isinstance(arguments, tuple):
        arguments = tuple(describe(a) if isinstance(a, BaseException) else a for a in arguments)
    try:
        return str(record.msg) % arguments if arguments else str(record.msg)
    except (TypeError, ValueError, KeyError):
        return f"(a message that does not fit its arguments, line {record.lineno})"


class _PrivateFile(logging.FileHandler):
    """A file for its owner only, of which a few full ones are kept as `.1`, `.2` and so on.

    Survives that another process has it open. The standard library's rotating handler comes
    with sockets and queues, for which the window would wait at its start.
    """

    def __init__(self, file: Path) -> None:
        super().__init__(file, encoding="utf-8", delay=True)

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line, into a new file where the present one is full."""
        with contextlib.suppress(OSError):  # nobody can be told where not even this can be written
            super().emit(record)
            if self.stream is not None and self.stream.tell() >= _BYTES:
                self.stream.close()
                self.stream = self._begin_another()

    def _begin_another(self) -> TextIOWrapper:
        for number in range(_KEPT, 0, -1):
            older = f".{number - 1}" if number > 1 else ""
            with contextlib.suppress(OSError):
                Path(self.baseFilename + older).replace(f"{self.baseFilename}.{number}")
        return self._open()

    def _open(self) -> TextIOWrapper:
        handle = os.open(self.baseFilename, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        return os.fdopen(handle, "a", encoding="utf-8", errors="replace")


def _handlers(file: Path | None, verbose: bool) -> list[logging.Handler]:
    # Without any handler Python would print warnings by itself.
    handlers: list[logging.Handler] = [_PrivateFile(file) if file else logging.NullHandler()]
    if verbose:
        handlers.append(logging.StreamHandler())
    for handler in handlers:
        handler.setFormatter(_Formatter())
    return handlers


def _to_stderr(sentence: str) -> None:
    if sys.stderr is not None:
        with contextlib.suppress(OSError, ValueError):
            print(sentence, file=sys.stderr)  # noqa: T201
