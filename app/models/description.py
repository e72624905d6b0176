"""What the small files of a model folder say about it, and whether all of it is there."""

from __future__ import annotations

import json
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.core.errors import AppError, ErrorCode

CONFIG = "genai_config.json"
MANIFEST = "manifest.json"

_MAX_JSON_BYTES = 4 * 1024 * 1024
_MAX_LICENCE_BYTES = 4096
_MAX_NAME = 80
_QUANTIZATIONS = (
    ("int4", r"u?int4|q4|4-?bit|nf4|awq|gptq"),
    ("int8", r"u?int8|q8|8-?bit"),
    ("int2", r"u?int2|q2|2-?bit"),
    ("bf16", r"bf16|bfloat16"),
    ("fp16", r"fp16|float16|f16"),
    ("fp32", r"fp32|float32|f32"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """The facts of one model folder; "" and None where the files do not tell.

    `device` is the one it was built for ("cpu", "cuda", "dml"); `repository`, `commit` and
    `variant` say where on the hub it lay.
    """

    name: str = ""
    model_type: str = ""
    context_length: int | None = None
    quantization: str = ""
    device: str = ""
    repository: str = ""
    commit: str = ""
    variant: str = ""
    licence: str | None = None
    problem: AppError | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Manifest:
    """What the build of a model wrote down about it."""

    name: str
    source: str
    licence: str
    repository: str
    commit: str
    folder: str
    sizes: dict[str, int]


class _UnusableError(Exception):
    """Why a model cannot be used, as the end of a sentence."""


def describe(folder: Path, top: Path, model_id: str) -> Description:
    """Read the description of the model in `folder`; links may not lead out of `top`.

    Never raises: what is wrong is the description's `problem`.
    """
    manifest = _manifest(folder, top)
    model: dict[str, Any] = {}
    problem: AppError | None = None
    try:
        model = _model_section(folder, top)
        for name in _weights(model):
            _require_file(folder, top, name)
        for name, size in manifest.sizes.items():
            _require_size(folder, top, name, size)
    except _UnusableError as error:
        problem = AppError(
            f'The model "{model_id}" cannot be used: {error}.',
            "Copy the whole model folder again, or choose another model.",
            code=ErrorCode.MODEL_BROKEN,
        )
    kind, length = model.get("type"), model.get("context_length")
    said = f"{manifest.name} {manifest.source} {manifest.folder.replace('/', ' ')}"
    return Description(
        name=manifest.name,
        model_type=kind if isinstance(kind, str) else "",
        context_length=length if type(length) is int and length > 0 else None,
        quantization=quantization_in(said) or quantization_in(model_id),
        device=_device(model),
        repository=manifest.repository,
        commit=manifest.commit,
        variant=manifest.folder,
        licence=manifest.licence or _licence(folder, top),
        problem=problem,
    )


def quantization_in(text: str) -> str:
    """The quantization that a name speaks of, as "int4"; "" where it speaks of none."""
    for name, pattern in _QUANTIZATIONS:
        if re.search(rf"(?<![a-z0-9])({pattern})(?![a-z0-9])", text.lower().replace("_", " ")):
            return name
    return ""


def _model_section(folder: Path, top: Path) -> dict[str, Any]:
    raw = _read(folder / CONFIG, top)
    if not raw.strip():
        raise _UnusableError(f"{CONFIG} is empty")
    config = _parsed(raw)
    if config is None:
        raise _UnusableError(f"{CONFIG} is not valid JSON")
    model = config.get("model") if isinstance(config, dict) else None
    if not isinstance(model, dict):
        raise _UnusableError(f"{CONFIG} does not describe a model")
    return model


def _device(model: dict[str, Any]) -> str:
    """The device whose provider the configuration asks for; the processor where for none."""
    for options in _all("provider_options", model):
        for entry in options if isinstance(options, list) else ():
            for name in entry if isinstance(entry, dict) else ():
                if (device := str(name).lower().removesuffix("executionprovider")) != "cpu":
                    return device
    return "cpu" if model else ""


def _weights(model: dict[str, Any]) -> list[str]:
    """The files that hold the model's weights, as its configuration names them."""
    names = {name for name in _all("filename", model) if isinstance(name, str)}
    return sorted(names) or ["model.onnx"]


def _all(key: str, plain: object) -> Iterator[object]:
    """Everything under `key`, at any depth of the configuration."""
    waiting = [plain]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            if key in part:
                yield part[key]
            waiting += part.values()
        elif isinstance(part, list):
            waiting += part


def _manifest(folder: Path, top: Path) -> _Manifest:
    """The manifest; an empty one where there is none, or where it is some other program's."""
    try:
        plain = _parsed(_read(folder / MANIFEST, top))
    except _UnusableError:
        plain = None
    parts = plain if isinstance(plain, dict) else {}
    files = parts.get("files")
    sizes = {
        entry["name"]: entry["size"]
        for entry in (files if isinstance(files, list) else [])
        if isinstance(entry, dict)
        and isinstance(entry.get("name"), str)
        and type(entry.get("size")) is int
    }
    texts = {key: value for key, value in parts.items() if isinstance(value, str)}
    return _Manifest(
        name=" ".join(texts.get("name", "").split())[:_MAX_NAME],
        source=texts.get("source", ""),
        licence=texts.get("licence") or texts.get("license") or "",
        repository=texts.get("repository", ""),
        commit=texts.get("commit", ""),
        folder=texts.get("folder", ""),
        sizes=sizes,
    )


def _require_file(folder: Path, top: Path, name: str) -> int:
    """The size of a file of the model; raises `_UnusableError` where it is none."""
    if not _is_plain(name):
        raise _UnusableError("it names a file outside its own folder")
    size = _regular(folder / name, top).st_size
    if size == 0:
        raise _UnusableError(f"{name} is empty")
    return size


def _require_size(folder: Path, top: Path, name: str, size: int) -> None:
    if not _is_plain(name):
        return  # no manifest of ours
    actual = _regular(folder / name, top).st_size
    if actual < size:
        raise _UnusableError(f"{name} is cut short ({actual:,} of {size:,} bytes)")
    if actual > size:
        raise _UnusableError(f"{name} is longer than it should be")


def _is_plain(name: str) -> bool:
    """Whether `name` stays in the folder, on Linux and on Windows."""
    parts = re.split(r"[\\/]", name)
    return all(parts) and ".." not in parts and ":" not in name and "\0" not in name


def _regular(file: Path, top: Path) -> os.stat_result:
    """The figures of a plain file below `top`; raises `_UnusableError`."""
    try:
        if not Path(os.path.realpath(file)).is_relative_to(top):
            raise _UnusableError(f"{file.name} is a link that leads out of the folder")
        figures = file.stat()
    except (FileNotFoundError, NotADirectoryError):
        raise _UnusableError(f"{file.name} is missing") from None
    except (OSError, ValueError):
        raise _UnusableError(f"{file.name} cannot be read") from None
    if not stat.S_ISREG(figures.st_mode):  # a pipe would never end
        raise _UnusableError(f"{file.name} is not a file")
    return figures


def _read(file: Path, top: Path) -> bytes:
    if _regular(file, top).st_size > _MAX_JSON_BYTES:
        raise _UnusableError(f"{file.name} is too large")
    try:
        return file.read_bytes()
    except OSError:
        raise _UnusableError(f"{file.name} cannot be read") from None


def _parsed(raw: bytes) -> object:
    """The JSON value; None where it is no JSON, or nested as nobody would nest it."""
    try:
        plain: object = json.loads(raw.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return None
    return plain


def _licence(folder: Path, top: Path) -> str | None:
    """The first line of a licence file."""
    for name in ("LICENSE", "LICENSE.txt", "LICENSE.md", "LICENCE", "LICENCE.txt"):
        try:
            _regular(folder / name, top)
            with (folder / name).open("rb") as file:
                text = file.read(_MAX_LICENCE_BYTES).decode("utf-8", "replace")
        except (_UnusableError, OSError):
            continue
        if lines := [line.strip("# \t\r") for line in text.splitlines() if line.strip("# \t\r")]:
            return lines[0]
    return None
