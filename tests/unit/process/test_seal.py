"""The kernel refuses what the seal names; each case runs in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from app.core.privacy import SealPart, SealReport

ROOT = Path(__file__).parents[3]
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the kernel's seal is Linux's")

SEALED = """
import ctypes, errno, json, os, socket, subprocess, sys, threading
from pathlib import Path
from app.process.seal import facts, seal
kind, folder, left_out = sys.argv[1], sys.argv[2], sys.argv[3:]
start, results = threading.Event(), {{}}
def attempt(name, act):
    try:
        value = act()
        results[name] = "allowed" if value is None else value
    except OSError as error:
        results[name] = errno.errorcode[error.errno]
def open_socket(family, kind=socket.SOCK_STREAM, protocol=0):
    return lambda: socket.socket(family, kind, protocol).close()
def native(number, *arguments):
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.syscall(ctypes.c_long(number), *arguments) < 0:
        raise OSError(ctypes.get_errno(), "")
thread = threading.Thread(
    target=lambda: (start.wait(), attempt("older thread", open_socket(socket.AF_INET)))
)
if kind != "host":
    thread.start()
if kind == "window":
    report = seal.seal_window(left_out=left_out)
else:
    report = seal.seal_host(Path(folder) / "readable", graphics=False, left_out=left_out)
start.set()
if kind == "host":
    thread.start()
thread.join()
attempt("tcp4", open_socket(socket.AF_INET))
attempt("tcp6", open_socket(socket.AF_INET6))
attempt("udp4", open_socket(socket.AF_INET, socket.SOCK_DGRAM))
attempt("mptcp", open_socket(socket.AF_INET, socket.SOCK_STREAM, 262))
attempt("netlink", open_socket(socket.AF_NETLINK, socket.SOCK_RAW))
attempt("unix", open_socket(socket.AF_UNIX))
attempt("native", lambda: native(41 if os.uname().machine == "x86_64" else 198, 2, 1, 0))
attempt("io_uring", lambda: native(425, 1, 0))
attempt("ptrace", lambda: native(101 if os.uname().machine == "x86_64" else 117, 16, 0, 0, 0))
attempt("pidfd_getfd", lambda: native(438, 0, 0, 0))
child = "import socket; socket.socket(socket.AF_INET)"
attempt("program", lambda: subprocess.run([sys.executable, "-c", child], stderr=-3).returncode)
attempt("write", lambda: Path(folder, "written").write_text("x") and None)
attempt("write readable", lambda: Path(folder, "readable", "new").write_text("x") and None)
attempt("read", lambda: Path(folder, "readable", "file").read_text() and None)
attempt("read other", lambda: Path(folder, "other").read_text() and None)
results["sealed threads"] = facts.read().is_sealed
results["enforced"], results["reason"] = report.enforced, report.reason
print(json.dumps(results))
"""


def run(kind: str, folder: Path, *left_out: str) -> dict[str, Any]:
    (folder / "readable").mkdir()
    (folder / "readable" / "file").write_text("text")
    (folder / "other").write_text("text")
    done = subprocess.run(
        [sys.executable, "-c", SEALED.format(), kind, str(folder), *left_out],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    result: dict[str, Any] = json.loads(done.stdout)
    return result


NETWORK = ("tcp4", "tcp6", "udp4", "mptcp", "netlink", "native", "older thread")


def test_a_window_process_has_local_sockets_only(tmp_path: Path) -> None:
    results = run("window", tmp_path)
    assert {results[name] for name in NETWORK} == {"EACCES"}
    assert results["unix"] == "allowed"
    assert results["io_uring"] == "ENOSYS"
    assert results["ptrace"] == results["pidfd_getfd"] == "EPERM"
    assert results["program"] == 1, "a child inherits the seal"
    assert results["write"] == "allowed"
    assert results["sealed threads"] is True
    assert results["enforced"] is True


def test_a_host_process_has_no_socket_writes_nothing_and_starts_nothing(tmp_path: Path) -> None:
    results = run("host", tmp_path)
    assert {results[name] for name in (*NETWORK, "unix")} == {"EACCES"}
    assert results["program"] in {"EPERM", "EACCES"}
    assert results["write"] == results["write readable"] == results["read other"] == "EACCES"
    assert results["read"] == "allowed"
    assert not (tmp_path / "written").exists()
    assert results["enforced"] is True


@pytest.mark.parametrize(
    ("part", "attempt"),
    [("files read-only", "read other"), ("no sockets, no programs", "tcp4")],
)
def test_a_part_that_is_left_out_is_named_and_missing(
    tmp_path: Path, part: str, attempt: str
) -> None:
    results = run("host", tmp_path, part)
    assert results[attempt] == "allowed"
    assert results["enforced"] is False
    assert part in results["reason"]


def test_a_report_without_parts_enforces_nothing() -> None:
    assert SealReport().enforced is False
    assert SealReport().reason


def test_one_missing_part_is_enough_not_to_be_enforced() -> None:
    report = SealReport((SealPart("a", holds=True), SealPart("b", holds=False, detail="b: why")))
    assert report.enforced is False
    assert report.reason == "b: why"
