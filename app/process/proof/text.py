"""A proof as plain text, to be read or saved, and as a JSON document."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from app.core.proof import Attempt, ProcessProof, Proof
from app.process.plain import to_plain


def as_document(proof: Proof) -> dict[str, Any]:
    """The proof as JSON can hold it, with its result first."""
    plain: dict[str, Any] = to_plain(proof)
    return {
        "holds": proof.holds,
        "sentence": proof.sentence,
        "failures": [to_plain(failure) for failure in proof.failures],
        **plain,
    }


def as_text(proof: Proof) -> str:
    """The proof as lines of text."""
    return "\n".join(_lines(proof)) + "\n"


def _lines(proof: Proof) -> Iterator[str]:
    yield proof.sentence
    yield f"Tacit {proof.version}, {proof.system}, {proof.made}"
    yield from proof.notes
    for failure in proof.failures:
        yield f"! {failure.part}: {failure.what}"
    for process in proof.processes:
        yield ""
        yield from _process(process)
    yield ""
    yield "Usage data of the runtime:"
    if not proof.telemetry:
        yield "    none was collected: its folder does not exist"
    for file in proof.telemetry:
        whose = "since Tacit started" if file.is_ours else "by another program before Tacit started"
        yield f"    {file.path}, written {whose} ({file.written})"
    if proof.checks:
        yield ""
        yield "Check it from outside, while Tacit runs:"
    for check in proof.checks:
        yield f"    {check.command}"
        yield f"        {check.shows}"


def _process(process: ProcessProof) -> Iterator[str]:
    model = f", with {process.model} in memory" if process.model else ""
    yield f"{process.role[:1].upper()}{process.role[1:]} (process {process.pid}{model})"
    for part in process.seal.parts:
        detail = f" ({part.detail})" if part.detail else ""
        yield f"    {'holds' if part.holds else 'DOES NOT HOLD'}: {part.name}{detail}"
    for by in dict.fromkeys(attempt.by for attempt in process.attempts):
        yield f"    Tried by {by}:"
        yield from (_attempt(attempt) for attempt in process.attempts if attempt.by == by)
    if process.threads:
        yield f"    Threads ({len(process.threads)}):"
        for thread in process.threads:
            more = "" if thread.no_new_privileges else ", may gain privileges"
            yield f"        {thread.tid} {thread.name}: Seccomp {thread.seccomp}{more}"
    if process.descriptors:
        kinds = ", ".join(f"{kind.count} {kind.kind}" for kind in process.descriptors)
        yield f"    Open: {kinds}"
    yield f"    Memory: {'in no core dump' if process.memory_is_private else 'NOT PRIVATE'}"
    for variable in process.quiet:
        yield f"    {variable.name}: {'set' if variable.is_set else 'NOT SET'}"


def _attempt(attempt: Attempt) -> str:
    word = "refused" if attempt.holds else "NOT REFUSED"
    return f"        {word}: {attempt.name} ({attempt.said})"
