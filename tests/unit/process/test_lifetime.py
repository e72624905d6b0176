"""A child ends with its parent and writes no core dump."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from app.process.lifetime import PARENT_VARIABLE
from app.process.spawn import child_environment
from tests.fakes.hosts import host_of_code

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="asks the Linux kernel what was set"
)
WAIT_S = 20


def run(code: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = child_environment() | variables
    return subprocess.run(
        host_of_code(code), env=environment, capture_output=True, text=True, timeout=60, check=False
    )


def test_core_dumps_are_off_interrupts_ignored_and_memory_is_taken_here_first() -> None:
    done = run("""
        from app.process import lifetime
        lifetime.begin()
        import ctypes, resource, signal
        print(resource.getrlimit(resource.RLIMIT_CORE))
        print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))  # PR_GET_DUMPABLE
        print(signal.getsignal(signal.SIGINT) is signal.SIG_IGN)
        print(open("/proc/self/oom_score_adj").read().strip())
    """)
    # A limit of 1 is none to the kernel, for files and for handlers alike.
    assert done.stdout.splitlines() == ["(1, 1)", "0", "True", "1000"], done.stderr


def test_a_window_can_still_be_looked_into_by_the_desktop_and_is_in_no_core_dump() -> None:
    done = run("""
        from app.process import lifetime
        from app.process.seal import facts
        print(facts.memory_is_private())
        lifetime.keep_memory_private(desktop=True)
        import ctypes
        print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0), facts.memory_is_private())
        print(int(lifetime.CORE_FILTER.read_text(), 16))
    """)
    assert done.stdout.splitlines() == ["False", "1 True", "0"], done.stderr


@pytest.mark.parametrize("desktop", [True, False])
def test_a_crash_leaves_no_core_file(tmp_path: Path, desktop: bool) -> None:
    code = f"""
        import os, resource
        from app.process import lifetime
        hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
        resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
        lifetime.keep_memory_private(desktop={desktop})
        os.chdir({str(tmp_path)!r})
        os.abort()
    """
    assert run(code).returncode == -signal.SIGABRT
    assert list(tmp_path.iterdir()) == []


def test_a_child_whose_parent_has_gone_ends_at_once() -> None:
    done = run(
        "from app.process import lifetime; lifetime.begin(); print('alive')",
        **{PARENT_VARIABLE: str(os.getpid() + 1)},
    )
    assert (done.returncode, done.stdout) == (0, "")


def test_a_child_dies_with_its_parent_even_in_native_code(tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    child = f"""
from app.process import lifetime
lifetime.begin()
import ctypes, os, pathlib
file = pathlib.Path({str(tmp_path)!r}, "written")
file.write_text(str(os.getpid()))
file.rename({str(pid_file)!r})
ctypes.PyDLL(None).sleep(600)  # holds the interpreter lock: no thread of its own could look
"""
    parent = subprocess.Popen(
        host_of_code(
            f"""
            import subprocess, sys, time
            from app.process.spawn import child_environment
            subprocess.Popen([sys.executable, "-P", "-c", {child!r}], env=child_environment())
            time.sleep(600)
            """
        ),
        env=child_environment(),
    )
    try:
        wait_for(pid_file.exists)
        pid = int(pid_file.read_text())
        assert psutil.pid_exists(pid)
    finally:
        parent.send_signal(signal.SIGKILL)
        parent.wait()
    wait_for(lambda: not is_running(pid))


def is_running(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def wait_for(condition: object) -> None:
    assert callable(condition)
    deadline = time.monotonic() + WAIT_S
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)
