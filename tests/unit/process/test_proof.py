"""The attempts: an error other than the seal's own counts as having got through."""

from __future__ import annotations

import errno
import json
import os
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from app.core.privacy import SealPart, SealReport
from app.core.proof import Attempt, ProcessProof, Proof
from app.process.environment import QUIET
from app.process.plain import from_plain
from app.process.proof import children, native, observing, outside, sockets, text
from app.process.proof.trying import Try, make
from app.process.proof.whole import put_together
from tests.unit.process.test_lifetime import run

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="the kernel's seal is Linux's")


def fails(number: int) -> Try:
    def act() -> str:
        raise OSError(number, "")

    return Try(name="it", expected=errno.EACCES, act=act)


def test_only_the_error_of_the_seal_is_a_refusal() -> None:
    tries = [
        fails(errno.EACCES),
        fails(errno.ECONNREFUSED),
        Try(name="it", expected=errno.EACCES, act=lambda: "it was connected"),
    ]
    made = make(tries, by="us", part="a part")
    assert [(a.said, a.holds) for a in made] == [
        ("EACCES", True), ("ECONNREFUSED", False), ("it was connected", False),
    ]  # fmt: skip
    read_only = replace(fails(errno.EROFS), or_else=errno.EROFS)
    assert make([read_only], by="us", part="a part")[0].holds
    assert {(a.by, a.part, a.expected) for a in made} == {("us", "a part", "EACCES")}


@linux_only
def test_an_unsealed_process_gets_through_and_says_how_far() -> None:
    """Not sealed: the same attempts are let through or fail for reasons of their own."""
    tries = [*sockets.network(), *sockets.local(), *native.network(), *native.other_processes()]
    made = make(tries, by="us", part="a part")
    kept = {a.name for a in made if a.holds}
    assert kept == set(), "without a seal nothing may count as refused by it"
    assert {a.said for a in made if a.name == "UDP over IPv4"} == {"it was connected"}


@linux_only
def test_a_sealed_child_is_refused_started_or_forked() -> None:
    done = run("""
        from app.process import start
        from app.process.proof import children
        start.protect()
        for attempt in (*children.started("p"), *children.forked("p")):
            print(attempt.holds, attempt.said, attempt.name)
    """)
    lines = done.stdout.splitlines()
    assert len(lines) in {14, 16}, done.stderr
    assert all(line.startswith("True ") for line in lines), lines


@linux_only
def test_a_child_that_is_not_sealed_gets_through() -> None:
    attempts = children.started("p")
    assert not any(attempt.holds for attempt in attempts if attempt.name != children.FOREIGN)


@linux_only
def test_a_child_that_says_nothing_proves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(children, "own_command", lambda *_: [sys.executable, "-c", ""])
    silent = children.started("p")
    assert [attempt.holds for attempt in silent if attempt.name != children.FOREIGN] == [False]
    monkeypatch.setattr(children, "own_command", lambda *_: ["/no/such/program"])
    assert [attempt.holds for attempt in children.started("p")] == [False]


@linux_only
def test_what_is_observed_of_this_process() -> None:
    threads = observing.threads()
    assert os.getpid() in {thread.tid for thread in threads}
    reading, writing = os.pipe()
    kinds = {kind.kind: kind for kind in observing.descriptors()}
    os.close(reading)
    os.close(writing)
    assert kinds["pipes"].count >= 2
    assert not kinds["pipes"].is_network


@linux_only
def test_a_network_socket_is_seen_among_the_open_descriptors() -> None:
    import socket

    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM):
        found = {kind.kind for kind in observing.descriptors() if kind.is_network}
    assert "IPv6 sockets" in found


def test_the_quiet_variables_are_those_that_native_code_sees(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert all(variable.is_set for variable in observing.quiet())
    monkeypatch.setenv("ORT_DISABLE_TELEMETRY", "0")
    missing = [variable.name for variable in observing.quiet() if not variable.is_set]
    assert missing == ["ORT_DISABLE_TELEMETRY"]
    assert len(observing.quiet()) == len(QUIET)


def test_usage_data_is_looked_for_where_the_runtime_keeps_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert observing.telemetry(0) == ()
    file = tmp_path / "cache" / "Microsoft" / "DeveloperTools" / ".onnxruntime" / "deviceid"
    file.parent.mkdir(parents=True)
    file.write_text("x")
    assert [(f.path, f.is_ours) for f in observing.telemetry(0)] == [(str(file), True)]
    assert [f.is_ours for f in observing.telemetry(time.time() + 60)] == [False]


PROCESS = ProcessProof(
    role="the window",
    pid=4711,
    seal=SealReport((SealPart("a", holds=True), SealPart("b", holds=False, detail="b: why"))),
    attempts=(
        Attempt(name="TCP", by="Python", part="a", expected="EACCES", said="EACCES", holds=True),
        Attempt(name="UDP", by="Qt", part="a", expected="EACCES", said="it was sent", holds=False),
    ),
)


def test_a_proof_is_put_together_and_travels_as_plain_values() -> None:
    proof = put_together(PROCESS, None, ["A note."])
    assert proof.notes == ("A note.", "The process that runs models could not be asked.")
    document = json.loads(json.dumps(text.as_document(proof)))
    assert document.pop("holds") is False
    assert document.pop("sentence") == proof.sentence
    assert [failure["part"] for failure in document.pop("failures")][:2] == ["b", "a"]
    assert from_plain(Proof, document) == proof


def test_the_text_shows_what_was_refused_and_what_was_not() -> None:
    lines = text.as_text(put_together(PROCESS, None)).splitlines()
    assert lines[0].startswith("Not proved: “b” does not hold")
    assert "        refused: TCP (EACCES)" in lines
    assert "        NOT REFUSED: UDP (it was sent)" in lines
    assert "    DOES NOT HOLD: b (b: why)" in lines
    assert "    Memory: NOT PRIVATE" in lines


@linux_only
def test_the_commands_for_outside_name_the_processes() -> None:
    commands = [check.command for check in outside.checks([12, 34])]
    assert "grep Seccomp: /proc/12/task/*/status /proc/34/task/*/status" in commands
    assert "sudo ss -tuanp | grep 'pid=12,\\|pid=34,'" in commands
