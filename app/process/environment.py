"""The environment that keeps every library silent, set before any of them is imported.

The runtime uploads telemetry by default, on Linux too, and only the environment variable
stops it: its own `disable_telemetry_events` comes too late (app/README.md, "Silence").
This module may import nothing but the standard library's `os`.
"""

from __future__ import annotations

import os

QUIET: dict[str, str] = {
    "ORT_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_XET": "1",
    "HF_HUB_DISABLE_IMPLICIT_TOKEN": "1",
    "HF_HUB_DISABLE_UPDATE_CHECK": "1",
    "DO_NOT_TRACK": "1",
}


def apply() -> None:
    """Set `QUIET` for this process and its children; call it before any other import."""
    os.environ.update(QUIET)
