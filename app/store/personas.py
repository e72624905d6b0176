"""Who answers and how: personas, presets of parameters, and prompts that are used again."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from app.core.errors import AppError, ErrorCode
from app.core.messages import checked_parameters
from app.store import conversations, tree
from app.store.database import Database
from app.store.errors import GoneError
from app.store.rows import writable
from app.store.sqlite import sqlite3
from app.store.trash import Trash

LONGEST_NAME = 80
LONGEST_TEXT = 100_000
LONGEST_ICON = 16
"""In UTF-16 units, which is enough for every emoji."""

_NEW = "manner.new"
_NO_PARAMETERS = "{}"

Parameters = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Persona:
    """Somebody to talk to: instructions for the model, and how it answers.

    `icon` is a letter or an emoji, `model` an id from the library ("" for the general
    choice), `parameters` those of `GenerationParameters` that it wants otherwise.
    """

    id: str
    name: str
    icon: str = ""
    system_prompt: str = ""
    model: str = ""
    parameters: Parameters = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """Parameters under a name, to be used in any conversation."""

    id: str
    name: str
    parameters: Parameters = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedPrompt:
    """A question that is asked again; `text` may have gaps such as {{language}}."""

    id: str
    name: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How answers are made in one conversation: by whom, and which parameters it has itself."""

    persona: Persona | None = None
    parameters: Parameters = field(default_factory=dict, hash=False)

    def wanted(self) -> dict[str, Any]:
        """The parameters that are wanted otherwise than in general; the conversation's win."""
        own = self.persona.parameters if self.persona is not None else {}
        wanted = {**own, **self.parameters}
        return {**wanted, "stop": tuple(wanted["stop"])} if "stop" in wanted else wanted


Kept = TypeVar("Kept", bound=Persona | Preset | SavedPrompt)


class Personas:
    """What a person made to be used again. Blocking; every method may raise `AppError`."""

    def __init__(self, database: Database, clock: Callable[[], float], trash: Trash) -> None:
        self._db = database
        self._clock = clock
        self._trash = trash

    def all(self) -> list[Persona]:
        """Every persona in the order of the names."""
        return [_persona(row) for row in self._rows("persona")]

    def presets(self) -> list[Preset]:
        """Every preset in the order of the names."""
        return [_preset(row) for row in self._rows("preset")]

    def prompts(self) -> list[SavedPrompt]:
        """Every prompt in the order of the names."""
        return [_prompt(row) for row in self._rows("saved_prompt")]

    def save(self, kept: Kept) -> Kept:
        """Keep a new one (its id is "") or a changed one; names are unique within a kind."""
        values = _columns(kept)
        table = _TABLES[type(kept)]
        with self._db.write() as db:
            if kept.id:
                _require_free(db, table, values["name"], kept.id)
                settings = ", ".join(f"{name} = :{name}" for name in values)
                done = db.execute(
                    f"UPDATE {table} SET {settings} WHERE id = :id",  # noqa: S608
                    {**values, "id": kept.id},
                )
                if not done.rowcount:
                    raise GoneError(_WORDS[type(kept)])
                given = kept.id
            else:
                _require_free(db, table, values["name"], "")
                given = tree.new_id()
                values |= {"id": given, "created_at": self._clock()}
                names, marks = ", ".join(values), ", ".join(f":{name}" for name in values)
                db.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", values)  # noqa: S608
            row = db.execute(f"SELECT * FROM {table} WHERE id = ?", (given,)).fetchone()  # noqa: S608
        made: Kept = _READ[type(kept)](row)
        return made

    def delete(self, kept: Persona | Preset | SavedPrompt) -> None:
        """Erase one, in every copy too; conversations with a persona that is gone have none."""
        self._trash.erase_rows(_TABLES[type(kept)], kept.id)

    def of(self, conversation_id: str | None) -> Manner:
        """How answers are made in a conversation; None means the one that is not yet begun."""
        with self._db.read() as db:
            chosen = _chosen(db, conversation_id)
            persona = db.execute("SELECT * FROM persona WHERE id = ?", (chosen[0],)).fetchone()
            return Manner(
                persona=None if persona is None else _persona(persona),
                parameters=_parameters(chosen[1]),
            )

    def choose(
        self,
        conversation_id: str | None,
        persona_id: str | None,
        parameters: Parameters | None = None,
    ) -> Manner:
        """Let a persona (None for nobody) answer in a conversation, with `parameters` of its own.

        Without `parameters` those of the conversation stay as they are. None as the
        conversation means the one that is not yet begun.
        """
        with self._db.write() as db:
            if persona_id is not None and not _exists(db, "persona", persona_id):
                raise GoneError("persona")
            raw = _chosen(db, conversation_id)[1] if parameters is None else _to_json(parameters)
            if conversation_id is None:
                _choose_for_new(db, persona_id, raw)
            else:
                conversations.get(db, conversation_id)
                _choose(db, conversation_id, persona_id, raw)
        return self.of(conversation_id)

    def _rows(self, table: str) -> list[sqlite3.Row]:
        with self._db.read() as db:
            return db.execute(
                f"SELECT * FROM {table} ORDER BY name COLLATE NOCASE"  # noqa: S608
            ).fetchall()


def begin_manner(db: sqlite3.Connection, conversation_id: str) -> None:
    """Give a conversation that begins what was chosen for it."""
    persona_id, parameters = _chosen(db, None)
    if persona_id is not None and not _exists(db, "persona", persona_id):
        persona_id = None
    if persona_id is not None or parameters != _NO_PARAMETERS:
        _choose(db, conversation_id, persona_id, parameters)
    _choose_for_new(db, None, _NO_PARAMETERS)


