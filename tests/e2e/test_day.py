"""A whole day in short under strace: start, chat, a transfer, a while of nothing, the end.

Without CI and without the quiet environment of the tests, on the machine's own network: nothing
but the courier opens an internet socket, and the journal has every one of its connections.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.network.journal.reader import Journal
from tests.e2e.strace import TRACES_OF_TELEMETRY, loud_environment, threads_of
from tests.fakes.web import Fault, StandIn, pattern

ROOT = Path(__file__).parents[2]
# Uploads of the libraries would begin about 9.5 s after a model is loaded.
WAIT_S = 30.0
PATIENCE_S = 180.0
_SOCKET = re.compile(r"^(\d+) +socket\((AF_\w+|\w+)")
_CONNECT = re.compile(r"^(\d+) +connect\(\d+, \{sa_family=(?:AF_INET6?)\b")

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="strace is there on Linux only")


@pytest.fixture
def web() -> Iterator[StandIn]:
    with StandIn() as web:
        yield web


def test_a_day_has_no_connection_that_the_journal_does_not_know(
    tmp_path: Path, starter_model: Path, web: StandIn
) -> None:
    assert shutil.which("strace"), "Install strace: without it nothing proves the silence."
    data = pattern(300_000)
    # A line that breaks once: what is left comes over a second connection.
    web.put("/file", data, Fault(drop_after=100_000))
    home, log = tmp_path / "home", tmp_path / "calls.txt"
    root = home / ".local" / "share" / "tacit"
    shutil.copytree(starter_model, root / "models" / "starter")
    wish = {"file": web.url("/file"), "endpoint": web.endpoint, "wait_s": WAIT_S}
    environment = loud_environment() | {"HOME": str(home), "QT_QPA_PLATFORM": "offscreen"}
    strace = ["strace", "-f", "-qq", "--seccomp-bpf", "-o", str(log)]
    traced = "trace=socket,connect,io_uring_setup,clone,clone3,fork,vfork"
    script = [sys.executable, "-P", "-m", "tests.e2e.day_in_window", json.dumps(wish)]
    done = subprocess.run(
        [*strace, "-e", traced, "--", *script],
        cwd=ROOT,
        env=environment | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout.splitlines()[-1])
    assert "Paris" in seen["answers"][-1]
    assert seen["size"] == len(data)

    calls = log.read_text(encoding="utf-8", errors="replace").splitlines()
    courier = threads_of(calls, seen["courier"])
    others = [call for call in calls if (made := _SOCKET.match(call)) and made[2] != "AF_UNIX"]
    assert {int(call.split()[0]) for call in others} <= courier, "only the courier has sockets"
    assert not any("io_uring_setup(" in call for call in calls)
    assert {seen["window"], seen["host"]}.isdisjoint(courier)

    connects = [call for call in calls if _CONNECT.match(call)]
    journal = Journal(root / "journal")
    records = list(journal.records())
    assert len(records) == len(connects) == len(web.requests) == 2
    assert {(record.host, record.address) for record in records} == {("127.0.0.1", "127.0.0.1")}
    assert sum(record.received_bytes for record in records) >= len(data)
    assert journal.check().is_whole

    left = [p for p in home.rglob("*") if any(trace in p.name for trace in TRACES_OF_TELEMETRY)]
    assert left == [], "no usage database of the libraries"
