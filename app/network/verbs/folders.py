"""Shows a folder of the person's in their own file manager, which is not sealed."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from app.core.errors import AppError
from app.network.faults import not_allowed
from app.network.verb import Handler, Nothing, Verb, VerbContext, codec
from app.network.verbs.links import hand_to_desktop

# What some desktops start rather than show, although it is a folder.
_PROGRAMS = frozenset({".app", ".bundle", ".appdir"})


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenFolder:
    """The absolute path of the folder that the person wants to see."""

    path: str


OPEN_FOLDER: Verb[OpenFolder, Nothing, Nothing] = Verb(
    name="open-folder", arguments=codec(OpenFolder), item=codec(Nothing), result=codec(Nothing)
)


def handler() -> Handler[OpenFolder, Nothing, Nothing]:
    """The courier's side of `OPEN_FOLDER`. Nothing connects; only a program is started."""
    return Handler(verb=OPEN_FOLDER, reach={}, run=_open, starts_programs=True)


def _open(arguments: OpenFolder, _context: VerbContext[Nothing]) -> Nothing:
    folder = Path(os.path.realpath(arguments.path))
    if not Path(arguments.path).is_absolute() or not folder.is_dir():
        raise not_allowed("Only a folder is shown.", "Copy its path instead.")
    if folder.suffix.lower() in _PROGRAMS:
        raise not_allowed("This folder is a program.", "Copy its path instead.")
    hand_to_desktop(
        str(folder),
        AppError(
            "No file manager could be started.", "Copy the path and open the folder yourself."
        ),
    )
    return Nothing()