def copy_manner(db: sqlite3.Connection, old_id: str, new_id: str) -> None:
    """Give a conversation made from another one the manner of that one."""
    db.execute(
        "INSERT INTO manner (conversation_id, persona_id, parameters) "
        "SELECT ?, persona_id, parameters FROM manner WHERE conversation_id = ?",
        (new_id, old_id),
    )


def _chosen(db: sqlite3.Connection, conversation_id: str | None) -> tuple[str | None, str]:
    """The id of the persona and the parameters as they are written."""
    if conversation_id is None:
        row = db.execute("SELECT value FROM state WHERE key = ?", (_NEW,)).fetchone()
        persona_id, _, parameters = str(row["value"]).partition(" ") if row else ("", "", "")
        return persona_id or None, parameters or _NO_PARAMETERS
    row = db.execute(
        "SELECT persona_id, parameters FROM manner WHERE conversation_id = ?", (conversation_id,)
    ).fetchone()
    return (row["persona_id"], str(row["parameters"])) if row else (None, _NO_PARAMETERS)


def _choose(
    db: sqlite3.Connection, conversation_id: str, persona_id: str | None, parameters: str
) -> None:
    db.execute(
        "INSERT INTO manner (conversation_id, persona_id, parameters) "
        "VALUES (:id, :persona, :parameters) ON CONFLICT (conversation_id) "
        "DO UPDATE SET persona_id = :persona, parameters = :parameters",
        {"id": conversation_id, "persona": persona_id, "parameters": parameters},
    )


def _choose_for_new(db: sqlite3.Connection, persona_id: str | None, parameters: str) -> None:
    if persona_id is None and parameters == _NO_PARAMETERS:
        db.execute("DELETE FROM state WHERE key = ?", (_NEW,))
    else:
        db.execute(
            "INSERT OR REPLACE INTO state (key, value) VALUES (?, ?)",
            (_NEW, f"{persona_id or ''} {parameters}"),
        )


def _persona(row: sqlite3.Row) -> Persona:
    return Persona(
        id=row["id"],
        name=str(row["name"]),
        icon=str(row["icon"]),
        system_prompt=str(row["system_prompt"]),
        model=str(row["model"]),
        parameters=_parameters(row["parameters"]),
    )


def _preset(row: sqlite3.Row) -> Preset:
    return Preset(id=row["id"], name=str(row["name"]), parameters=_parameters(row["parameters"]))


def _prompt(row: sqlite3.Row) -> SavedPrompt:
    return SavedPrompt(id=row["id"], name=str(row["name"]), text=str(row["text"]))


_TABLES: dict[type, str] = {Persona: "persona", Preset: "preset", SavedPrompt: "saved_prompt"}
_WORDS: dict[type, str] = {Persona: "persona", Preset: "preset", SavedPrompt: "prompt"}
_READ: dict[type, Callable[[sqlite3.Row], Any]] = {
    Persona: _persona,
    Preset: _preset,
    SavedPrompt: _prompt,
}


def _columns(kept: Persona | Preset | SavedPrompt) -> dict[str, object]:
    word = _WORDS[type(kept)]
    values: dict[str, object] = {"name": _name(kept.name, word)}
    if isinstance(kept, SavedPrompt):
        return values | {"text": _text(kept.text, word, is_needed=True)}
    values["parameters"] = _to_json(kept.parameters)
    if isinstance(kept, Persona):
        values |= {
            "icon": writable(kept.icon.strip())[:LONGEST_ICON],
            "system_prompt": _text(kept.system_prompt, word),
            "model": kept.model,
        }
    return values


def _name(name: str, word: str) -> str:
    name = " ".join(writable(name).split())
    if not name or len(name) > LONGEST_NAME:
        what = "has no name" if not name else "has a name that is too long"
        raise AppError(
            f"The {word} {what}.",
            f"Give it one of at most {LONGEST_NAME} characters.",
            code=ErrorCode.USAGE,
        )
    return name


def _text(text: str, word: str, *, is_needed: bool = False) -> str:
    if is_needed and not text.strip():
        raise AppError(f"The {word} is empty.", "Write a text.", code=ErrorCode.USAGE)
    if len(text) > LONGEST_TEXT:
        raise AppError(
            f"The text of the {word} is too long.",
            f"Shorten it to {LONGEST_TEXT:,} characters.",
            code=ErrorCode.USAGE,
        )
    return writable(text)


def _require_free(db: sqlite3.Connection, table: str, name: object, own_id: str) -> None:
    taken = db.execute(
        f"SELECT 1 FROM {table} WHERE name = ? COLLATE NOCASE AND id != ?",  # noqa: S608
        (name, own_id),
    ).fetchone()
    if taken:
        raise AppError(
            f"There is one with the name {name} already.",
            "Choose another name.",
            code=ErrorCode.USAGE,
        )


def _exists(db: sqlite3.Connection, table: str, given: str) -> bool:
    return db.execute(f"SELECT 1 FROM {table} WHERE id = ?", (given,)).fetchone() is not None  # noqa: S608


def _to_json(parameters: Parameters) -> str:
    checked_parameters(parameters)
    return json.dumps(dict(parameters))


def _parameters(raw: object) -> dict[str, Any]:
    """The parameters of a row; without those that this program refuses."""
    try:
        found = json.loads(str(raw))
        checked_parameters(found)
    except (ValueError, TypeError, AttributeError, RecursionError, AppError):
        return {}
    return dict(found)
