"""A process shuts itself in, each time in a process of its own."""

from __future__ import annotations

import sys

import pytest

from app.process.witness import Witness
from tests.unit.process.test_lifetime import run

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the kernel's seal is Linux's")

OPEN = """
import socket, threading
from app.process import start
from app.process.seal import facts, seal
def opens(family=socket.AF_INET):
    try:
        socket.socket(family).close()
    except OSError as error:
        return error.strerror
    return "opens"
"""


def lines(code: str) -> list[str]:
    done = run(OPEN + code)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_what_has_to_come_first_comes_first() -> None:
    said = lines("""
protection = start.protect(before=lambda: print("before:", opens(), facts.memory_is_private()))
print("after:", opens(), protection.report.enforced)
print([part.name for part in protection.report.parts])
print(facts.read().is_sealed, facts.read().threads)
protection.witness.do(lambda: print("witness:", opens()))
""")
    assert said == [
        "before: opens True",
        "after: Permission denied True",
        "['private memory', 'no network sockets', 'no socket from before']",
        "True 2",
        "witness: Permission denied",
    ]


def test_a_process_that_needs_the_network_says_so_and_keeps_its_memory_private() -> None:
    said = lines("""
protection = start.protect("it fetches something")
print(opens(), facts.memory_is_private(), protection.report.enforced, protection.report.reason)
""")
    assert said == ["opens True False it fetches something"]


def test_an_inherited_network_socket_is_found_and_named() -> None:
    said = lines("""
inherited = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
local = socket.socketpair()
report = start.protect().report
print(report.enforced, report.reason.replace(str(inherited.fileno()), "N"), opens())
""")
    assert said == [
        "False no socket from before: descriptor N is a network socket Permission denied"
    ]


def test_a_socket_that_came_in_later_takes_the_claim_away() -> None:
    """As if another process had handed it over."""
    said = lines("""
ours, theirs = socket.socketpair()
import os
child = os.fork()
if child == 0:
    handed_over = socket.socket(socket.AF_INET)
    socket.send_fds(theirs, [b"x"], [handed_over.fileno()])
    os._exit(0)
report = seal.seal_window()
print(report.enforced, seal.at_present(report).enforced)
_, received, _, _ = socket.recv_fds(ours, 1, 1)
os.waitpid(child, 0)
now = seal.at_present(report)
print(now.enforced, [part.name for part in now.parts if not part.holds])
""")
    assert said == ["True True", "False ['no socket from before']"]


def test_a_host_with_another_thread_does_not_claim_to_be_bound() -> None:
    said = lines("""
from pathlib import Path
threading.Thread(target=threading.Event().wait, daemon=True).start()
report = seal.seal_host(Path("/nowhere"), graphics=False)
print(report.reason)
""")
    assert said == ["files read-only: another thread was running already, which it would not bind"]


def test_a_witness_does_what_it_is_asked_on_its_own_thread() -> None:
    witness, seen = Witness(), []
    import threading

    assert witness.do(lambda: seen.append(threading.current_thread().name))
    assert seen == ["witness"]
    witness.end()
