"""What a host's end means in words, and which models are not loaded again unasked."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from app.core.errors import AppError, ErrorCode
from app.engine.supervision import Supervisor, crash_error
from app.process.child import ChildEnd
from tests.fakes.hosts import host_of_code, scripted_job

JOB = scripted_job("hello", "model")
FORCED = scripted_job("hello", "model", force_load=True)


def end(exit_code: int, *, killed: bool = False, tail: bytes = b"") -> ChildEnd:
    return ChildEnd(exit_code=exit_code, protocol_broken=False, killed=killed, tail=tail)


@pytest.mark.parametrize(
    ("ended", "loading", "code"),
    [
        (end(-signal.SIGSEGV), False, ErrorCode.HOST_CRASHED),
        (end(-signal.SIGSEGV), True, ErrorCode.HOST_CRASHED),
        (end(-signal.SIGKILL), False, ErrorCode.HOST_CRASHED),
        (end(-signal.SIGKILL), True, ErrorCode.OUT_OF_MEMORY),
        (end(-signal.SIGKILL, killed=True), True, ErrorCode.HOST_CRASHED),
        (end(-signal.SIGABRT, tail=b"what(): std::bad_alloc"), False, ErrorCode.OUT_OF_MEMORY),
        (end(1), True, ErrorCode.HOST_CRASHED),
    ],
)
def test_the_end_of_a_host_in_words(ended: ChildEnd, loading: bool, code: ErrorCode) -> None:
    error = crash_error(ended, loading=loading)
    assert error.code is code
    assert error.what.endswith(".")
    assert error.todo.endswith(".")


def test_what_the_host_printed_is_never_shown() -> None:
    error = crash_error(end(-6, tail=b"bad_alloc while reading: my secret prompt"), loading=True)
    assert "secret" not in str(error)


@pytest.fixture
def run_dir(tmp_path: Path) -> Path:
    return tmp_path


def mark(run_dir: Path, model: str, pid: int, started: float | None) -> Path:
    file = run_dir / f"loading-{pid}.json"
    file.write_text(json.dumps({"model": model, "pid": pid, "started": started}))
    return file


def refused(error: AppError | None) -> bool:
    assert error is None or error.code is ErrorCode.MODEL_NOT_AUTOLOADED
    return error is not None


def test_two_crashes_in_a_row_refuse_the_model_until_it_is_forced(run_dir: Path) -> None:
    supervisor = Supervisor(run_dir)
    supervisor.crashed("model")
    assert not refused(supervisor.refusal(JOB))
    supervisor.crashed("model")
    assert refused(supervisor.refusal(JOB))
    assert refused(supervisor.refusal(JOB))
    assert not refused(supervisor.refusal(scripted_job("hello", "another")))
    assert not refused(supervisor.refusal(FORCED))
    assert not refused(supervisor.refusal(JOB))


def test_an_answer_between_two_crashes_forgives(run_dir: Path) -> None:
    supervisor = Supervisor(run_dir)
    supervisor.crashed("model")
    supervisor.answered("model")
    supervisor.crashed("model")
    assert not refused(supervisor.refusal(JOB))


def test_a_mark_names_the_model_while_it_loads(run_dir: Path) -> None:
    supervisor = Supervisor(run_dir)
    assert supervisor.refusal(JOB) is None
    supervisor.load_begins("model")
    (file,) = run_dir.iterdir()
    assert json.loads(file.read_text())["model"] == "model"
    supervisor.load_ended()
    supervisor.load_ended()
    assert list(run_dir.iterdir()) == []


def test_a_mark_of_a_program_that_is_gone_refuses_once(run_dir: Path) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    file = mark(run_dir, "model", gone.pid, 1.0)
    supervisor = Supervisor(run_dir)
    assert not refused(supervisor.refusal(scripted_job("hello", "another")))
    assert not file.exists()
    assert refused(supervisor.refusal(JOB))
    assert not refused(supervisor.refusal(JOB))


def test_a_mark_is_overruled_by_force(run_dir: Path) -> None:
    mark(run_dir, "model", os.getpid(), 1.0)
    supervisor = Supervisor(run_dir)
    assert not refused(supervisor.refusal(FORCED))
    assert not refused(supervisor.refusal(JOB))


def test_a_process_number_that_was_given_anew_does_not_protect_a_mark(run_dir: Path) -> None:
    mark(run_dir, "model", os.getppid(), 1.0)
    assert refused(Supervisor(run_dir).refusal(JOB))


def test_a_mark_of_a_living_program_is_its_own_affair(run_dir: Path) -> None:
    other = subprocess.Popen(host_of_code("import time; time.sleep(600)"))
    try:
        started = psutil.Process(other.pid).create_time()
        file = mark(run_dir, "model", other.pid, started)
        assert not refused(Supervisor(run_dir).refusal(JOB))
        assert file.exists()
    finally:
        other.kill()
        other.wait()


def test_the_mark_that_this_program_writes_is_understood_by_the_next(run_dir: Path) -> None:
    Supervisor(run_dir).load_begins("model")  # and never ended
    assert refused(Supervisor(run_dir).refusal(JOB))


@pytest.mark.parametrize("text", ["", "no json", "[]", '{"model": 1}', '{"pid": "x"}', "\0"])
def test_a_broken_mark_is_swept_away(run_dir: Path, text: str) -> None:
    file = run_dir / "loading-1.json"
    file.write_text(text)
    assert not refused(Supervisor(run_dir).refusal(JOB))
    assert not file.exists()


def test_a_folder_that_cannot_be_written_does_not_keep_from_loading(tmp_path: Path) -> None:
    supervisor = Supervisor(tmp_path / "missing")
    assert supervisor.refusal(JOB) is None
    supervisor.load_begins("model")
    supervisor.load_ended()


def test_without_a_folder_nothing_is_marked_and_crashes_still_count(tmp_path: Path) -> None:
    supervisor = Supervisor(None)
    supervisor.load_begins("model")
    supervisor.load_ended()
    assert not refused(supervisor.refusal(JOB))
    supervisor.crashed("model")
    supervisor.crashed("model")
    assert refused(supervisor.refusal(JOB))
    assert list(tmp_path.iterdir()) == []
