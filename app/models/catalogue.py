"""The models that Tacit knows of: what they are good at, where they lie and what they need.

The data is `resources/catalogue.json`; `resources/catalogue.schema.json` describes it, and
`packaging/refresh_catalogue.py` compares it with the hub.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from app.core.errors import AppError, ErrorCode
from app.process.plain import ProtocolError, from_plain

FILE = "catalogue.json"
FORMAT = 1
DEVICES = ("cpu", "cuda", "dml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Licence:
    """What its publisher allows; `must_accept` where a person has to agree before the download."""

    name: str
    url: str
    must_accept: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """One build of a model: a folder of a repository, "" being its top.

    Sizes are bytes: `download_bytes` of all files, `memory_bytes` of the weights in memory,
    `token_bytes` of those that every token reads (an embedding is looked up, not read).
    `checked` is false where names and sizes were not compared with the hub.
    """

    id: str
    repository: str
    folder: str
    quantization: str
    devices: tuple[str, ...]
    download_bytes: int
    memory_bytes: int
    token_bytes: int
    checked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One model. Contexts are in tokens: its own, and what Tacit can use of it.

    `layers`, `kv_heads` and `head_size` decide the size of the key-value cache. `languages`
    are ISO 639-1 codes. A `reasoning` model thinks before it answers.
    """

    id: str
    name: str
    publisher: str
    good_at: str
    languages: tuple[str, ...]
    licence: Licence
    reasoning: bool
    context_length: int
    usable_context: int
    parameters: int
    layers: int
    kv_heads: int
    head_size: int
    variants: tuple[Variant, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """All entries, those that suit most people first."""

    format: int
    models: tuple[Entry, ...]

    def variants(self) -> Iterator[tuple[Entry, Variant]]:
        """Every variant with its model, in order."""
        return ((entry, variant) for entry in self.models for variant in entry.variants)

    def find(self, repository: str, folder: str) -> tuple[Entry, Variant] | None:
        """The variant that lies there, None where the catalogue knows none."""
        wanted = repository.casefold(), folder.strip("/")
        for entry, variant in self.variants():
            if (variant.repository.casefold(), variant.folder) == wanted:
                return entry, variant
        return None


def load(file: Path) -> Catalogue:
    """Read the catalogue; blocking. Raises `AppError` where it is not what it should be."""
    try:
        plain = json.loads(file.read_text(encoding="utf-8"))
        catalogue = from_plain(Catalogue, plain)
    except (OSError, ValueError, RecursionError, ProtocolError):
        raise _damaged() from None
    if catalogue.format != FORMAT or not all(map(_is_sound, catalogue.models)):
        raise _damaged()
    return catalogue


def _is_sound(entry: Entry) -> bool:
    """Whether its numbers and names can be relied on."""
    numbers = [entry.context_length, entry.usable_context, entry.parameters]
    numbers += [entry.layers, entry.kv_heads, entry.head_size]
    for variant in entry.variants:
        numbers += [variant.download_bytes, variant.memory_bytes, variant.token_bytes]
    return (
        min(numbers) > 0
        and bool(entry.variants)
        and all(device in DEVICES for v in entry.variants for device in v.devices)
        and all(v.devices and v.repository.count("/") == 1 for v in entry.variants)
    )


def _damaged() -> AppError:
    return AppError(
        "The program's list of models is damaged.",
        "Install Tacit again; the models on this computer are not touched.",
        code=ErrorCode.INSTALL_FAILED,
    )
