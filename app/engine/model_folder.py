"""What a model folder says about itself, read before the runtime sees it.

Broken folders are refused here in sentences, so that the runtime's own messages are rarely met.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.core.errors import AppError, ErrorCode
from app.engine import guard

CONFIG = "genai_config.json"
_TOKENIZERS = ("tokenizer.json", "tokenizer.model", "vocab.json", "spiece.model")
_MAX_CONFIG_BYTES = 2**20
_MAX_TOKENIZER_BYTES = 128 * 2**20
# Models with two sets of rotary factors: with the token behind the border all keys change, so
# what was read before it counts no more (app/README.md, "Traps").
_ROPE_BORDERS = {"phi3": 4096, "phimoe": 4096, "phi3small": 8192}
_REINSTALL = "Verify or reinstall the model, or choose another one."


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheShape:
    """What decides the size of the key-value cache; zeros where the folder does not say."""

    layers: int
    heads: int
    head_size: int

    def bytes_per_token(self, bytes_per_value: int) -> int:
        """Key and value of one token in every layer."""
        return self.layers * self.heads * self.head_size * 2 * bytes_per_value


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFolder:
    """A folder that has all its parts.

    `context_length` is the model's own, in tokens; where there is a `rope_border` (0: none),
    only the tokens before it can be read piece by piece. A `sliding_window` model keeps only
    the latest tokens. `special_tokens` are never shown, and `markers` are the texts of tokens
    that a message must not be able to forge. `weight_bytes` is the size of the model's files;
    `fingerprint` changes with them.
    """

    path: Path
    model_type: str
    context_length: int
    rope_border: int
    sliding_window: bool
    end_tokens: frozenset[int]
    cache: CacheShape
    special_tokens: dict[int, str]
    markers: frozenset[str]
    chat_template: str
    weight_bytes: int
    fingerprint: tuple[object, ...]


def read(path: Path) -> ModelFolder:
    """Read the folder at `path`; raises `AppError` with a sentence about what is wrong."""
    if not path.is_dir():
        raise AppError(
            "The model's folder is gone.",
            "Choose another model, or install this one again.",
            code=ErrorCode.MODEL_MISSING,
        )
    # Taken before anything is checked: what is loaded has to be what was checked.
    before = fingerprint(path)
    _guard_files(path)
    config = guard.json_object(path / CONFIG, _MAX_CONFIG_BYTES)
    guard.check_config(config)
    guard.check_tokenizer(path)
    model = _section(config, "model")
    decoder = _section(model, "decoder")
    _require_model_files(path, decoder)
    if not any((path / name).is_file() for name in _TOKENIZERS):
        raise _broken("The model's tokenizer is missing.")
    template = _chat_template(path)
    added = list(_added_tokens(path))
    return ModelFolder(
        path=path,
        model_type=str(model.get("type", "")),
        context_length=_context_length(config, model),
        rope_border=_ROPE_BORDERS.get(str(model.get("type")), 0),
        sliding_window=decoder.get("sliding_window") is not None,
        end_tokens=frozenset(_ids(model.get("eos_token_id"))),
        cache=CacheShape(
            layers=_number(decoder, "num_hidden_layers"),
            heads=_number(decoder, "num_key_value_heads")
            or _number(decoder, "num_attention_heads"),
            head_size=_number(decoder, "head_size"),
        ),
        special_tokens={token: text for token, text, special in added if special},
        markers=frozenset(_markers(added, template)),
        chat_template=template,
        weight_bytes=sum(file.stat().st_size for file in _weights(path, decoder)),
        fingerprint=before,
    )


def fingerprint(path: Path) -> tuple[object, ...]:
    """Changes when a file of the folder that matters was changed, added or removed."""
    found: list[object] = []
    with contextlib.suppress(OSError):
        for file in sorted((*path.iterdir(), *path.glob("*/*"))):
            if file.suffix in {".json", ".onnx", ".data", ".jinja", ".model"}:
                status = file.stat()
                found.append((str(file), status.st_ino, status.st_mtime_ns, status.st_size))
    return tuple(found)


def _guard_files(path: Path) -> None:
    try:
        guard.check_files(path)
    except OSError:
        raise _broken("The model's folder cannot be read.") from None


def _weights(path: Path, decoder: dict[str, Any]) -> list[Path]:
    """The graph and its data; a folder may hold several variants of a model."""
    graph = path / str(decoder.get("filename") or "model.onnx")
    files = graph.parent.iterdir() if graph.parent.is_dir() else ()
    return [f for f in files if f.name.startswith(graph.name) and ".onnx" in f.name]


def _require_model_files(path: Path, decoder: dict[str, Any]) -> None:
    name = decoder.get("filename")
    if isinstance(name, str) and not (path / name).is_file():
        raise _broken(f"The model's file {name} is missing.")
    for file in _weights(path, decoder):
        if file.stat().st_size == 0:
            raise _broken(f"The model's file {file.name} is empty.")


def _context_length(config: dict[str, Any], model: dict[str, Any]) -> int:
    search = config.get("search")
    longest = _number(search, "max_length") if isinstance(search, dict) else 0
    return _number(model, "context_length") or longest or 2048


def _markers(added: list[tuple[int, str, bool]], template: str) -> Iterator[str]:
    """Texts that steer the model: special tokens, and others that its template writes."""
    for _, text, special in added:
        written_by_template = text in template and not text.isalnum()
        if len(text.strip()) > 1 and (special or written_by_template):
            yield text


def _added_tokens(path: Path) -> Iterator[tuple[int, str, bool]]:
    tokenizer = _lenient(path / "tokenizer.json").get("added_tokens")
    for entry in tokenizer if isinstance(tokenizer, list) else ():
        yield from _added_token(entry, entry.get("id") if isinstance(entry, dict) else None)
    decoder = _lenient(path / "tokenizer_config.json").get("added_tokens_decoder")
    for key, entry in decoder.items() if isinstance(decoder, dict) else ():
        yield from _added_token(entry, int(key) if key.isdigit() else None)


def _added_token(entry: object, token: object) -> Iterator[tuple[int, str, bool]]:
    if isinstance(entry, dict) and isinstance(token, int) and isinstance(entry.get("content"), str):
        yield token, entry["content"], bool(entry.get("special"))


def _chat_template(path: Path) -> str:
    """The template's source, "" where there is none or where it lies elsewhere."""
    file = path / "chat_template.jinja"
    if file.is_file():
        return file.read_text(encoding="utf-8", errors="replace")
    template = _lenient(path / "tokenizer_config.json").get("chat_template")
    if isinstance(template, str):
        return template
    return json.dumps(template) if template else ""


def _lenient(file: Path) -> dict[str, Any]:
    try:
        return guard.json_object(file, _MAX_TOKENIZER_BYTES)
    except AppError:
        return {}


def _section(parent: dict[str, Any], name: str) -> dict[str, Any]:
    section = parent.get(name)
    if isinstance(section, dict):
        return section
    if parent.get("type"):
        raise AppError(
            "This is not a model for conversations in text.",
            "Choose another model.",
            code=ErrorCode.MODEL_UNSUPPORTED,
        )
    raise _broken(f"The model's file {CONFIG} does not hold what it should.")


def _number(section: dict[str, Any], name: str) -> int:
    value = section.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0


def _ids(value: object) -> Iterator[int]:
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, int) and not isinstance(item, bool):
            yield item


def _broken(what: str) -> AppError:
    return AppError(what, _REINSTALL, code=ErrorCode.MODEL_BROKEN)
