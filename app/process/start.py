"""The first thing that a process which may hold a conversation does: it shuts itself in.

Before any other thread and any heavy library exists: no core dumps, then the courier (it has
to be started while that is still possible), then the seal.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from app.core.privacy import SealReport
from app.process import lifetime
from app.process.seal import seal
from app.process.witness import Witness


@dataclass(frozen=True, slots=True, kw_only=True)
class Protection:
    """What protects this process since its start; by default, nothing was tried.

    `witness` is a thread from before the seal, for the proof.
    """

    report: SealReport = field(default_factory=SealReport)
    witness: Witness | None = None


def protect(
    unsealed: str = "",
    *,
    desktop: bool = False,
    before: Callable[[], None] | None = None,
    left_out: Sequence[str] = (),
) -> Protection:
    """Shut this process in for the rest of its life, and say what holds.

    `unsealed` is the reason why the network stays open to it ("" to seal it). `desktop` says
    that it has a window (see `lifetime.keep_memory_private`). `before` starts
    what has to be started unsealed. `left_out` names parts that a test takes off.
    """
    lifetime.keep_memory_private(desktop=desktop)
    if before is not None:
        before()
    if unsealed:
        return Protection(report=seal.not_sealed(unsealed))
    witness = Witness()
    return Protection(report=seal.seal_window(desktop=desktop, left_out=left_out), witness=witness)
