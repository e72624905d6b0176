"""What the page of one model shows beside the list: template, special tokens, defaults."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.models import disk
from app.models.description import CONFIG
from app.models.fit import Need

_MAX_TOKENIZER_BYTES = 64 * 2**20
_MAX_TEMPLATE_BYTES = 256 * 2**10
_MOST_TOKENS = 200
_DEFAULTS = (
    "temperature", "top_p", "top_k", "repetition_penalty", "do_sample", "num_beams",
    "max_length", "min_length", "early_stopping", "length_penalty", "no_repeat_ngram_size",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecialToken:
    """A token with a meaning of its own, for example the end of a turn."""

    id: int
    text: str
    ends_answer: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelPage:
    """Facts that only the model's own files tell; "" and nothing where they do not.

    `template` is the source of the chat template, `defaults` what the publisher suggests
    (from genai_config.json), `context_length` is in tokens. `need` is what it takes here.
    """

    template: str
    context_length: int | None
    special_tokens: tuple[SpecialToken, ...]
    defaults: dict[str, str]
    need: Need | None


def read(folder: Path, device: str = "cpu") -> ModelPage:
    """Read the small files of a model folder. Blocking; never raises."""
    config = _section(disk.read_json(folder / CONFIG))
    model = _section(config.get("model"))
    ends = model.get("eos_token_id")
    end_ids = {item for item in (ends if isinstance(ends, list) else [ends]) if type(item) is int}
    return ModelPage(
        template=_template(folder),
        context_length=_number(model, "context_length") or None,
        special_tokens=tuple(_special_tokens(folder, end_ids)),
        defaults=_defaults(_section(config.get("search"))),
        need=_need(folder, model, device),
    )


def _need(folder: Path, model: dict[str, Any], device: str) -> Need | None:
    """What the model takes on the device; it is here, so nothing is downloaded."""
    decoder = _section(model.get("decoder"))
    heads = _number(decoder, "num_key_value_heads") or _number(decoder, "num_attention_heads")
    values = _number(decoder, "num_hidden_layers") * heads * _number(decoder, "head_size") * 2
    weights = weight_bytes(folder)
    if not weights:
        return None
    return Need(
        device=device,
        memory_bytes=weights,
        token_bytes=weights,
        download_bytes=0,
        cache_values=values,
        context=_number(model, "context_length") or 2048,
    )


def weight_bytes(folder: Path) -> int:
    """Bytes of the files with weights."""
    try:
        files = [file for file in folder.iterdir() if ".onnx" in file.name.lower()]
        return sum(file.stat().st_size for file in files if file.is_file())
    except OSError:
        return 0


def _special_tokens(folder: Path, ends: set[int]) -> Iterator[SpecialToken]:
    tokenizer = _section(disk.read_json(folder / "tokenizer.json", _MAX_TOKENIZER_BYTES))
    added = tokenizer.get("added_tokens")
    for entry in (added if isinstance(added, list) else [])[:_MOST_TOKENS]:
        parts = _section(entry)
        token, text = parts.get("id"), parts.get("content")
        if type(token) is int and isinstance(text, str) and (parts.get("special") or token in ends):
            yield SpecialToken(id=token, text=text, ends_answer=token in ends)


def _template(folder: Path) -> str:
    """The source of the template, wherever the model keeps it."""
    file = folder / "chat_template.jinja"
    if file.is_file():  # a pipe would never end
        with contextlib.suppress(OSError), file.open("rb") as opened:
            return opened.read(_MAX_TEMPLATE_BYTES).decode("utf-8", "replace")
    template = _section(disk.read_json(folder / "tokenizer_config.json")).get("chat_template")
    if isinstance(template, list):  # several with names: the one for plain conversations
        named = [_section(entry) for entry in template]
        template = next((e.get("template") for e in named if e.get("name") == "default"), "")
    return template[:_MAX_TEMPLATE_BYTES] if isinstance(template, str) else ""


def _defaults(search: dict[str, Any]) -> dict[str, str]:
    """The publisher's parameters as text, in the order in which people know them."""
    return {
        key: str(search[key]).lower() if isinstance(search[key], bool) else str(search[key])
        for key in _DEFAULTS
        if isinstance(search.get(key), int | float)
    }


def _section(plain: object) -> dict[str, Any]:
    return plain if isinstance(plain, dict) else {}


def _number(section: dict[str, Any], name: str) -> int:
    value = section.get(name)
    return value if type(value) is int and value > 0 else 0
