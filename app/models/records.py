"""What the library remembers of models beside their folders: names, places, devices, last use."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from app.core.errors import AppError, ErrorCode
from app.models import disk
from app.models.placement import Placement, checked
from app.process.plain import ProtocolError, from_plain, to_plain

MOST_NAME = 80
_EVERY_S = 60.0


class Records:
    """Two small JSON files: `file` for what a person decided, `use_file` for what happened.

    Change the first one only while `disk.writing`. A file that cannot be read counts as
    empty; `OSError` is raised where the first cannot be written. Without `keeps` the use of a
    model is not written down.
    """

    def __init__(
        self,
        file: Path,
        use_file: Path,
        *,
        keeps: bool = True,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._file = file
        self._use_file = use_file
        self._keeps = keeps
        self._clock = clock

    def names(self) -> dict[str, str]:
        """The names that people gave to models, by id."""
        return _texts(self._document().get("names"))

    def references(self) -> dict[str, Path]:
        """The folders of models that stay where they are, by id."""
        folders = _texts(self._document().get("references"))
        return {key: Path(value) for key, value in folders.items() if Path(value).is_absolute()}

    def rename(self, model_id: str, name: str) -> None:
        """Show the model under this name, "" for its own again; raises `AppError`."""
        document = self._document()
        names = _texts(document.get("names"))
        document["names"] = _changed(names, model_id, checked_name(name))
        self._write(document)

    def refer(self, model_id: str, folder: Path) -> None:
        """Remember a model that stays in `folder`."""
        document = self._document()
        known = _texts(document.get("references"))
        document["references"] = _changed(known, model_id, os.path.abspath(folder))  # noqa: PTH100
        self._write(document)

    def placement(self, model_id: str) -> Placement:
        """What the model runs on as a person decided; what cannot be read counts as usual."""
        placements = self._document().get("placements")
        plain = placements.get(model_id) if isinstance(placements, dict) else None
        try:
            return Placement() if plain is None else checked(from_plain(Placement, plain))
        except (ProtocolError, AppError):
            return Placement()

    def place(self, model_id: str, placement: Placement) -> None:
        """Remember what the model runs on; raises `AppError`."""
        document = self._document()
        known = document.get("placements")
        placements = dict(known) if isinstance(known, dict) else {}
        placements[model_id] = to_plain(checked(placement))
        if placement.is_usual:
            del placements[model_id]
        document["placements"] = placements
        self._write(document)

    def forget(self, model_id: str) -> None:
        """The model is gone."""
        document = self._document()
        if isinstance(placements := document.get("placements"), dict):
            placements.pop(model_id, None)
        for part in ("names", "references"):
            document[part] = _changed(_texts(document.get(part)), model_id, "")
        self._write(document)

    def uses(self) -> dict[str, float]:
        """When each model answered last, in seconds since 1970, by id."""
        plain = disk.read_json(self._use_file)
        entries = plain.items() if isinstance(plain, dict) else ()
        return {key: float(at) for key, at in entries if type(at) in {int, float}}

    def used(self, model_id: str) -> None:
        """The model answers now; written once a minute at the most."""
        now, uses = self._clock(), self.uses()
        if not self._keeps or 0 <= now - uses.get(model_id, 0.0) < _EVERY_S:
            return
        try:
            disk.write_json(self._use_file, {**uses, model_id: round(now, 3)})
        except OSError:
            return  # an answer is worth more than the time of it

    def _document(self) -> dict[str, Any]:
        plain = disk.read_json(self._file)
        return plain if isinstance(plain, dict) else {}

    def _write(self, document: dict[str, Any]) -> None:
        disk.write_json(self._file, {**document, "format": 1})


def checked_name(name: str) -> str:
    """`name` as it is shown; raises `AppError` where that cannot be."""
    cleaned = " ".join(name.split())
    if len(cleaned) > MOST_NAME or not cleaned.isprintable():
        raise AppError(
            f"A name has at most {MOST_NAME} characters, all of which can be seen.",
            "Choose another name.",
            code=ErrorCode.USAGE,
        )
    return cleaned


def _texts(plain: object) -> dict[str, str]:
    entries = plain.items() if isinstance(plain, dict) else ()
    return {key: value for key, value in entries if isinstance(value, str)}


def _changed(texts: dict[str, str], key: str, value: str) -> dict[str, str]:
    changed = {**texts, key: value}
    return {name: text for name, text in changed.items() if text}
