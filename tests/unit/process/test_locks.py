"""A file that only one may hold."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from app.process import locks

ROOT = Path(__file__).parents[3]


def test_threads_keep_each_other_out(tmp_path: Path) -> None:
    file = tmp_path / "lock"
    with (
        locks.exclusive(file, 0.0),
        pytest.raises(locks.TakenError),
        locks.exclusive(file, 0.0),
    ):
        pass
    with locks.exclusive(file, 0.0):
        assert file.exists()


def test_waiting_gets_it_in_the_end(tmp_path: Path) -> None:
    file, got = tmp_path / "lock", threading.Event()

    def wait() -> None:
        with locks.exclusive(file, 10.0):
            got.set()

    thread = threading.Thread(target=wait)
    with locks.exclusive(file, 0.0):
        thread.start()
        assert not got.wait(0.1)
    thread.join(10)
    assert got.is_set()


def test_what_is_removed_is_not_held_by_two(tmp_path: Path) -> None:
    file, inside, most = tmp_path / "lock", [0], [0]

    def work() -> None:
        for _ in range(30):
            with locks.exclusive(file, 10.0, remove=True):
                inside[0] += 1
                most[0] = max(most[0], inside[0])
                time.sleep(0.0005)
                inside[0] -= 1

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1]
    assert not file.exists()


def test_a_process_that_is_killed_lets_go(tmp_path: Path) -> None:
    file = tmp_path / "lock"
    code = (
        "import sys, time; from pathlib import Path; from app.process import locks\n"
        "with locks.exclusive(Path(sys.argv[1]), 0):\n"
        "    print('held', flush=True); time.sleep(60)"
    )
    command = [sys.executable, "-c", code, str(file)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(locks.TakenError), locks.exclusive(file, 0.0):
            pass
        holder.kill()
    with locks.exclusive(file, 5.0):
        pass
