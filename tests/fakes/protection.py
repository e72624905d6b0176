"""What protects a process, for tests: the real seal would hold for the process of all tests."""

from __future__ import annotations

from collections.abc import Callable

from app.core.privacy import SealPart, SealReport
from app.process.start import Protection

OLD_KERNEL = SealReport((SealPart("no network sockets", holds=False, detail="the kernel is old"),))


def unsealed(_reason: str, _before: Callable[[], None] | None = None) -> Protection:
    """Seals nothing, starts nothing, and says so."""
    return Protection(report=OLD_KERNEL)
