"""Puts the proof together: this process, the model's, and what is observed of the machine."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from datetime import UTC, datetime

import psutil

from app import __version__
from app.core.proof import ProcessProof, Proof
from app.process.proof import observing, outside

_NO_HOST = "The process that runs models could not be asked."


def put_together(
    process: ProcessProof, host: ProcessProof | None, notes: Sequence[str] = ()
) -> Proof:
    """Everything as one value, made now. `host` is None where it could not be asked."""
    processes = (process,) if host is None else (process, host)
    said = (*notes, _NO_HOST) if host is None else tuple(notes)
    return Proof(
        made=datetime.now(UTC).isoformat(timespec="seconds"),
        version=__version__,
        system=f"{platform.system()} {platform.release()} {platform.machine()}",
        processes=processes,
        telemetry=observing.telemetry(psutil.Process().create_time()),
        notes=said,
        checks=outside.checks([one.pid for one in processes]),
    )
