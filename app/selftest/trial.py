"""Tries the parts one after the other; one that is broken does not hide the others."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from app.core.errors import AppError
from app.logs import describe
from app.selftest import parts
from app.selftest.ground import Ground


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of one part: a sentence for a person."""

    name: str
    passed: bool
    sentence: str
    seconds: float


def run(
    tell: Callable[[str], None] = lambda _name: None,
    tried: Mapping[str, Callable[[Ground], str]] = parts.ALL,
) -> Iterator[Outcome]:
    """Try everything in a folder that is gone afterwards; `tell` hears what comes next.

    Raises `AppError` where there is no place for such a folder.
    """
    try:
        folder = tempfile.TemporaryDirectory(prefix="tacit-self-test-", ignore_cleanup_errors=True)
    except OSError as error:
        raise AppError(
            f"There is no place for a trial: {(error.strerror or 'the disk failed').lower()}.",
            "Free some space in the folder for temporary files.",
        ) from error
    with folder as name:
        ground = Ground(Path(name).resolve())
        ground.prepare()
        for part, try_it in tried.items():
            tell(part)
            yield _outcome(part, try_it, ground)


def _outcome(name: str, try_it: Callable[[Ground], str], ground: Ground) -> Outcome:
    began = time.monotonic()
    try:
        sentence, passed = try_it(ground), True
    except AppError as error:
        sentence, passed = error.sentence, False
    except Exception as error:  # noqa: BLE001  (a damaged installation fails in any way)
        sentence, passed = f"This part is damaged ({describe(error)}).", False
    return Outcome(name=name, passed=passed, sentence=sentence, seconds=time.monotonic() - began)
