"""How looking for new versions is put together, for the window, the commands and the courier.

Apart from `bootstrap`, because the courier and a command need it without everything else.
"""

from __future__ import annotations

import os
from pathlib import Path

from app import __version__
from app.core.errors import AppError
from app.network.base import Courier
from app.paths import Paths, resources_dir
from app.process.environment import is_frozen
from app.settings.settings import Settings
from app.updates import source as sources
from app.updates.known import FILE, KnownFile
from app.updates.looking import Updates
from app.updates.source import Source

VARIABLE = "TACIT_UPDATES"
"""Names another file than the one in the resources; an installed program does not heed it."""

_FILE = "updates.json"
_SEALED = "sealed"


def source() -> Source | None:
    """Where this build learns of newer versions; None where nowhere. Raises `AppError`."""
    named = "" if is_frozen() else os.environ.get(VARIABLE, "")
    return sources.read(Path(named) if named else resources_dir() / _FILE)


def courier_source() -> Source | None:
    """The same for the courier, which has other work as well: a damaged file names nothing."""
    try:
        return source()
    except AppError:
        return None


def put_together(paths: Paths, settings: Settings, courier: Courier | None) -> Updates:
    """What looks; nothing is read or asked yet."""
    return Updates(
        courier,
        source,
        KnownFile(paths.root / FILE, keep=not paths.keeps_nothing),
        current=__version__,
        is_sealed=lambda: settings.get("privacy.level") == _SEALED,
        is_private=paths.keeps_nothing,
    )
