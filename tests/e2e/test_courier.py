"""The real courier from outside: its sockets, its size, its end, and who may look into it."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from app.core.cancel import CancelToken
from app.core.egress import Purpose
from app.core.errors import AppError, ErrorCode
from app.network import client
from app.network.client import CourierClient
from app.network.journal.reader import Journal
from app.network.policy import Policy, ProxyMode, ProxySettings
from app.network.transfer.values import FileWanted, TransferProgress
from app.network.verb import Verb
from app.network.verbs.download import DOWNLOAD, Download
from tests.e2e.strace import threads_of
from tests.fakes import courier_program
from tests.fakes.courier_program import COUNT, READ, VANISH, WRITE, Answer, Count, Wish
from tests.fakes.web import Fault, StandIn, pattern

ROOT = Path(__file__).parents[2]
WAIT_S = 20
linux_only = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
_INET = re.compile(r"^(\d+) .*connect\(\d+, \{sa_family=(AF_INET6?)")


def parent(wish: dict[str, Any]) -> list[str]:
    return [sys.executable, "-P", "-m", "tests.e2e.courier_talk", json.dumps(wish)]


def run(command: list[str]) -> dict[str, Any]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WAIT_S
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.fixture
def courier(tmp_path: Path) -> Iterator[CourierClient]:
    made = client.start(Policy(journal=str(tmp_path / "journal")), tmp_path / "run")
    yield made
    made.end()


@linux_only
def test_every_connection_that_the_kernel_saw_is_in_the_journal(tmp_path: Path) -> None:
    data = pattern(400_000)
    with StandIn() as web:
        web.put("/a", b"first")
        web.put("/b", b"", Fault(redirect="/a"))
        web.put("/file", data, Fault(reset_after=100_000), Fault(drop_after=100_000))
        wish = {
            "mode": "fetch",
            "folder": str(tmp_path),
            "endpoint": web.endpoint,
            "documents": [web.url("/a"), web.url("/b")],
            "file": web.url("/file"),
            "target": str(tmp_path / "file"),
        }
        trace = tmp_path / "trace"
        strace = ["strace", "-f", "-qq", "-e", "trace=connect,clone,clone3", "-o", str(trace)]
        seen = run([*strace, *parent(wish)])
        requests = list(web.requests)
    assert seen["size"] == len(data)
    connects = [found for line in trace.read_text().splitlines() if (found := _INET.match(line))]
    tree = threads_of(trace.read_text().splitlines(), seen["pid"])
    assert connects
    assert {int(found[1]) for found in connects} <= tree, "only the courier connects"
    journal = Journal(tmp_path / "journal")
    records = list(journal.records())[::-1]
    assert len(records) == len(connects) == len(requests) == 6
    assert [r.sent_bytes for r in records] == [request.received for request in requests]
    whole = [
        (r, request) for r, request in zip(records, requests, strict=True) if r.outcome == "done"
    ]
    assert len(whole) >= 4
    assert all(record.received_bytes == request.sent for record, request in whole)
    assert journal.check().is_whole


@linux_only
def test_it_is_small_at_rest(courier: CourierClient) -> None:
    with pytest.raises(AppError):  # it has answered, so it is there
        courier.open_link("http://example.org/", allowed_by="a test")
    pid = courier.status().pid
    assert pid is not None
    assert psutil.Process(pid).memory_info().rss < 24 * 2**20


@linux_only
def test_it_ends_with_a_parent_that_was_killed(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = parent({"mode": "hold", "folder": str(tmp_path)})
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE) as running:
        assert running.stdout is not None
        pid = json.loads(running.stdout.readline())["pid"]
        assert psutil.pid_exists(pid)
        running.kill()
    wait_until(lambda: not _runs(pid))


def _runs(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@linux_only
def test_no_other_process_of_the_same_user_can_read_its_memory(tmp_path: Path) -> None:
    # root without a capability is as much as any user
    plain = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"] if os.geteuid() == 0 else []
    seen = run([*plain, *parent({"mode": "look", "folder": str(tmp_path)})])
    assert seen == {"courier": False, "ordinary": True}


@linux_only
def test_its_environment_holds_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HF_TOKEN", "ANTHROPIC_API_KEY", "PYTHONSTARTUP", "LD_PRELOAD_X"):
        monkeypatch.setenv(name, "secret-canary")
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-7")
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    made = client.start(Policy(journal=str(tmp_path / "journal")), tmp_path / "run")
    with pytest.raises(AppError):
        made.open_link("http://example.org/", allowed_by="a test")
    environment = Path(f"/proc/{made.status().pid}/environ").read_bytes()
    arguments = Path(f"/proc/{made.status().pid}/cmdline").read_bytes()
    made.end()
    assert b"secret-canary" not in environment + arguments
    assert b"WAYLAND_DISPLAY=wayland-7" in environment
    assert b"https_proxy=" in environment


@pytest.mark.skipif(os.name != "posix", reason="sends POSIX signals")
def test_ctrl_c_does_not_end_it(courier: CourierClient) -> None:
    pid = courier.status().pid
    assert pid is not None
    for _ in range(2):
        with pytest.raises(AppError, match="https"):
            courier.open_link("http://example.org/", allowed_by="a test")
        os.kill(pid, signal.SIGINT)
    time.sleep(0.1)
    assert courier.status().pid == pid


@pytest.mark.skipif(os.name != "posix", reason="sends POSIX signals")
def test_a_download_survives_couriers_that_are_killed(tmp_path: Path) -> None:
    data = pattern(6_000_000)
    wanted = FileWanted(
        target=str(tmp_path / "model"), size=len(data), sha256=hashlib.sha256(data).hexdigest()
    )
    part, kills = tmp_path / "model.part", 0

    def kill_after(before: int, made: CourierClient) -> Callable[[TransferProgress], None]:
        def look(progress: TransferProgress) -> None:
            pid = made.status().pid
            if progress.done - before > 1_000_000 and pid is not None:
                os.kill(pid, signal.SIGKILL)

        return look

    with StandIn() as web:
        web.put("/model", data).always = Fault(bytes_per_s=8_000_000)
        policy = Policy(
            journal=str(tmp_path / "journal"),
            writable=(str(tmp_path),),
            endpoints=(web.endpoint,),
            proxy=ProxySettings(mode=ProxyMode.NONE),
        )
        download = Download(
            url=web.url("/model"), file=wanted, purpose=Purpose.MODEL_DOWNLOAD, allowed_by="a test"
        )
        while not (tmp_path / "model").exists():
            made = client.start(policy, tmp_path / "run")
            before = part.stat().st_size if part.exists() else 0
            tell = kill_after(before if kills < 4 else len(data), made)
            with contextlib.suppress(AppError):
                made.run(DOWNLOAD, download, CancelToken(), tell)
            made.end()
            kills += 1
        starts = [int(value.removeprefix("bytes=").rstrip("-") or 0) for value in web.ranges]
    assert (tmp_path / "model").read_bytes() == data
    assert len(starts) >= 3
    assert starts == sorted(set(starts)), "each one went on where the one before had stopped"
    assert Journal(tmp_path / "journal").check().is_whole


@linux_only
def test_a_verb_reaches_no_file_that_is_none_of_its_business(tmp_path: Path) -> None:
    models, history = tmp_path / "models", tmp_path / "history.db"
    history.write_text("a conversation")
    policy = Policy(journal=str(tmp_path / "journal"), writable=(str(models),))
    made = client.start(policy, tmp_path / "run", courier_program.command())
    try:

        def ask(verb: Verb[Wish, Count, Answer], file: Path) -> str:
            return made.run(verb, Wish(words=str(file)), CancelToken()).words

        assert ask(READ, history) == "refused: Permission denied"
        assert ask(WRITE, history) == "refused: Permission denied"
        assert ask(WRITE, tmp_path / "elsewhere") == "refused: Permission denied"
        assert ask(WRITE, models / "part") == "written"
        assert ask(READ, models / "part") == "written"
        assert "localhost" in ask(READ, Path("/etc/hosts"))
    finally:
        made.end()
    assert history.read_text() == "a conversation"


def test_one_that_dies_is_told_and_not_started_again(tmp_path: Path) -> None:
    policy = Policy(journal=str(tmp_path / "journal"))
    made = client.start(policy, tmp_path / "run", courier_program.command())
    with pytest.raises(AppError, match="ended unexpectedly") as raised:
        made.run(VANISH, Wish(), CancelToken())
    assert raised.value.code is ErrorCode.SEALED
    wait_until(lambda: made.status().pid is None)
    with pytest.raises(AppError, match="ended unexpectedly"):
        made.run(COUNT, Wish(), CancelToken())
    made.end()


def test_one_of_another_version_is_ended(tmp_path: Path) -> None:
    code = (
        "import sys; from app.process import frames\n"
        "frames.FrameWriter(sys.stdout.buffer).write({'is': 'hello', 'version': 0})\n"
        "sys.stdin.buffer.read()"
    )
    made = client.start(Policy(), tmp_path / "run", [sys.executable, "-P", "-c", code])
    wait_until(lambda: made.status().pid is None)
    made.end()


def test_what_cannot_be_started_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(AppError, match="could not be started"):
        client.start(Policy(), tmp_path / "run", [str(tmp_path / "missing")])
