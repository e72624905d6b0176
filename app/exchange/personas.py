"""Personas, presets and saved prompts as one JSON file, to be passed on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from app.core.errors import AppError, ErrorCode
from app.store.history import History
from app.store.personas import LONGEST_NAME, Persona, Preset, SavedPrompt

FORMAT, VERSION = "tacit-personas", 1
_LARGEST = 20_000_000

Kept = TypeVar("Kept", bound=Persona | Preset | SavedPrompt)


@dataclass(frozen=True, kw_only=True)
class Collection:
    """What a file holds; the ids in it are "" until it is taken in."""

    personas: tuple[Persona, ...] = ()
    presets: tuple[Preset, ...] = ()
    prompts: tuple[SavedPrompt, ...] = ()

    def __len__(self) -> int:
        return len(self.personas) + len(self.presets) + len(self.prompts)


@dataclass(frozen=True, kw_only=True)
class Taken:
    """What became of a file: how many are new, how many were there, what was left out and why."""

    new: int
    known: int
    left_out: tuple[str, ...]


def everything(history: History) -> Collection:
    """All that is kept. Blocking; may raise `AppError`."""
    kept = history.personas
    return Collection(
        personas=tuple(kept.all()), presets=tuple(kept.presets()), prompts=tuple(kept.prompts())
    )


def to_text(collection: Collection) -> str:
    """The file's text: names and contents, no ids."""
    document = {
        "format": FORMAT,
        "version": VERSION,
        "personas": [_document(one) for one in collection.personas],
        "presets": [_document(one) for one in collection.presets],
        "prompts": [_document(one) for one in collection.prompts],
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def write(file: Path, collection: Collection) -> None:
    """Write the file; blocking. Raises `AppError`."""
    try:
        file.write_text(to_text(collection), encoding="utf-8")
    except OSError as error:
        raise AppError(
            f"The file cannot be written: {(error.strerror or 'it failed').lower()}.",
            "Choose another place.",
            code=ErrorCode.USAGE,
        ) from error


def read(file: Path) -> Collection:
    """What a file holds, unchecked but for its form; raises `AppError` where it is another."""
    try:
        if file.stat().st_size > _LARGEST:
            raise _wrong("The file is too large to be a collection of personas.")
        document = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        raise _wrong(f"The file cannot be read: {reason}.") from error
    except (ValueError, RecursionError) as error:
        raise _wrong("The file is not JSON, or is cut off.") from error
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise _wrong("The file holds no personas of Tacit.")
    if document.get("version") != VERSION:
        raise _wrong("The file was written by a newer Tacit.")
    return Collection(
        personas=tuple(_read(Persona, document.get("personas"))),
        presets=tuple(_read(Preset, document.get("presets"))),
        prompts=tuple(_read(SavedPrompt, document.get("prompts"))),
    )


def take_in(history: History, collection: Collection) -> Taken:
    """Add what is not there yet; what has a taken name and other contents gets a number.

    Blocking. Whatever cannot be kept is left out with the reason, and stops nothing else.
    """
    there = everything(history)
    known = {(type(one), _content(one)) for one in _all(there)}
    names = {(type(one), one.name.casefold()) for one in _all(there)}
    new, left_out = 0, list[str]()
    for one in _all(collection):
        if (type(one), _content(one)) in known:
            continue
        named = replace(one, name=_free(one, names))
        try:
            history.personas.save(named)
        except AppError as error:
            if error.code is not ErrorCode.USAGE:
                raise
            left_out.append(f"{one.name or '(no name)'}: {error.what}")
            continue
        new += 1
        names.add((type(named), named.name.casefold()))
    return Taken(new=new, known=len(collection) - new - len(left_out), left_out=tuple(left_out))


def _all(collection: Collection) -> tuple[Persona | Preset | SavedPrompt, ...]:
    return (*collection.personas, *collection.presets, *collection.prompts)


def _document(one: Persona | Preset | SavedPrompt) -> dict[str, Any]:
    document = asdict(one)
    del document["id"]
    return document


def _content(one: Persona | Preset | SavedPrompt) -> str:
    document = _document(one)
    document["name"] = " ".join(one.name.split())
    return json.dumps(document, sort_keys=True)


def _free(one: Persona | Preset | SavedPrompt, taken: set[tuple[type, str]]) -> str:
    name, number = " ".join(one.name.split()), 1
    while (type(one), name.casefold()) in taken:
        number += 1
        name = f"{one.name[: LONGEST_NAME - 6].strip()} ({number})"
    return name


def _read(kind: type[Kept], listed: object) -> list[Kept]:
    """The entries that have the form of `kind`; fields that it does not know are passed over."""
    entries = listed if isinstance(listed, list) else []
    return [made for entry in entries if (made := _one(kind, entry)) is not None]


def _one(kind: type[Kept], entry: object) -> Kept | None:
    if not isinstance(entry, Mapping):
        return None
    values: dict[str, Any] = {"id": ""}
    for name, expected in _FIELDS[kind].items():
        value = entry.get(name, expected())
        if not isinstance(value, expected):
            return None
        values[name] = value
    return kind(**values)


_FIELDS: dict[type, dict[str, type]] = {
    Persona: {"name": str, "icon": str, "system_prompt": str, "model": str, "parameters": dict},
    Preset: {"name": str, "parameters": dict},
    SavedPrompt: {"name": str, "text": str},
}


def _wrong(what: str) -> AppError:
    return AppError(what, "Choose a file that was written by Tacit's export.", code=ErrorCode.USAGE)
