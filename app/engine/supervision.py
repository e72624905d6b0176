"""What to make of a host that ended, and which models are not loaded again unasked."""

from __future__ import annotations

import contextlib
import json
import os
import signal
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import psutil

from app.core.errors import AppError, ErrorCode
from app.engine import bounds
from app.engine.jobs import GenerateJob
from app.process.child import ChildEnd

_CRASHES_IN_A_ROW = 2
# What native code prints before it gives up for want of memory.
_MEMORY_WORDS = (b"bad_alloc", b"MemoryError", b"out of memory", b"Failed to allocate")

_OTHER_MODEL = "Send the message again; if it happens again, choose another model."
AGAIN = "Send the message again, and the model is loaded anew."


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Seconds without a sign of life after which the host counts as hung, per phase.

    `load_s` is for a model of no size and grows with its files, read at `load_bytes_a_second`
    at the slowest. `prepare_s` covers the chat template and the tokenizer (which the host itself
    ends much earlier: `app.engine.bounds`), `read_s` one chunk of the prompt, `decode_s` one
    token. `cancel_s` is how long a stopped answer may take to end before it
    goes on unseen, `drain_s` how long it may do that, `leave_s` how long a host may take to
    end when asked to, `prove_s` how long it may take to try what its seal refuses.
    """

    start_s: float = 30.0
    prepare_s: float = 30.0
    load_s: float = 120.0
    load_bytes_a_second: float = 10e6
    read_s: float = 300.0
    decode_s: float = 120.0
    cancel_s: float = 0.2
    drain_s: float = 5.0
    leave_s: float = 1.0
    prove_s: float = 60.0

    def load_limit_s(self, folder: Path) -> float:
        """How long the model in `folder` may take to load."""
        return self.load_s + _size(folder) / self.load_bytes_a_second


def crash_error(end: ChildEnd, *, loading: bool) -> AppError:
    """In words, why the host ended without being asked to."""
    if not end.killed and bounds.ended_in_template_work(end.tail):
        return _template_error(end.exit_code)
    starved = any(words in end.tail for words in _MEMORY_WORDS)
    # The system's out-of-memory killer leaves nothing but this signal behind.
    by_system = not end.killed and end.exit_code == -getattr(signal, "SIGKILL", 9)
    if starved or (loading and by_system):
        return AppError(
            "There was not enough memory to run this model.",
            "Close other programs or choose a smaller model.",
            code=ErrorCode.OUT_OF_MEMORY,
        )
    return AppError("The model process ended unexpectedly.", AGAIN, code=ErrorCode.HOST_CRASHED)


def _template_error(exit_code: int) -> AppError:
    """In words, that the host ended while the model's own template or tokenizer was at work."""
    if exit_code == bounds.TIME_IS_UP:
        return AppError(
            "The model's chat template, or its tokenizer, took too long and was ended.",
            _OTHER_MODEL,
            code=ErrorCode.HOST_HUNG,
        )
    return AppError(
        "The model's chat template, or its tokenizer, ended the model's process.",
        _OTHER_MODEL,
        code=ErrorCode.HOST_CRASHED,
    )


def hung_error() -> AppError:
    """In words, that the host gave no sign of life and was ended."""
    return AppError(
        "The model process no longer answered and was ended.", AGAIN, code=ErrorCode.HOST_HUNG
    )


class Supervisor:
    """Remembers which models ended their host, in this run of the program and in earlier ones.

    While a model loads, a mark in `run_dir` names it. A mark whose program is gone says that
    loading took the whole program or the machine down. Without a `run_dir` nothing is marked.
    """

    def __init__(self, run_dir: Path | None) -> None:
        self._run_dir = run_dir
        self._mark = run_dir / f"loading-{os.getpid()}.json" if run_dir else None
        self._crashes: Counter[str] = Counter()
        self._left_marked: set[str] | None = None

    def refusal(self, job: GenerateJob) -> AppError | None:
        """Why the job's model may not be loaded without being asked for; None where it may.

        A mark from an earlier run refuses once, two crashes in a row until `force_load`.
        """
        if self._left_marked is None:
            self._left_marked = self._collect_marks()
        marked = job.model_id in self._left_marked
        self._left_marked.discard(job.model_id)
        if job.force_load:
            del self._crashes[job.model_id]
        elif self._crashes[job.model_id] >= _CRASHES_IN_A_ROW:
            what = "This model ended its process twice in a row, so it is not loaded again."
            return _not_loaded(what, "Load it anyway, verify it, or choose another model.")
        elif marked:
            what = "Tacit ended while it loaded this model, so it is not loaded by itself."
            return _not_loaded(what, "Send the message again to load it anyway, or verify it.")
        return None

    def load_begins(self, model_id: str) -> None:
        """Mark `model_id` as being loaded, durably: the machine itself may go down."""
        if self._mark is None:
            return
        mark = {"model": model_id, "pid": os.getpid(), "started": _start_of(os.getpid())}
        # A folder that cannot be written must not keep a person from their model.
        with contextlib.suppress(OSError), self._mark.open("w", encoding="utf-8") as file:
            json.dump(mark, file)
            file.flush()
            os.fsync(file.fileno())

    def load_ended(self) -> None:
        """Remove the mark: the load succeeded, failed in order or was stopped."""
        if self._mark is None:
            return
        with contextlib.suppress(OSError):
            self._mark.unlink(missing_ok=True)

    def crashed(self, model_id: str) -> None:
        """The host ended or hung while it worked for `model_id`."""
        self._crashes[model_id] += 1

    def answered(self, model_id: str) -> None:
        """The model gave an answer, or failed in order."""
        del self._crashes[model_id]

    def _collect_marks(self) -> set[str]:
        """The models that programs which are gone were loading; their marks are removed."""
        models: set[str] = set()
        if self._run_dir is None:
            return models
        for file in self._run_dir.glob("loading-*.json"):
            with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
                mark = json.loads(file.read_text(encoding="utf-8"))
                started = _start_of(int(mark["pid"]))
                if started is not None and started == mark["started"] and file != self._mark:
                    continue  # another window or command is loading it right now
                models.add(str(mark["model"]))
            with contextlib.suppress(OSError):
                file.unlink()
        return models


def _size(folder: Path) -> int:
    """Bytes of the files in `folder` itself; 0 where it cannot be read."""
    size = 0
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            size += entry.stat().st_size
    return size


def _not_loaded(what: str, todo: str) -> AppError:
    return AppError(what, todo, code=ErrorCode.MODEL_NOT_AUTOLOADED)


def _start_of(pid: int) -> float | None:
    """When the process started, which tells it from a later one with the same number."""
    try:
        return float(psutil.Process(pid).create_time())
    except (psutil.Error, ValueError):
        return None
