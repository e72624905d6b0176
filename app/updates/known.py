"""What is remembered of announcements, so that an older one cannot pass for the newest."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from app.core.files import replace_text
from app.process.plain import ProtocolError, from_plain, to_plain
from app.updates.release import is_version

FILE = "known-release.json"
_LARGEST = 10_000

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """The announcement that was believed last: its version, when it was made, and when Tacit
    looked last (each a time in ISO 8601)."""

    version: str
    made: str
    looked: str

    @property
    def made_at(self) -> datetime:
        """When it was made."""
        return datetime.fromisoformat(self.made)

    @property
    def looked_at(self) -> datetime:
        """When Tacit looked last."""
        return datetime.fromisoformat(self.looked)


class KnownFile:
    """Keeps it in one small file; what cannot be understood there counts as nothing known.

    Without `keep` the file is read, and nothing is written. Both methods block for a moment.
    """

    def __init__(self, file: Path, *, keep: bool = True) -> None:
        self._file = file
        self._keep = keep

    def read(self) -> Known | None:
        """What is known; None where nothing is."""
        try:
            with self._file.open("rb") as opened:
                known = from_plain(Known, json.loads(opened.read(_LARGEST)))
            is_sound = is_version(known.version) and all(
                moment.tzinfo is not None for moment in (known.made_at, known.looked_at)
            )
        except (OSError, ValueError, RecursionError, ProtocolError):
            return None
        return known if is_sound else None

    def write(self, version: str, made: datetime, looked: datetime) -> None:
        """Remember it. Where that fails, the log says so: what was found is true nevertheless."""
        if not self._keep:
            return
        known = Known(version=version, made=_text(made), looked=_text(looked))
        try:
            self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            replace_text(self._file, json.dumps(to_plain(known)))
        except OSError as error:
            log.warning("The known release could not be kept: %s", type(error).__name__)


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")
