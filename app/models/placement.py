"""Where one model runs, where a person decided that, and what came of trying it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from app.core.errors import AppError, ErrorCode

AUTO = "auto"
PROCESSOR = "cpu"
MOST_THREADS = 256
SHORTEST_CONTEXT = 256
LONGEST_CONTEXT = 1_000_000
_DEVICE = re.compile(r"[a-z][a-z0-9_]{0,31}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """What a model runs on; "" and 0 leave it to the settings.

    `threads` of the processor compute. `context_limit` caps the context in tokens, which is
    what bounds a model's memory besides its weights.
    """

    device: str = ""
    threads: int = 0
    context_limit: int = 0

    @property
    def is_usual(self) -> bool:
        """Whether the settings decide everything."""
        return self == Placement()

    def limit(self, wanted: int | None) -> int | None:
        """The context length in force where an answer `wanted` this one; None for no limit."""
        limits = [limit for limit in (wanted, self.context_limit) if limit]
        return min(limits, default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceTrial:
    """What came of asking a model for one token.

    `wanted` is the device that was to be tried ("auto" leaves the choice), `used` the one that
    answered ("" for none). `reason` says in a sentence why it is not the wanted one, "" where
    it is. `load_s` and `first_token_s` are in seconds, `memory_bytes` is the size of the
    model's process.
    """

    wanted: str
    used: str
    reason: str = ""
    load_s: float = 0.0
    first_token_s: float = 0.0
    memory_bytes: int = 0

    @property
    def works(self) -> bool:
        """Whether the device can be used for the model."""
        return bool(self.used) and self.wanted in {AUTO, self.used}


def checked(placement: Placement) -> Placement:
    """`placement`; raises `AppError` for what no machine could do."""
    if placement.device and not _DEVICE.fullmatch(placement.device):
        raise AppError(
            f"There is no device “{placement.device[:40]}”.",
            "Choose auto, cpu, cuda, dml, webgpu or another that was found.",
            code=ErrorCode.USAGE,
        )
    if not 0 <= placement.threads <= MOST_THREADS:
        raise AppError(
            f"{placement.threads} threads are not between 0 and {MOST_THREADS}.",
            "Choose as many as the processor has cores, or 0 for the usual number.",
            code=ErrorCode.USAGE,
        )
    limit = placement.context_limit
    if limit and not SHORTEST_CONTEXT <= limit <= LONGEST_CONTEXT:
        raise AppError(
            f"A context of {limit} tokens is not between {SHORTEST_CONTEXT} and {LONGEST_CONTEXT}.",
            "Choose one within these limits, or 0 for no limit.",
            code=ErrorCode.USAGE,
        )
    return placement
