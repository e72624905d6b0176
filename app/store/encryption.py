"""Whether a history is meant to be encrypted, and whether a conversion is under way.

Each file says by itself what it is (`connecting.key_id_of`). The note beside the history says
what a new one has to become, and what a program that was killed while converting had begun.
"""

from __future__ import annotations

import contextlib
import json
import os
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from app.core.history_key import HistoryKey, Keys
from app.store import files


class Phase(StrEnum):
    """What the history is, or is becoming."""

    PLAIN = "plain"
    ENCRYPTING = "encrypting"
    ENCRYPTED = "encrypted"
    DECRYPTING = "decrypting"


@dataclass(frozen=True, slots=True)
class Note:
    """What is written down: `key_id` is "" for a plain history."""

    phase: Phase = Phase.PLAIN
    key_id: str = ""


def note_file(file: Path) -> Path:
    """Where the note on the history `file` lies."""
    return file.with_name(f"{file.stem}.encryption.json")


def unfinished_note(file: Path) -> Path:
    """Where it lies while it is being written."""
    return file.with_name(f"{file.stem}.encryption.json.partial")


def read_note(file: Path) -> Note:
    """The note on the history `file`; that of a plain one where there is none, or no sound one."""
    try:
        written = json.loads(note_file(file).read_text("utf-8"))
        note = Note(Phase(written["phase"]), str(written["key"]))
        bytes.fromhex(note.key_id)
    except (OSError, ValueError, KeyError, TypeError):
        return Note()
    return note


def write_note(file: Path, note: Note) -> None:
    """Write the note down, whole or not at all; raises `OSError`."""
    target, partial = note_file(file), unfinished_note(file)
    files.create_private(partial)
    with partial.open("w", encoding="utf-8") as out:
        json.dump({"phase": note.phase, "key": note.key_id}, out)
        out.flush()
        os.fsync(out.fileno())
    partial.replace(target)
    files.sync_folder(file.parent)


def forget_note(file: Path) -> None:
    """The history is plain, and nothing is under way."""
    with contextlib.suppress(FileNotFoundError):
        note_file(file).unlink()
        files.sync_folder(file.parent)


def key_for_new(file: Path, keys: Keys) -> HistoryKey | None:
    """What a new history in the place of `file` is encrypted with; None where it is plain.

    Raises `AppError` (STORE_LOCKED) where the key is not to be had: a history that was to be
    encrypted is never begun plain in silence.
    """
    note = read_note(file)
    is_wanted = note.phase in {Phase.ENCRYPTED, Phase.DECRYPTING} and note.key_id
    return keys.find(note.key_id) if is_wanted else None
