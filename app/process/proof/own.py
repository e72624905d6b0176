"""The proof of the process that this runs in: attempts on its threads, and what is observed."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from app.core.privacy import SealReport
from app.core.proof import Attempt, ProcessProof
from app.process.proof import children, files, native, observing, sockets
from app.process.proof.trying import make, result
from app.process.seal import facts, seal
from app.process.start import Protection
from app.process.witness import Witness

OLDER = "a thread from before the seal"


def prove_window(
    protection: Protection, *, role: str, more: Sequence[Attempt] = ()
) -> ProcessProof:
    """Try everything from this process, which holds conversations; blocks for about a second.

    `role` is what a person calls it. `more` are attempts that were made elsewhere.
    """
    part = seal.NO_NETWORK
    attempts = [*make(sockets.network(), by="Python", part=part)]
    attempts += make([*native.network(), *native.other_processes()], by="native code", part=part)
    attempts += _by_witness(protection.witness, part)
    attempts += children.started(part)
    attempts += more
    return finish(seal.at_present(protection.report), attempts, role=role, part=part)


def prove_host_thread(by: str, *, model: Path, private: Sequence[str]) -> tuple[Attempt, ...]:
    """Try everything from this thread of a process that runs `model`.

    `private` are files of the person that it may not read.
    """
    part = seal.NO_SOCKETS
    everything = [*sockets.network(), *sockets.local(), *native.network()]
    return (
        *make(everything, by=by, part=part),
        *make(native.other_processes(), by=by, part=part),
        *make(files.starting(), by=by, part=part),
        *make([*files.writing(model), *files.reading(private)], by=by, part=seal.FILES),
    )


def prove_host(
    report: SealReport, attempts: Sequence[Attempt], *, role: str, model: str
) -> ProcessProof:
    """Add to what the threads of a host tried what its child tries, and what is observed."""
    part = seal.NO_SOCKETS
    everything = list(attempts)
    if sys.platform == "linux":
        everything += children.forked(part)
    return finish(seal.at_present(report), everything, role=role, part=part, model=model)


def finish(
    report: SealReport, attempts: list[Attempt], *, role: str, part: str, model: str = ""
) -> ProcessProof:
    """The name look-up, which only a process without sockets may try, and the observations."""
    if attempts and all(attempt.holds for attempt in attempts if attempt.part == part):
        said = sockets.look_up_name()
        name = "look up the address of a name"
        attempts.append(result(name, said or "found", by="Python", part=part, holds=bool(said)))
    return ProcessProof(
        role=role,
        pid=os.getpid(),
        seal=report,
        model=model,
        attempts=tuple(attempts),
        threads=observing.threads(),
        descriptors=observing.descriptors(),
        quiet=observing.quiet(),
        memory_is_private=sys.platform == "linux" and facts.memory_is_private(),
    )


def _by_witness(witness: Witness | None, part: str) -> tuple[Attempt, ...]:
    if witness is None:
        return ()
    made: list[Attempt] = []

    def act() -> None:
        made.extend(make([*sockets.network()[:4], *native.network()], by=OLDER, part=part))

    if not witness.do(act):
        return (result("ask the thread", "it did not answer", by=OLDER, part=part, holds=False),)
    return tuple(made)
