"""What a start of the window was for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """A `file` that the person opened with the program, or a chat to be begun."""

    file: Path | None = None
    new_chat: bool = False


PLAIN = Opening()
"""Only the window is wanted."""
