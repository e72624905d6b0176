"""A proof holds only where everything in it does, and what does not is named."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.core.privacy import SealPart, SealReport
from app.core.proof import (
    Attempt,
    DescriptorCount,
    ProcessProof,
    Proof,
    QuietVariable,
    TelemetryFile,
    ThreadFact,
)

ATTEMPT = Attempt(
    name="TCP", by="Python", part="no network sockets", expected="EACCES", said="EACCES",
    holds=True,
)  # fmt: skip
THREAD = ThreadFact(tid=1, name="main", seccomp=2, filters=1, no_new_privileges=True)
PROCESS = ProcessProof(
    role="the window",
    pid=7,
    seal=SealReport((SealPart("no network sockets", holds=True),)),
    attempts=(ATTEMPT, ATTEMPT),
    threads=(THREAD,),
    descriptors=(DescriptorCount(kind="local sockets", count=3),),
    quiet=(QuietVariable(name="DO_NOT_TRACK", is_set=True),),
    memory_is_private=True,
)
PROOF = Proof(
    made="2026-11-25T10:00:00+00:00", version="1", system="Linux", processes=(PROCESS, PROCESS)
)


def test_a_proof_of_everything_holds() -> None:
    assert PROOF.holds
    assert PROOF.sentence == "Proved: all 4 attempts to get out of 2 processes were refused."


@pytest.mark.parametrize(
    ("changed", "part"),
    [
        ({"seal": SealReport()}, "the seal"),
        ({"seal": SealReport((SealPart("files read-only", holds=False),))}, "files read-only"),
        ({"attempts": (ATTEMPT, replace(ATTEMPT, holds=False))}, "no network sockets"),
        ({"threads": (replace(THREAD, seccomp=0),)}, "threads"),
        ({"threads": (replace(THREAD, no_new_privileges=False),)}, "threads"),
        (
            {"descriptors": (DescriptorCount(kind="IPv4 sockets", count=1, is_network=True),)},
            "no socket from before",
        ),
        ({"memory_is_private": False}, "private memory"),
        ({"quiet": (QuietVariable(name="DO_NOT_TRACK", is_set=False),)}, "quiet libraries"),
    ],
)
def test_whatever_does_not_hold_is_named(changed: dict[str, object], part: str) -> None:
    faulty = replace(PROCESS, **changed)  # type: ignore[arg-type]
    proof = replace(PROOF, processes=(PROCESS, faulty))
    assert not proof.holds
    assert [failure.part for failure in proof.failures] == [part]
    assert f"“{part}” does not hold (the window: " in proof.sentence


def test_usage_data_counts_where_it_was_written_since_the_start() -> None:
    file = TelemetryFile(path="/cache/deviceid", written="2026-11-25T10:00:00", is_ours=False)
    assert replace(PROOF, telemetry=(file,)).holds
    proof = replace(PROOF, telemetry=(replace(file, is_ours=True),))
    assert not proof.holds
    assert "/cache/deviceid" in proof.sentence


def test_a_proof_of_nothing_is_none() -> None:
    proof = replace(PROOF, processes=())
    assert not proof.holds
    assert proof.sentence == "Not proved: no process could be asked."
