"""What a template or a tokenizer may take: its process is ended or refused in time, in words."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from app.core.errors import ErrorCode
from app.engine import bounds, memory
from app.engine.bounds import NoBounds
from app.engine.faults import Phase, in_words
from app.engine.supervision import Limits, crash_error
from app.process.child import ChildEnd
from app.process.spawn import child_environment
from tests.fakes.hosts import host_of_code

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="asks the Linux kernel")
# Native code that keeps Python's interpreter lock, as a template at work does.
HOLDING = "import ctypes; ctypes.PyDLL(None).sleep(30)"


def run(code: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        host_of_code(code), env=child_environment(), capture_output=True, timeout=60, check=False
    )


def told(done: subprocess.CompletedProcess[bytes]) -> ChildEnd:
    return ChildEnd(
        exit_code=done.returncode, protocol_broken=False, killed=False, tail=done.stderr[-4096:]
    )


def work(body: str, seconds: float = 0.3) -> str:
    return f"""
import sys
from app.engine.bounds import HostBounds
limits = HostBounds({seconds})
with limits.template_work(0):
    {body}
print("after")
"""


@linux_only
def test_work_that_holds_the_lock_is_ended_in_time_and_named() -> None:
    began = time.monotonic()
    end = told(run(work(HOLDING)))
    assert time.monotonic() - began < 20
    assert end.exit_code == bounds.TIME_IS_UP
    error = crash_error(end, loading=True)
    assert "template" in error.what
    assert "too long" in error.what
    assert error.code is ErrorCode.HOST_HUNG
    assert b"File" not in end.tail, "the watchdog's own report is nobody's business"


@linux_only
def test_work_that_ends_the_process_is_named() -> None:
    end = told(run(work("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)")))
    assert end.exit_code == -signal.SIGSEGV
    error = crash_error(end, loading=False)
    assert "template" in error.what
    assert error.code is ErrorCode.HOST_CRASHED


def test_what_ends_later_is_not_laid_to_the_template() -> None:
    done = run(work("pass") + "import time; time.sleep(0.6); sys.exit(1)")
    assert done.stdout == b"after\n", "the watchdog must be off again"
    end = told(done)
    assert end.exit_code == 1
    assert "template" not in crash_error(end, loading=False).what


def test_an_error_of_the_template_leaves_the_watchdog_off() -> None:
    done = run("""
        import contextlib, time
        from app.engine.bounds import HostBounds
        limits = HostBounds(0.3)
        with contextlib.suppress(ValueError), limits.template_work(0):
            raise ValueError
        time.sleep(0.6)
    """)
    assert done.returncode == 0, done.stderr
    assert not bounds.ended_in_template_work(done.stderr)


def test_a_longer_text_may_take_longer() -> None:
    code = work("import time; time.sleep(0.8)").replace("template_work(0)", "template_work(10**7)")
    assert run(code).stdout == b"after\n"


@linux_only
def test_memory_is_refused_within_and_given_after_it() -> None:
    done = run("""
        from app.engine import memory
        try:
            with memory.growing_at_most(50_000_000):
                bytearray(200_000_000)
        except MemoryError:
            print("refused")
        print(len(bytearray(200_000_000)))
        memory.limit_growth(50_000_000)
        with memory.growing_at_most(10**12):
            try:
                bytearray(200_000_000)
            except MemoryError:
                print("the nearer limit counts")
        memory.limit_growth(None)
        print(len(bytearray(200_000_000)))
    """)
    assert done.stdout.decode().splitlines() == [
        "refused",
        "200000000",
        "the nearer limit counts",
        "200000000",
    ], done.stderr


@linux_only
def test_only_the_processor_is_limited() -> None:
    done = run("""
        import resource
        from app.engine.bounds import HostBounds
        limits = HostBounds()
        for device in ("cpu", "cuda", "cpu", "dml"):
            limits.allow_for(device)
            soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
            print(device, soft == resource.RLIM_INFINITY, hard == resource.RLIM_INFINITY)
    """)
    assert done.stdout.decode().splitlines() == [
        "cpu False True",
        "cuda True True",
        "cpu False True",
        "dml True True",
    ], done.stderr


def test_a_greedy_template_is_named() -> None:
    error = in_words(MemoryError(), Phase.TEMPLATE)
    assert "template asked for more memory" in error.what
    assert in_words(MemoryError(), Phase.LOADING).code is ErrorCode.OUT_OF_MEMORY


def test_memory_that_can_be_had_is_at_least_what_is_free() -> None:
    assert memory.obtainable_bytes() > 2**20


def test_nothing_is_limited_outside_a_host() -> None:
    none = NoBounds()
    none.allow_for("cpu")
    with none.template_work(10**9):
        pass


def test_a_small_model_may_not_take_as_long_to_load_as_a_large_one(tmp_path: Path) -> None:
    limits = Limits(load_s=10, load_bytes_a_second=1000)
    assert limits.load_limit_s(tmp_path / "none") == 10
    (tmp_path / "model.onnx").write_bytes(bytes(5_000))
    assert limits.load_limit_s(tmp_path) == 15
